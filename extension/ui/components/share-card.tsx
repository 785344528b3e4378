import type { IncomingShare, ItemOf, PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { duration } from '../models/format.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { IncomingSummary } from './incoming-summary.tsx';
import { useModel } from './model-context.ts';

/** A share that is over. */
export function PastShare({ item, peer }: { item: ItemOf<'share'>; peer: PeerState }) {
  const { source = 'tab' } = item;
  const what = t(`share_${item.mine ? 'mine' : 'theirs'}_${source}`, nameOf(peer));
  const title = lineText(item.title);
  const length = duration(item.durationMs);
  return (
    <article class={item.mine ? 'card mine' : 'card'}>
      <div class="row">
        <span class="thumb" aria-hidden="true">
          <Icon name={source} />
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
  const { live } = useModel();
  return (
    <article class="card">
      <div class="row">
        <IncomingSummary share={share} peer={peer} />
        <button type="button" class="btn small" onClick={() => live.watch(share)}>
          {share.status === 'watching' ? t('share_open_viewer') : t('request_share_watch')}
        </button>
      </div>
    </article>
  );
}
