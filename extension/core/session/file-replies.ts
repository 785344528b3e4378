import { safeName } from '../files/safe-name.ts';
import { sameDetails } from '../files/source.ts';
import type { FileMessage } from '../protocol/messages.ts';
import { isWaitingForSource, isWhole } from './file-items.ts';
import type { ItemOf, TimelineItem } from './state.ts';

/**
 * What is said to a message about a transfer that no exchange knows, because it has ended or belongs to an earlier run: an answer,
 * nothing, or, null, whatever the exchange makes of it. `item`: what is known under the id, which may be another peer's.
 */
export function replyWithoutExchange(
  item: TimelineItem | null,
  peerId: string,
  message: FileMessage,
): FileMessage | 'nothing' | null {
  const { id, type } = message;
  if (!item) return type === 'file-pause' ? { type: 'file-failed', id, code: 'file-cancelled' } : null;
  if (item.kind !== 'file' || item.peerId !== peerId) return 'nothing';
  if (type === 'file-pause') return item.mine ? 'nothing' : endOf(item);
  if (item.mine === (type === 'file-offer')) return 'nothing';
  if (type === 'file-offer') {
    if (item.transfer.state === 'done' || isWhole(item)) return { type: 'file-done', id };
    return sameDetails(item, { ...message, name: safeName(message.name) })
      ? null
      : { type: 'file-failed', id, code: 'file-changed' };
  }
  if (type !== 'file-accept') return null;
  if (isWaitingForSource(item)) return 'nothing';
  return item.transfer.state === 'cancelled' ? { type: 'file-failed', id, code: 'file-cancelled' } : null;
}

/** How a transfer from the peer ended, which it may not have heard before a restart here. */
function endOf(item: ItemOf<'file'>): FileMessage | 'nothing' {
  const { id, transfer } = item;
  if (transfer.state === 'done' || isWhole(item)) return { type: 'file-done', id };
  if (transfer.state === 'declined' || transfer.state === 'cancelled')
    return { type: 'file-failed', id, code: 'file-cancelled' };
  return transfer.state === 'failed' ? { type: 'file-failed', id, code: transfer.code } : 'nothing';
}
