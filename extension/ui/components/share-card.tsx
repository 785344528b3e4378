import type { IncomingShare, ItemOf, PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { duration } from '../models/format.ts';
import { incomingText, showingText } from '../models/live-text.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** A share that is over. */
export function PastShare({ item, peer }: { item: ItemOf<'share'>; peer: PeerState }) {
  const what = t(item.mine ? 'share_mine' : 'share_theirs', nameOf(peer));
  const title = lineText(item.title);
  const length = duration(item.durationMs);
  return (
    <article class={item.mine ? 'card mine' : 'card'}>
      <div class="row">
        <span class="thumb" aria-hidden="true">
          <Icon name="tab" />
        </span>
        <div class="grow">
          <b class="cut">{what}</b>
          <small dir="auto">{title === '' ? length : t('title_or_host', title, length)}</small>
        </div>
      </div>
    </article>
  );
}

/** A share that goes on: it is being watched, or was put off. */
export function OpenShare({ share, peer }: { share: IncomingShare; peer: PeerState }) {
  const model = useModel();
  const { peerId, shareId, status } = share;
  return (
    <article class="card">
      <div class="row">
        <span class="thumb live" aria-hidden="true">
          <Icon name={share.source} />
        </span>
        <div class="grow">
          <b>{showingText(share, nameOf(peer))}</b>
          <small class="cut" dir="auto">
            {incomingText(share)}
          </small>
        </div>
        <button
          type="button"
          class="btn small"
          onClick={() => model.watch(model.backend.askBackground('viewer-open', { peerId, shareId }))}
        >
          {status === 'watching' ? t('share_open_viewer') : t('request_share_watch')}
        </button>
      </div>
    </article>
  );
}
