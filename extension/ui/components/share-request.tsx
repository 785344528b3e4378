import type { IncomingShare, PeerState } from '../../core/session/state.ts';
import { t } from '../text.ts';
import { IncomingSummary } from './incoming-summary.tsx';
import { useModel } from './model-context.ts';

/** The peer shows something. */
export function ShareRequest({ peer, share }: { peer: PeerState; share: IncomingShare }) {
  const { live } = useModel();
  return (
    <article class="card request">
      <div class="row">
        <IncomingSummary share={share} peer={peer} />
      </div>
      <div class="choices">
        <button type="button" class="btn" onClick={() => live.dismiss(share)}>
          {t('request_share_later')}
        </button>
        <button type="button" class="btn primary" onClick={() => live.watch(share)}>
          {t('request_share_watch')}
        </button>
      </div>
    </article>
  );
}
