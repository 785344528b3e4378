import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import { newId } from '../shared/ids.ts';
import { ItemId, Name, PeerId, TimeMs, text } from '../shared/schemas.ts';
import { isUnfinished, TimelineItem } from './state.ts';

const StoredPeer = v.object({
  id: PeerId,
  name: Name,
  /** The name given here; it wins over the one the peer gives itself. */
  ownName: v.nullable(Name),
  pairedAt: TimeMs,
  lastSeenAt: v.nullable(TimeMs),
  /** Items of theirs up to this time were on screen here. */
  readAt: TimeMs,
  /** The peer ended the pairing: it is not looked for any more, what was said stays. */
  unpaired: v.boolean(),
});
export type StoredPeer = v.InferOutput<typeof StoredPeer>;

const StoredSettings = v.object({
  id: PeerId,
  /** Proves to the signalling server that a reconnect is ours. */
  token: ItemId,
  name: Name,
  serverUrl: text(200),
});
export type StoredSettings = v.InferOutput<typeof StoredSettings>;

interface Schema extends DBSchema {
  settings: { key: string; value: unknown };
  peers: { key: string; value: unknown };
  items: { key: string; value: unknown; indexes: { 'by-peer': [string, number]; unfinished: [string, number] } };
}

const DATABASE = 'pairwise';
const VERSION = 1;
const SETTINGS_KEY = 'settings';

/**
 * Everything that outlives the browser: who I am, who I am paired with, what was said. In IndexedDB, on this device only.
 * Entries that no longer parse (a newer version wrote them) are left where they are and not shown.
 */
export class Database {
  readonly #db: IDBPDatabase<Schema>;

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  static async open(): Promise<Database> {
    const db = await openDB<Schema>(DATABASE, VERSION, {
      upgrade(upgraded) {
        upgraded.createObjectStore('settings');
        upgraded.createObjectStore('peers', { keyPath: 'id' });
        const items = upgraded.createObjectStore('items', { keyPath: 'id' });
        items.createIndex('by-peer', ['peerId', 'at']);
        // Only unfinished items have `unfinishedAt`, so this index stays small however long the history is.
        items.createIndex('unfinished', ['peerId', 'unfinishedAt']);
      },
    });
    return new Database(db);
  }

  /** The settings; made and kept at the very first start. */
  async settings(defaults: { name: string; serverUrl: string }): Promise<StoredSettings> {
    const stored = v.safeParse(StoredSettings, await this.#db.get('settings', SETTINGS_KEY));
    if (stored.success) return stored.output;
    const fresh = { id: newId(), token: newId(), ...defaults };
    await this.saveSettings(fresh);
    return fresh;
  }

  async saveSettings(settings: StoredSettings): Promise<void> {
    await this.#db.put('settings', settings, SETTINGS_KEY);
  }

  async peers(): Promise<StoredPeer[]> {
    return parseAll(StoredPeer, await this.#db.getAll('peers'));
  }

  async savePeer(peer: StoredPeer): Promise<void> {
    await this.#db.put('peers', peer);
  }

  /** Erases the peer and all that was said. */
  async deletePeer(peerId: string): Promise<void> {
    await this.#db.delete('peers', peerId);
    await this.deleteItems(peerId);
  }

  async deleteItems(peerId: string): Promise<void> {
    const transaction = this.#db.transaction('items', 'readwrite');
    for (const key of await transaction.store.index('by-peer').getAllKeys(span(peerId)))
      await transaction.store.delete(key);
    await transaction.done;
  }

  async saveItem(item: TimelineItem): Promise<void> {
    await this.#db.put('items', isUnfinished(item) ? { ...item, unfinishedAt: item.at } : item);
  }

  async deleteItem(id: string): Promise<void> {
    await this.#db.delete('items', id);
  }

  async item(id: string): Promise<TimelineItem | null> {
    const parsed = v.safeParse(TimelineItem, await this.#db.get('items', id));
    return parsed.success ? parsed.output : null;
  }

  /** Every item of a peer that still waits, moves or wants an answer, oldest first. */
  async unfinishedItems(peerId: string): Promise<TimelineItem[]> {
    return parseAll(TimelineItem, await this.#db.getAllFromIndex('items', 'unfinished', span(peerId)));
  }

  /** Up to `max` items of a peer, oldest first, that came before the given time and item. */
  async itemsBefore(peerId: string, max: number, before?: { at: number; id: string }): Promise<TimelineItem[]> {
    const found: TimelineItem[] = [];
    let cursor = await this.#db
      .transaction('items')
      .store.index('by-peer')
      .openCursor(span(peerId, before?.at), 'prev');
    for (; cursor && found.length < max; cursor = await cursor.continue()) {
      const parsed = v.safeParse(TimelineItem, cursor.value);
      // Items of the same millisecond are ordered by id, which is what the index falls back to.
      const older = parsed.success && (!before || parsed.output.at < before.at || parsed.output.id < before.id);
      if (parsed.success && older) found.unshift(parsed.output);
    }
    return found;
  }
}

function span(peerId: string, untilMs = Number.MAX_SAFE_INTEGER): IDBKeyRange {
  return IDBKeyRange.bound([peerId, 0], [peerId, untilMs]);
}

function parseAll<Schema extends v.GenericSchema>(schema: Schema, values: unknown[]): v.InferOutput<Schema>[] {
  return values.flatMap((value) => {
    const parsed = v.safeParse(schema, value);
    return parsed.success ? [parsed.output] : [];
  });
}
