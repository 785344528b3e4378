import { safeName } from '../files/safe-name.ts';
import { sameDetails } from '../files/source.ts';
import type { FileMessage } from '../protocol/messages.ts';
import { isWaitingForSource, isWhole } from './file-items.ts';
import type { TimelineItem } from './state.ts';

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
  if (!item) return null;
  if (item.kind !== 'file' || item.peerId !== peerId || item.mine === (type === 'file-offer')) return 'nothing';
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
