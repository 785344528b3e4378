import { afterEach, describe, expect, test } from 'vitest';
import type { Backplane, NameplateEntry, Seat } from '../../peer-server/backplane/backplane.ts';

/** The settings that the backplanes of the contract are opened with. */
export const CONTRACT_LIMITS = {
  pendingMessagesPerPeer: 4,
  pendingBytesPerPeer: 8192,
  pendingBytesPerAddress: 16_384,
  pendingBytesTotal: 32_768,
  pendingTimeoutMs: 1000,
};

/** Two nodes that share one state. */
export interface OpenBackplanes {
  readonly a: Backplane;
  readonly b: Backplane;
  /** Lets at least this time go by, and what is due then happen. */
  elapse(timeMs: number): Promise<void>;
  /** Waits until what one node has said has reached the other. */
  settle(): Promise<void>;
  end(): Promise<void>;
}

/** A seat that writes down what happens to it. */
class TestSeat implements Seat {
  readonly id: string;
  readonly secret: string | null;
  readonly delivered: string[] = [];
  readonly expirations: string[] = [];
  evictions = 0;

  constructor(id: string, secret: string | null = null) {
    this.id = id;
    this.secret = secret;
  }

  deliver(text: string): boolean {
    this.delivered.push(text);
    return this.evictions === 0;
  }

  expired(dst: string): void {
    this.expirations.push(dst);
  }

  evicted(): void {
    this.evictions++;
  }
}

async function seated(node: Backplane, seat: TestSeat): Promise<TestSeat> {
  expect(await node.directory.register(seat)).toBe(true);
  await node.directory.announce(seat);
  return seat;
}

function message(src: string, dst: string, text: string) {
  return { src, srcAddress: '192.0.2.1', dst, text };
}

const ENTRY: NameplateEntry = {
  hostId: 'AAECAwQFBgcICQoLDA0ODw',
  sidH: 'Dw4NDAsKCQgHBgUEAwIBAA',
  threeWords: false,
  owner: 'socket-1',
};
const ANY = { threeWordsOnly: false };

