import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type DeviceKeys, makeDeviceKeys, openDeviceKeys } from '../../extension/core/crypto/device-keys.ts';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import { Database } from '../../extension/core/session/database.ts';
import { Peers } from '../../extension/core/session/peers.ts';
import { Store } from '../../extension/core/session/store.ts';
import { Timeline } from '../../extension/core/session/timeline.ts';
import { newId } from '../../extension/core/shared/ids.ts';
import { app } from '../browser/ui/states.ts';
import { pass, until } from '../support/memory-peers.ts';
import { type MemoryPlace, MemoryServer } from '../support/memory-server.ts';
import { watchWork } from '../support/outside-clock.ts';

/** Somebody with all peers, on a server in this process. */
class Person {
  readonly keys: DeviceKeys;
  readonly peers: Peers;
  readonly texts: string[] = [];
  readonly #store: Store;

  private constructor(keys: DeviceKeys, database: Database) {
    this.keys = keys;
    this.#store = new Store({ ...app(), me: { id: keys.id, name: 'Someone' }, peers: [] });
    this.peers = new Peers({
      store: this.#store,
      database,
      timeline: new Timeline(database, this.#store),
      keys,
      shareWith: () => null,
      onConnected: () => {},
      onDisconnected: () => {},
      onRemoved: () => {},
      onMessage: (peerId, message) => {
        if (message.type === 'chat') this.texts.push(message.text);
        return message.type === 'unpair' ? this.peers.wasForgotten(peerId) : undefined;
      },
    });
  }

  static async start(): Promise<Person> {
    globalThis.indexedDB = new IDBFactory();
    const keys = await openDeviceKeys(await makeDeviceKeys());
    return new Person(keys, await Database.open());
  }

  /** Goes to a server, and is there. */
  goesTo(server: MemoryServer): MemoryPlace {
    const place = server.place(this.keys.id);
    place.seal = (peerId, message) => this.peers.seal(peerId, message);
    this.peers.useServer({ broker: place, paths: place.paths });
    place.comes();
    return place;
  }

  /** Has paired with the other: both must do so with the same number. */
  async pairs({ keys }: Person, number: number): Promise<void> {
    const secret = new Uint8Array(32).fill(number);
    const { id, identity, routing } = keys;
    await this.peers.add({
      peer: { id, name: 'Somebody', identity: identity.publicKey, routing: routing.publicKey },
      root: await importSecret(secret),
      verifier: secret.subarray(0, 9),
    });
  }

  says(text: string, { keys }: Person): void {
    const session = this.peers.session(keys.id);
    void session?.channel.send({ type: 'chat', id: newId(), at: 1, text }).catch(() => {});
  }

  /** How the other stands here. */
  sees({ keys }: Person): string {
    const connection = this.#store.peer(keys.id)?.connection;
    return connection?.state === 'failed' ? connection.code : (connection?.state ?? 'nobody');
  }
}

let alice: Person;
let bob: Person;
let server: MemoryServer;
let bobsPlace: MemoryPlace;
let alicesPlace: MemoryPlace;

/** Longer than a pairing that was made anew is waited for. */
const EXPIRED_MS = 65_000;
const areConnected = () => alice.sees(bob) === 'connected' && bob.sees(alice) === 'connected';

beforeEach(async () => {
  // The database works by `setImmediate`.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
  watchWork();
  [alice, bob, server] = [await Person.start(), await Person.start(), new MemoryServer()];
  await alice.pairs(bob, 1);
  await bob.pairs(alice, 1);
  alicesPlace = alice.goesTo(server);
  bobsPlace = bob.goesTo(server);
  await until(areConnected, 10_000);
});
afterEach(() => {
  alicesPlace.goes();
  bobsPlace.goes();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a pairing made anew', () => {
  test('takes the place of the old one when both have it', async () => {
    await alice.pairs(bob, 2);
    await bob.pairs(alice, 2);
    await until(areConnected, 10_000);
    await pass(EXPIRED_MS, 500);
    expect(areConnected()).toBe(true);
  });

  test('that nobody has used leaves the old one', async () => {
    await alice.pairs(bob, 2);
    await pass(30_000, 500);
    expect(alice.sees(bob)).not.toBe('connected');
    await until(areConnected, EXPIRED_MS);
  });

  test('brings nobody back who is blocked before it is used', async () => {
    await alice.pairs(bob, 2);
    await alice.peers.block(bob.keys.id, true);
    bob.says('Let me in', alice);
    await pass(EXPIRED_MS, 500);
    bobsPlace.goes();
    bobsPlace.comes();
    await pass(5_000, 200);
    expect([alice.sees(bob), alice.texts]).toEqual(['peer-blocked', []]);
    expect(bob.sees(alice)).not.toBe('connected');
    await alice.peers.block(bob.keys.id, false);
    await until(() => alice.texts.includes('Let me in'), 30_000);
  });

  test('leaves nobody looked for who is forgotten before it is used, and who comes back learns it', async () => {
    bobsPlace.goes();
    await alice.pairs(bob, 2);
    await alice.peers.forget(bob.keys.id);
    await pass(EXPIRED_MS, 500);
    const sent = server.sent.length;
    await pass(EXPIRED_MS, 500);
    expect(server.sent.length).toBe(sent);
    bobsPlace.comes();
    await until(() => bob.sees(alice) === 'peer-unpaired', 10_000);
    expect([server.connections.length, alice.sees(bob)]).toEqual([1, 'nobody']);
  });

  test('with somebody who had ended the old one, and who is forgotten at once, is ended there too', async () => {
    await bob.peers.forget(alice.keys.id);
    await until(() => alice.sees(bob) === 'peer-unpaired', 5_000);
    bobsPlace.goes();
    await alice.pairs(bob, 2);
    await bob.pairs(alice, 2);
    await alice.peers.forget(bob.keys.id);
    bobsPlace.comes();
    await until(() => bob.sees(alice) === 'peer-unpaired', 10_000);
  });

  test('that nobody has used says again that the peer had ended the old one', async () => {
    await bob.peers.forget(alice.keys.id);
    await until(() => alice.sees(bob) === 'peer-unpaired', 5_000);
    await alice.pairs(bob, 2);
    expect(alice.sees(bob)).not.toBe('peer-unpaired');
    await pass(EXPIRED_MS, 500);
    expect(alice.sees(bob)).toBe('peer-unpaired');
  });

  test('is what both meet with on another server', async () => {
    await bob.peers.forget(alice.keys.id);
    await until(() => alice.sees(bob) === 'peer-unpaired', 5_000);
    await alice.pairs(bob, 2);
    await bob.pairs(alice, 2);
    const other = new MemoryServer();
    bobsPlace = bob.goesTo(other);
    alicesPlace = alice.goesTo(other);
    await until(areConnected, 10_000);
  });
});
