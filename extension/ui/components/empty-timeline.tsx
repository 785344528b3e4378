import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { isRequest } from '../models/timeline.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';

/** Nothing has passed between the two yet. */
export function EmptyTimeline({ peer }: { peer: PeerState }) {
  const name = nameOf(peer);
  const isConnected = peer.connection.state === 'connected';
  if (peer.timeline.some(isRequest)) return <div class="stage" />;
  return (
    <div class="stage">
      <span class="glyph ok">
        <Icon name="tick" />
      </span>
      <h2>{t('empty_title', name)}</h2>
      <p>{t(isConnected ? 'empty_hint' : 'empty_hint_offline', name)}</p>
    </div>
  );
}
