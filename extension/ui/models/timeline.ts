import type { AppState, Mark, PeerState, TimelineItem } from '../../core/session/state.ts';
import { daysBetween } from './format.ts';

/** One line of the timeline as it is drawn. */
export type Entry =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'item'; readonly key: string; readonly item: TimelineItem }
  /** Below the last of a group: how far my messages have come, or when theirs came. */
  | { readonly kind: 'mark'; readonly key: string; readonly mine: boolean; readonly mark: Mark; readonly at: number };

/** Messages of one side stay one group within this time. */
const GROUP_MS = 5 * 60_000;

/** Days, items and marks, oldest first. */
export function timelineEntries(items: readonly TimelineItem[]): Entry[] {
  const entries: Entry[] = [];
  for (const [index, item] of items.entries()) {
    const before = items[index - 1];
    if (!before || daysBetween(before.at, item.at) !== 0) {
      entries.push({ kind: 'day', key: `day-${item.id}`, at: item.at });
    }
    entries.push({ kind: 'item', key: item.id, item });
    if (endsGroup(item, items[index + 1])) {
      entries.push({ kind: 'mark', key: `mark-${item.id}`, mine: item.mine, mark: item.mark, at: item.at });
    }
  }
  return entries;
}

type Marked = Extract<TimelineItem, { mark: Mark }>;

function endsGroup(item: TimelineItem, next: TimelineItem | undefined): item is Marked {
  if (item.kind === 'file' || item.kind === 'share') return false;
  if (!next || next.at - item.at > GROUP_MS || daysBetween(item.at, next.at) !== 0) return true;
  // Of theirs the time is told once, when they pause.
  if (!item.mine) return false;
  return !next.mine || next.kind === 'file' || next.kind === 'share' || next.mark !== item.mark;
}

/** An item that has not left this computer. */
export function isWaiting(item: TimelineItem): boolean {
  if (!item.mine || item.kind === 'share') return false;
  return item.kind === 'file' ? item.transfer.state === 'waiting' : item.mark === 'waiting';
}

/** A file that a peer wants to send and nobody has answered. */
export function isRequest(item: TimelineItem): item is Extract<TimelineItem, { kind: 'file' }> {
  return item.kind === 'file' && !item.mine && item.transfer.state === 'offered';
}

/** How much of a peer asks for attention: what is unread, a live tab and a question to see one that nobody has answered. */
export function attentionCount(
  peer: PeerState,
  { incomingShares, asks }: Pick<AppState, 'incomingShares' | 'asks'>,
): number {
  const shares = incomingShares.filter((share) => share.peerId === peer.id && share.status === 'offered');
  return peer.unread + shares.length + asks.filter((ask) => ask.peerId === peer.id && !ask.mine).length;
}
