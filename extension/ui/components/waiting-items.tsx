import type { PeerState, TimelineItem } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { amountText } from '../models/file-text.ts';
import { isWaiting } from '../models/timeline.ts';
import { t } from '../text.ts';
import { FileRow } from './file-row.tsx';
import { Icon } from './icon.tsx';
import { LinkRow } from './link-card.tsx';
import { useModel } from './model-context.ts';
import { Message } from './timeline-item.tsx';

/** What goes out when the peer is back, in its order; each can be taken back. */
export function WaitingItems({ peer, items }: { peer: PeerState; items: readonly TimelineItem[] }) {
  const model = useModel();
  if (items.length === 0) return null;
  const cancel = ({ peerId, id }: TimelineItem) =>
    void model.watch(model.backend.askOffscreen('item-cancel', { peerId, id }));
  return (
    <>
      <h3 class="section">
        <span>{t('waiting_title', nameOf(peer), String(items.length))}</span>
        <button type="button" class="btn quiet small" onClick={() => items.forEach(cancel)}>
          {t('cancel_all')}
        </button>
      </h3>
      {items.map((item) => (
        <WaitingItem key={item.id} item={item} onCancel={() => cancel(item)} />
      ))}
    </>
  );
}

function WaitingItem({ item, onCancel }: { item: TimelineItem; onCancel: () => void }) {
  switch (item.kind) {
    case 'chat':
      return (
        <div class="row waits">
          <Message item={item} />
          <CancelButton label={t('cancel_message')} onCancel={onCancel} />
        </div>
      );
    case 'link':
      return (
        <article class="card waits">
          <LinkRow item={item}>
            <CancelButton label={t('cancel_link')} onCancel={onCancel} />
          </LinkRow>
        </article>
      );
    case 'file':
      return (
        <article class="card waits">
          <FileRow item={item} detail={t('file_kept', amountText(item))}>
            <CancelButton label={t('cancel_file')} onCancel={onCancel} />
          </FileRow>
        </article>
      );
    case 'share':
      return null;
  }
}

function CancelButton({ label, onCancel }: { label: string; onCancel: () => void }) {
  return (
    <button type="button" class="icon tight" aria-label={label} onClick={onCancel}>
      <Icon name="cross" small />
    </button>
  );
}

/** That waiting is all there is to do, for what has been sent already or what is sent next. */
export function WaitingNotice({ peer }: { peer: PeerState }) {
  const hasWaiting = peer.timeline.some(isWaiting);
  // An empty timeline says it in its middle.
  const isOffline = peer.connection.state === 'offline' && peer.timeline.length > 0;
  if (peer.connection.state === 'connected' || !(hasWaiting || isOffline)) return null;
  return (
    <p class="notice">
      <Icon name="clock" />
      {t(hasWaiting ? 'waiting_hint' : 'offline_hint', nameOf(peer))}
    </p>
  );
}
