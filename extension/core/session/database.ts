import { type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import { type DeviceKeys, makeDeviceKeys, openDeviceKeys } from '../crypto/device-keys.ts';
import { newId } from '../shared/ids.ts';
import { ItemId, Name, PeerId, SizeBytes, TimeMs, text } from '../shared/schemas.ts';
import { type Schema, upgradeDatabase, VERSION } from './database-upgrade.ts';
import { FileSettings, isUnfinished, LiveSettings, TimelineItem } from './state.ts';

const bytes = (length: number) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((value) => value.length === length),
  );

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
  /** The person here wants nothing from this peer, until they say otherwise. */
  blocked: v.boolean(),
  /** What they send is accepted without asking up to this size. */
  acceptUpToBytes: v.optional(v.nullable(SizeBytes), null),
  /** X25519, 32 bytes. */
  identityKey: bytes(32),
  /** Ed25519, 32 bytes; the id is its hash. */
  routingKey: bytes(32),
  /** The secret of the pairing, as an HKDF key that can't be read. */
  root: v.instance(CryptoKey),
  /** What six words are made of. */
  verifier: bytes(9),
  /** The newest time that a handshake of the peer carried. */
  lastTs: TimeMs,
});
export type StoredPeer = v.InferOutput<typeof StoredPeer>;

const DEFAULT_FILES: FileSettings = { downloadFolder: 'Pairwise', keepPartialsDays: 7 };
const DEFAULT_LIVE: LiveSettings = { pauseOnPassword: true, pauseOnNavigation: false };

const StoredSettings = v.object({
  /** For PeerJS servers without signed tokens: shows that a reconnect is ours. */
  token: ItemId,
  name: Name,
  serverUrl: text(200),
  /** Servers that were once seen to be ours. */
  ourServers: v.pipe(v.array(text(200)), v.maxLength(100)),
  files: v.optional(FileSettings, DEFAULT_FILES),
  live: v.optional(LiveSettings, DEFAULT_LIVE),
});
export type StoredSettings = v.InferOutput<typeof StoredSettings>;

const StoredKeys = v.object({
  identity: v.object({ publicKey: v.instance(CryptoKey), privateKey: v.instance(CryptoKey) }),
  routing: v.object({ publicKey: v.instance(CryptoKey), privateKey: v.instance(CryptoKey) }),
});

/** What is kept of a pairing that was ended here, so that the peer can be told with a proof when it knocks. */
const StoredFarewell = v.object({ id: PeerId, proof: bytes(32), at: TimeMs });
export type StoredFarewell = v.InferOutput<typeof StoredFarewell>;

/** A peer that didn't knock for this long is told nothing any more. */
const FAREWELL_LIFETIME_MS = 90 * 24 * 3_600_000;

const DATABASE = 'pairwise';
const SETTINGS_KEY = 'settings';
const KEYS_KEY = 'keys';

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
      upgrade: (upgraded, oldVersion, _, transaction) => upgradeDatabase(upgraded, oldVersion, transaction),
    });
    return new Database(db);
  }

  /** The settings; made and kept at the very first start. */
  async settings(defaults: { name: string; serverUrl: string }): Promise<StoredSettings> {
    const stored = v.safeParse(StoredSettings, await this.#db.get('settings', SETTINGS_KEY));
    if (stored.success) return stored.output;
    const fresh = { token: newId(), ourServers: [], files: DEFAULT_FILES, live: DEFAULT_LIVE, ...defaults };
    await this.saveSettings(fresh);
    return fresh;
  }

  async saveSettings(settings: StoredSettings): Promise<void> {
    await this.#db.put('settings', settings, SETTINGS_KEY);
  }

  /** Who this device is; made and kept at the very first start. */
  async deviceKeys(): Promise<DeviceKeys> {
    const stored = v.safeParse(StoredKeys, await this.#db.get('settings', KEYS_KEY));
    if (stored.success) return openDeviceKeys(stored.output);
    const fresh = await makeDeviceKeys();
    await this.#db.put('settings', fresh, KEYS_KEY);
    return openDeviceKeys(fresh);
  }

  /** Ended pairings whose peers may not know yet. */
  async farewells(): Promise<StoredFarewell[]> {
    const all = parseAll(StoredFarewell, await this.#db.getAll('farewells'));
    const old = all.filter(({ at }) => at < Date.now() - FAREWELL_LIFETIME_MS);
    for (const { id } of old) await this.#db.delete('farewells', id);
    return all.filter((farewell) => !old.includes(farewell));
  }

  async saveFarewell(farewell: StoredFarewell): Promise<void> {
    await this.#db.put('farewells', farewell);
  }

  async deleteFarewell(peerId: string): Promise<void> {
    await this.#db.delete('farewells', peerId);
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