/** What every backplane does, whatever keeps its state. Declares the tests; call it in a test file. */
export function backplaneContract(name: string, open: () => Promise<OpenBackplanes>): void {
  const opened: OpenBackplanes[] = [];
  const nodes = async () => {
    const backplanes = await open();
    opened.push(backplanes);
    return backplanes;
  };
  afterEach(async () => {
    for (const backplanes of opened.splice(0)) await backplanes.end();
  });

  describe(`${name}: directory`, () => {
    test('messages reach a seat on the same and on another node, in order', async () => {
      const { a, b, settle } = await nodes();
      const [near, far] = [await seated(a, new TestSeat('near')), await seated(b, new TestSeat('far'))];
      await settle();
      const texts = Array.from({ length: 50 }, (_, n) => `${n}`);
      const sent = texts.flatMap((text) => [
        a.directory.send(message('near', 'near', text)),
        a.directory.send(message('near', 'far', text)),
      ]);
      expect(new Set(await Promise.all(sent))).toEqual(new Set([true]));
      await settle();
      expect(near.delivered).toEqual(texts);
      expect(far.delivered).toEqual(texts);
    });

    test.each(['the same', 'another'])('a newcomer on %s node evicts the one before', async (where) => {
      const { a, b, settle } = await nodes();
      const node = where === 'another' ? b : a;
      const before = await seated(a, new TestSeat('bob'));
      const newcomer = new TestSeat('bob');
      expect(await node.directory.register(newcomer)).toBe(true);
      if (node !== a) await settle();
      expect(before.evictions).toBe(1);
      await node.directory.announce(newcomer);
      await a.directory.unregister(before);
      await settle();
      expect(await a.directory.send(message('alice', 'bob', 'x'))).toBe(true);
      await settle();
      expect([before.delivered, newcomer.delivered, newcomer.evictions]).toEqual([[], ['x'], 0]);
    });

    test('of many newcomers at the same moment one remains', async () => {
      const { a, b, settle } = await nodes();
      const seats = Array.from({ length: 10 }, () => new TestSeat('bob'));
      const registered = seats.map((seat, n) => (n % 2 ? a : b).directory.register(seat));
      expect(new Set(await Promise.all(registered))).toEqual(new Set([true]));
      await settle();
      expect(seats.filter(({ evictions }) => evictions === 0)).toHaveLength(1);
    });

    test('an id with a secret is taken over only with the same one, from any node', async () => {
      const { a, b, settle } = await nodes();
      const before = await seated(a, new TestSeat('pc', 'mine'));
      for (const node of [a, b]) expect(await node.directory.register(new TestSeat('pc', 'theirs'))).toBe(false);
      await settle();
      expect(before.evictions).toBe(0);
      expect(await b.directory.register(new TestSeat('pc', 'mine'))).toBe(true);
      await settle();
      expect(before.evictions).toBe(1);
    });

    test('an id that was given up is free for anyone', async () => {
      const { a, b, settle } = await nodes();
      const before = await seated(a, new TestSeat('pc', 'mine'));
      await a.directory.unregister(before);
      await settle();
      expect(await b.directory.register(new TestSeat('pc', 'theirs'))).toBe(true);
    });

    test.each(['the same', 'another'])(
      'what is sent before its receiver is ready waits, on %s node too',
      async (where) => {
        const { a, b, settle, elapse } = await nodes();
        const alice = await seated(a, new TestSeat('alice'));
        for (const text of ['1', '2']) expect(await a.directory.send(message('alice', 'bob', text))).toBe(true);
        const bob = new TestSeat('bob');
        const node = where === 'another' ? b : a;
        await node.directory.register(bob);
        await settle();
        expect(await a.directory.send(message('alice', 'bob', '3'))).toBe(true);
        expect(bob.delivered).toEqual([]);
        await node.directory.announce(bob);
        await settle();
        expect(bob.delivered).toEqual(['1', '2', '3']);
        await elapse(CONTRACT_LIMITS.pendingTimeoutMs);
        expect(alice.expirations).toEqual([]);
      },
    );

    test('nobody comes: the sender is told once, wherever it is by then', async () => {
      const { a, b, settle, elapse } = await nodes();
      await seated(a, new TestSeat('alice'));
      for (const text of ['1', '2']) expect(await a.directory.send(message('alice', 'bob', text))).toBe(true);
      const alice = await seated(b, new TestSeat('alice'));
      await settle();
      await elapse(CONTRACT_LIMITS.pendingTimeoutMs);
      await settle();
      expect(alice.expirations).toEqual(['bob']);
      expect((await seated(a, new TestSeat('bob'))).delivered).toEqual([]);
    });

    test('no room for more waiting, and no delivery to one that was cut off: the sender learns it at once', async () => {
      const { a } = await nodes();
      for (let n = 0; n < CONTRACT_LIMITS.pendingMessagesPerPeer; n++) {
        expect(await a.directory.send(message('alice', 'bob', 'x'))).toBe(true);
      }
      expect(await a.directory.send(message('alice', 'bob', 'x'))).toBe(false);
      const carol = await seated(a, new TestSeat('carol'));
      carol.evicted();
      expect(await a.directory.send(message('alice', 'carol', 'x'))).toBe(false);
    });
  });

  describe(`${name}: nameplates`, () => {
    test('of many claims on all nodes one gets it, and nobody after that', async () => {
      const { a, b } = await nodes();
      expect(await a.nameplates.open('4821', ENTRY, 60_000)).toBe(true);
      const claims = Array.from({ length: 20 }, (_, n) => (n % 2 ? a : b).nameplates.claim('4821', ANY));
      const won = (await Promise.all(claims)).filter((entry) => entry !== undefined);
      expect(won).toEqual([ENTRY]);
      expect(await a.nameplates.claim('4821', ANY)).toBeUndefined();
    });

    test('a number is given once at a time, and again when it was claimed, closed or has expired', async () => {
      const { a, b, elapse } = await nodes();
      expect(await a.nameplates.open('0000', ENTRY, 1000)).toBe(true);
      expect(await b.nameplates.open('0000', { ...ENTRY, owner: 'socket-2' }, 1000)).toBe(false);
      expect(await a.nameplates.claim('0000', ANY)).toEqual(ENTRY);
      expect(await b.nameplates.open('0000', ENTRY, 1000)).toBe(true);
      await a.nameplates.close('0000', ENTRY.owner);
      expect(await b.nameplates.open('0000', ENTRY, 1000)).toBe(true);
      await elapse(1000);
      expect(await a.nameplates.claim('0000', ANY)).toBeUndefined();
      expect(await a.nameplates.open('0000', ENTRY, 1000)).toBe(true);
    });

    test('only its owner closes it', async () => {
      const { a, b } = await nodes();
      await a.nameplates.open('4821', ENTRY, 60_000);
      await b.nameplates.close('4821', 'socket-2');
      await b.nameplates.close('4822', ENTRY.owner);
      expect(await b.nameplates.claim('4821', ANY)).toEqual(ENTRY);
    });

    test('a claim for three words leaves a code of two alone', async () => {
      const { a, b } = await nodes();
      const three = { ...ENTRY, threeWords: true };
      await a.nameplates.open('0002', ENTRY, 60_000);
      await a.nameplates.open('0003', three, 60_000);
      expect(await b.nameplates.claim('0002', { threeWordsOnly: true })).toBeUndefined();
      expect(await b.nameplates.claim('0003', { threeWordsOnly: true })).toEqual(three);
      expect(await b.nameplates.claim('0002', ANY)).toEqual(ENTRY);
    });
  });

  describe(`${name}: once`, () => {
    test('of many at the same moment on all nodes one is the first, until the time is over', async () => {
      const { a, b, elapse } = await nodes();
      const uses = Array.from({ length: 20 }, (_, n) => (n % 2 ? a : b).useOnce('key', 1000));
      expect((await Promise.all(uses)).filter(Boolean)).toHaveLength(1);
      expect(await a.useOnce('other', 1000)).toBe(true);
      await elapse(500);
      expect(await b.useOnce('key', 1000)).toBe(false);
      await elapse(500);
      expect(await b.useOnce('key', 1000)).toBe(true);
      expect(await a.useOnce('key', 1000)).toBe(false);
    });
  });

  describe(`${name}: budgets`, () => {
    test('count for each key, over all nodes, and begin again with the next window', async () => {
      const { a, b, elapse } = await nodes();
      const [here, there] = [a.budget('connects', 3, 1000), b.budget('connects', 3, 1000)];
      const takes = Array.from({ length: 10 }, (_, n) => (n % 2 ? here : there).take('192.0.2.1'));
      expect((await Promise.all(takes)).filter(Boolean)).toHaveLength(3);
      expect(await here.take('192.0.2.2')).toBe(true);
      expect(await a.budget('claims', 3, 1000).take('192.0.2.1')).toBe(true);
      await elapse(1000);
      expect(await here.take('192.0.2.1')).toBe(true);
    });

    test('what is given back can be taken again, and whether it is spent is told without taking', async () => {
      const { a, b } = await nodes();
      const [here, there] = [a.budget('claims', 2, 60_000), b.budget('claims', 2, 60_000)];
      expect(await here.isSpent('all')).toBe(false);
      expect(await here.take('all')).toBe(true);
      expect(await there.isSpent('all')).toBe(false);
      expect(await there.take('all')).toBe(true);
      expect(await here.isSpent('all')).toBe(true);
      expect(await here.take('all')).toBe(false);
      await here.giveBack('all');
      expect(await there.isSpent('all')).toBe(true);
      await there.giveBack('all');
      expect(await here.isSpent('all')).toBe(false);
      expect(await here.take('all')).toBe(true);
    });
  });
}
