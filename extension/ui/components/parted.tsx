import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { partedBy } from '../models/parted.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** Why the two are parted, and the way back. */
export function Parted({ peer, onReadAnyway }: { peer: PeerState; onReadAnyway: () => void }) {
  const model = useModel();
  const name = nameOf(peer);
  const isBlocked = partedBy(peer) === 'blocked';
  return (
    <>
      <div class="stage" role="status">
        <span class="glyph">
          <Icon name={isBlocked ? 'block' : 'cut'} />
        </span>
        <h2>{t(isBlocked ? 'blocked_title' : 'unpaired_title', name)}</h2>
        <p>{t(isBlocked ? 'blocked_hint' : 'unpaired_hint', name)}</p>
      </div>
      <div class="foot">
        <WayBack peer={peer} look="primary big" />
        {!isBlocked && (
          <button type="button" class="btn big" onClick={() => model.toggle('forget')}>
            {t('forget')}
          </button>
        )}
        {peer.timeline.length > 0 && (
          <button type="button" class="btn quiet" onClick={onReadAnyway}>
            {t('failed_show_messages')}
          </button>
        )}
      </div>
    </>
  );
}

/** Below the messages of the past, in place of the field for new ones. */
export function PartedNotice({ peer }: { peer: PeerState }) {
  const isBlocked = partedBy(peer) === 'blocked';
  return (
    <div class="notice">
      <Icon name={isBlocked ? 'block' : 'cut'} />
      <div class="grow">
        <p>{t(isBlocked ? 'blocked_title' : 'unpaired_title', nameOf(peer))}</p>
        <WayBack peer={peer} look="small" />
      </div>
    </div>
  );
}

function WayBack({ peer, look }: { peer: PeerState; look: string }) {
  const model = useModel();
  return partedBy(peer) === 'blocked' ? (
    <button type="button" class={`btn ${look}`} onClick={() => model.watch(model.block(peer.id, false))}>
      {t('unblock')}
    </button>
  ) : (
    <button type="button" class={`btn ${look}`} onClick={() => model.pairAnother()}>
      {t('pair_again')}
    </button>
  );
}
