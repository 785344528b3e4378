import type { IncomingShare, ItemOf, PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { shownFileName } from '../models/file-name.ts';
import { size } from '../models/format.ts';
import { isRequest } from '../models/timeline.ts';
import { t } from '../text.ts';
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
  const { backend, watch } = useRequests();
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
        <button type="button" class="btn" onClick={() => watch(backend.askOffscreen('share-dismiss', { shareId }))}>
          {t('request_share_later')}
        </button>
        <button
          type="button"
          class="btn primary"
          onClick={() => watch(backend.askBackground('viewer-open', { peerId, shareId }))}
        >
          {t('request_share_watch')}
        </button>
      </div>
    </article>
  );
}

function FileRequest({ peer, file, isPrimary }: { peer: PeerState; file: ItemOf<'file'>; isPrimary: boolean }) {
  const { backend, watch } = useRequests();
  const answer = (accept: boolean) =>
    void watch(backend.askOffscreen('file-answer', { peerId: file.peerId, id: file.id, accept }));
  return (
    <article class="card request">
      <div class="row">
        <span class="thumb" aria-hidden="true">
          <Icon name="file" />
        </span>
        <div class="grow">
          <b>{t('request_file', nameOf(peer))}</b>
          <small class="cut" title={lineText(file.name)}>
            <bdi>{shownFileName(file.name)}</bdi> · {size(file.sizeBytes)}
          </small>
        </div>
      </div>
      <div class="choices">
        <button type="button" class="btn" onClick={() => answer(false)}>
          {t('request_file_decline')}
        </button>
        <button type="button" class={isPrimary ? 'btn primary' : 'btn'} onClick={() => answer(true)}>
          {t('request_file_accept')}
        </button>
      </div>
    </article>
  );
}

function useRequests() {
  const model = useModel();
  return { backend: model.backend, watch: (work: Promise<unknown>) => model.watch(work) };
}
