import type { IncomingShare, PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { isRequest } from '../models/timeline.ts';
import { t } from '../text.ts';
import { FileRequest } from './file-request.tsx';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** What waits for an answer, on top until it has one. It never takes the focus. */
export function Requests({ peer }: { peer: PeerState }) {
  const model = useModel();
  const shares = (model.state.value?.incomingShares ?? []).filter(
    (share) => share.peerId === peer.id && share.status === 'offered',
  );
  const files = peer.timeline.filter(isRequest);
  return (
    <div class="requests" role="alert">
      {shares.map((share) => (
        <ShareRequest key={share.shareId} peer={peer} share={share} />
      ))}
      {files.map((file, index) => (
        <FileRequest key={file.id} peer={peer} file={file} isPrimary={shares.length === 0 && index === 0} />
      ))}
    </div>
  );
}

function ShareRequest({ peer, share }: { peer: PeerState; share: IncomingShare }) {
  const model = useModel();
  const { shareId, peerId } = share;
  const title = lineText(share.title) || t('live_untitled');
  return (
    <article class="card request">
      <div class="row">
        <span class="thumb live" aria-hidden="true">
          <Icon name="tab" />
        </span>
        <div class="grow">
          <b>{t('request_share', nameOf(peer))}</b>
          <small class="cut" dir="auto">
            {t(share.hasAudio ? 'request_share_sound' : 'request_share_silent', title)}
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
