import { isUnfinished, type PeerState, type TimelineItem } from '../../core/session/state.ts';
import { SNAPSHOT_ITEMS } from '../../core/shared/limits.ts';

/** Everything of one peer's timeline that this view has seen. */
export interface History {
  readonly peerId: string;
  /** Oldest first. */
  readonly items: readonly TimelineItem[];
  /** From here to the end nothing is missing; older pages are asked for before it. Null in an empty timeline. */
  readonly firstId: string | null;
  readonly hasOlder: boolean;
}

/**
 * The history after a new state. The state carries the newest items, and before them whatever is unfinished: older ones that were
 * loaded, or were pushed out of it meanwhile, stay. `before` of another peer is dropped.
 */
export function withState(before: History | null, peer: PeerState): History {
  const newest = peer.timeline.slice(-SNAPSHOT_ITEMS);
  const first = newest[0];
  const known = before?.peerId === peer.id ? before : null;
  const boundary = known?.items.findIndex((item) => item.id === first?.id) ?? -1;
  // Without a common item there may be a gap: start anew.
  if (!first || !known || boundary === -1) {
    return { peerId: peer.id, items: peer.timeline, firstId: first?.id ?? null, hasOlder: peer.hasOlder };
  }
  const current = new Map(peer.timeline.map((item) => [item.id, item]));
  const older = known.items
    .slice(0, boundary)
    .map((item) => current.get(item.id) ?? item)
    // Unfinished ones are always in the state: this one was taken back.
    .filter((item) => current.has(item.id) || !isUnfinished(item));
  return { ...known, items: [...older, ...newest] };
}

/** The history with a page of older items before it. */
export function withPage(before: History, page: { items: readonly TimelineItem[]; hasOlder: boolean }): History {
  const start = before.items.findIndex((item) => item.id === before.firstId);
  const known = new Set(before.items.slice(start).map((item) => item.id));
  const older = page.items.filter((item) => !known.has(item.id));
  const paged = new Set(older.map((item) => item.id));
  // Unfinished items that were known before their place in the history was loaded.
  const loose = before.items.slice(0, start).filter((item) => !paged.has(item.id));
  return {
    ...before,
    items: [...loose, ...older, ...before.items.slice(start)],
    firstId: older[0]?.id ?? before.firstId,
    hasOlder: page.hasOlder,
  };
}
