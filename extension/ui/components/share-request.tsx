import type { IncomingShare, PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { incomingText, showingText } from '../models/live-text.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** The peer shows something. */
export function ShareRequest({ peer, share }: { peer: PeerState; share: IncomingShare }) {
  const model = useModel();
  const { shareId, peerId, source } = share;
  return (
    <article class="card request">
      <div class="row">
        <span class="thumb live" aria-hidden="true">
          <Icon name={source} />
        </span>
        <div class="grow">
          <b>{showingText(share, nameOf(peer))}</b>
          <small class="cut" dir="auto">
            {incomingText(share)}
          </small>
        </div>
      </div>
      <div class="choices">
        <button
          type="button"
          class="btn"
          onClick={() => model.watch(model.backend.askOffscreen('share-dismiss', { shareId }))}
        >
          {t('request_share_later')}
        </button>
        <button
          type="button"
          class="btn primary"
          onClick={() => model.watch(model.backend.askBackground('viewer-open', { peerId, shareId }))}
        >
          {t('request_share_watch')}
        </button>
      </div>
    </article>
  );
}
