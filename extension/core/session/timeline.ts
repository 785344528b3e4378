import { SNAPSHOT_ITEMS } from '../shared/limits.ts';
import { report } from '../shared/report.ts';
import type { Database } from './database.ts';
import { type ItemOf, isUnfinished, type TimelineItem } from './state.ts';
import type { Store } from './store.ts';

/** What passed between me and each peer: kept in the database, the newest of it in the state. */
export class Timeline {
  readonly #database: Database;
  readonly #store: Store;

  constructor(database: Database, store: Store) {
    this.#database = database;
    this.#store = store;
  }

  /** The newest items and everything unfinished, as the state holds them, and how many of theirs came after `readAt`. */
  async load(peerId: string, readAt: number): Promise<{ timeline: TimelineItem[]; hasOlder: boolean; unread: number }> {
    const newest = await this.#database.itemsBefore(peerId, SNAPSHOT_ITEMS + 1);
    const hasOlder = newest.length > SNAPSHOT_ITEMS;
    const shown = newest.slice(-SNAPSHOT_ITEMS);
    const known = new Set(shown.map((item) => item.id));
    const unfinished = (await this.#database.unfinishedItems(peerId)).filter((item) => !known.has(item.id));
    const timeline = [...unfinished, ...shown].map(afterRestart);
    const unread = shown.filter((item) => !item.mine && item.kind !== 'share' && item.at > readAt).length;
    return { timeline, hasOlder, unread };
  }

  /** Adds an item at the end; false when the id is taken (a repeat after a restart, or a forgery), and then nothing changes. */
  async add(item: TimelineItem): Promise<boolean> {
    const peer = this.#store.peer(item.peerId);
    if (!peer || (await this.#database.item(item.id))) return false;
    const current = this.#store.peer(item.peerId) ?? peer;
    // Later than the one before, so that the order survives equal times and a clock that was set back.
    const last = current.timeline.at(-1);
    const placed: TimelineItem = { ...item, at: Math.max(item.at, last ? last.at + 1 : 0) };
    const timeline = trimmed([...current.timeline, placed]);
    this.#store.changePeer(item.peerId, {
      timeline,
      hasOlder: current.hasOlder || timeline.length <= current.timeline.length,
      unread: current.unread + (item.mine || item.kind === 'share' ? 0 : 1),
    });
    await this.#database.saveItem(placed);
    return true;
  }

  /** Changes an item of this kind; nothing happens when there is none such. Only lasting changes have to be kept. */
  change<Kind extends TimelineItem['kind']>(
    peerId: string,
    id: string,
    kind: Kind,
    change: Partial<ItemOf<Kind>>,
    options: { keep: boolean } = { keep: true },
  ): void {
    const peer = this.#store.peer(peerId);
    const item = peer?.timeline.find((entry) => entry.id === id);
    if (!peer || !item || item.kind !== kind) return;
    const changed: TimelineItem = { ...item, ...change };
    this.#store.changePeer(peerId, { timeline: peer.timeline.map((entry) => (entry.id === id ? changed : entry)) });
    if (options.keep) this.#database.saveItem(changed).catch(report);
  }

  /**
   * Takes an older item into the state again, at its place, because it is going on. Resolves with what is known under this id, which
   * may be another peer's; null when nothing is.
   */
  async recall(peerId: string, id: string): Promise<TimelineItem | null> {
    const shown = this.#store.item(peerId, id);
    if (shown) return shown;
    const item = await this.#database.item(id);
    const peer = this.#store.peer(peerId);
    if (!item || !peer || item.peerId !== peerId || peer.timeline.some((entry) => entry.id === id)) return item;
    const timeline = [...peer.timeline, item].sort((a, b) => a.at - b.at);
    this.#store.changePeer(peerId, { timeline });
    return item;
  }

  async remove(peerId: string, id: string): Promise<void> {
    const peer = this.#store.peer(peerId);
    if (peer) this.#store.changePeer(peerId, { timeline: peer.timeline.filter((item) => item.id !== id) });
    await this.#database.deleteItem(id);
  }

  /** Forgets all of it, on this device only. */
  async wipe(peerId: string): Promise<void> {
    this.#store.changePeer(peerId, { timeline: [], hasOlder: false, unread: 0 });
    await this.#database.deleteItems(peerId);
  }

  /** Older items, for scrolling back. */
  async page(peerId: string, beforeId: string): Promise<{ items: TimelineItem[]; hasOlder: boolean }> {
    const before = await this.#database.item(beforeId);
    if (!before || before.peerId !== peerId) return { items: [], hasOlder: false };
    const items = await this.#database.itemsBefore(peerId, SNAPSHOT_ITEMS + 1, before);
    return { items: items.slice(-SNAPSHOT_ITEMS), hasOlder: items.length > SNAPSHOT_ITEMS };
  }
}

/** The newest `SNAPSHOT_ITEMS`, and before them what is unfinished. */
function trimmed(timeline: TimelineItem[]): TimelineItem[] {
  const cut = Math.max(0, timeline.length - SNAPSHOT_ITEMS);
  return timeline.filter((item, index) => index >= cut || isUnfinished(item));
}

/**
 * What a stop of this document left behind: lines without an answer go out again; transfers that moved go on with the next link,
 * those that this side held are still held.
 */
function afterRestart(item: TimelineItem): TimelineItem {
  if (!isUnfinished(item) || item.kind === 'share') return item;
  if (item.kind !== 'file') return { ...item, mark: 'waiting' };
  const { transfer } = item;
  if (transfer.state !== 'moving' && transfer.state !== 'paused') return item;
  const { bytes } = transfer;
  // Whether the peer still holds it, it says again.
  if (transfer.state === 'paused' && transfer.byMe) return { ...item, transfer: { ...transfer, byPeer: false } };
  return { ...item, transfer: { state: 'interrupted', bytes, needsSource: false } };
}
