import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BLOCK_BYTES, MIN_CHUNK_BYTES } from '../../extension/core/files/blocks.ts';
import type { LaneName } from '../../extension/core/link/link.ts';
import type { FileMessage } from '../../extension/core/protocol/messages.ts';
import {
  createFilePair,
  digest,
  type FilePairOptions,
  folderOf,
  randomFile,
  randomId,
  sourceOf,
} from '../support/file-pair.ts';

/** Whatever was measured: all lanes are used from the first moment, so that blocks overtake each other. */
vi.mock('../../extension/core/files/lane-count.ts', () => ({
  LaneCount: class {
    readonly count: number;
    constructor(max: number) {
      this.count = max;
    }
    measure() {}
  },
}));

const SIZE_BYTES = 12 * BLOCK_BYTES + 345;
const BLOCKS = 13;
const all = Array.from({ length: BLOCKS }, (_, index) => index);
const written = (blocks: readonly number[]) => blocks.toSorted((a, b) => a - b);

/** Counts what comes to Bob, and can do something when it is as much as was asked for. */
function meter() {
  let left = Number.POSITIVE_INFINITY;
  let act = () => {};
  const tamper = (frame: Uint8Array<ArrayBuffer>, lane: LaneName, from: 'a' | 'b') => {
    if (lane === 'control' || from !== 'a' || frame[0] !== 1) return [frame];
    left -= frame.length;
    if (left <= 0) {
      left = Number.POSITIVE_INFINITY;
      // Not inside the delivery.
      queueMicrotask(() => act());
    }
    return [frame];
  };
  const after = (bytes: number, action: () => void) => {
    left = bytes;
    act = action;
  };
  return { tamper, after };
}

async function sending(options: FilePairOptions = {}, source = sourceOf(randomFile(SIZE_BYTES))) {
  const { tamper, after } = meter();
  const pair = createFilePair({ ...options, link: { tamper, ...options.link } });
  const id = randomId();
  await pair.alice.exchange.offer(id, source);
  await pair.bob.reached(id, 'offered');
  const cut = new Promise<void>((resolve) => after(4.5 * BLOCK_BYTES, resolve));
  pair.bob.exchange.answer(id, true);
  return { pair, id, source, cut, after };
}

/** All that a source sends, as a file. */
async function run(source: { readBlock(index: number): Promise<Uint8Array<ArrayBuffer>> }): Promise<Blob> {
  return new Blob(await Promise.all(all.map(async (index) => (await source.readBlock(index)).subarray(1))));
}

describe('a cut link', () => {
  it('interrupts both sides, and the next link goes on where it was', async () => {
    const { pair, id, source, cut } = await sending();
    await cut;
    pair.disconnect();
    expect(pair.alice.state(id)).toMatchObject({ state: 'interrupted', needsSource: false });
    expect(pair.bob.state(id)).toMatchObject({ state: 'interrupted', needsSource: false });
    pair.reconnect();
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
    const done = await pair.alice.reached(id, 'done');
    expect(done.badBlocks).toBe(0);
    expect(pair.bob.path(id)).toEqual(['offered', 'moving', 'interrupted', 'moving', 'received']);
    expect(written(pair.bob.store.written)).toEqual(all);
  });

  it('at any point, any number of times, over any number of lanes, repeats at most a small chunk for each lane', async () => {
    const source = sourceOf(randomFile(5 * BLOCK_BYTES + 1));
    const expected = await digest(await run(source));
    const cuts = fc.array(fc.integer({ min: 1, max: 3 * BLOCK_BYTES }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        cuts,
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.boolean()),
        async (cuts, lanes, late) => {
          const { tamper, after } = meter();
          // Lanes overtake each other.
          const delay = () => (late.next().value ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined);
          const pair = createFilePair({ link: { tamper, delay, bulkLanes: lanes } });
          const { bob } = pair;
          const id = randomId();
          bob.acceptAll();
          let made = 0;
          const next = () => {
            const bytes = cuts[made];
            if (bytes === undefined) return;
            after(bytes, () => {
              made++;
              pair.disconnect();
              next();
              pair.reconnect();
            });
          };
          next();
          await pair.alice.exchange.offer(id, source);
          expect(await digest(await bob.content(id))).toBe(expected);
          await pair.alice.reached(id, 'done');
          const { outcome } = await bob.arrived(id);
          expect(outcome.badBlocks).toBe(0);
          expect(outcome.repeatedBytes).toBeLessThanOrEqual(made * lanes * MIN_CHUNK_BYTES);
          expect(written(bob.store.written)).toEqual([0, 1, 2, 3, 4, 5]);
          pair.disconnect();
        },
      ),
      { numRuns: 20 },
    );
  });

  it('right after everything was sent leaves nothing to send', async () => {
    const { pair, id, source, cut } = await sending();
    await cut;
    pair.bob.other = null;
    await pair.bob.content(id);
    expect(pair.alice.state(id)?.state).toBe('moving');
    pair.disconnect();
    pair.reconnect();
    await pair.alice.reached(id, 'done');
    expect(pair.alice.path(id)).toEqual(['offered', 'moving', 'interrupted', 'done']);
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
  });

  it('brings an acceptance of the link before with the next one, and both sides still agree', async () => {
    const { pair, id, source, cut } = await sending();
    const [accept] = pair.bob.sent.filter(({ type }) => type === 'file-accept');
    await cut;
    pair.disconnect();
    pair.reconnect();
    // The first again, then the second, then both once more.
    const again = () => {
      for (const message of [accept, ...pair.bob.sent.filter(({ type }) => type === 'file-accept')])
        if (message) pair.alice.exchange.receive(message);
    };
    again();
    await pair.alice.reached(id, 'moving', pair.alice.changes.length - 1);
    again();
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
    await pair.alice.reached(id, 'done');
    again();
    expect(pair.alice.state(id)?.state).toBe('done');
  });

  it('delivers an acceptance late that never came, and the newer one wins', async () => {
    const pair = createFilePair();
    const source = sourceOf(randomFile(SIZE_BYTES));
    const id = randomId();
    await pair.alice.exchange.offer(id, source);
    const lost: FileMessage[] = [];
    pair.bob.other = { receive: (message) => lost.push(message) };
    pair.bob.exchange.answer(id, true);
    while (lost.length === 0) await Promise.resolve();
    pair.disconnect();
    pair.reconnect();
    for (const message of lost) pair.alice.exchange.receive(message);
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
    await pair.alice.reached(id, 'done');
  });
});

describe('a restart', () => {
  it('of the receiver goes on from what lies on its disk', async () => {
    const { pair, id, source, cut } = await sending();
    await cut;
    const before = pair.bob.store;
    pair.restart('bob');
    const { state: _, id: __, direction: ___, ...details } = pair.alice.changes[0] ?? expect.fail();
    pair.bob.exchange.restore(id, details, { isWhole: false });
    pair.reconnect();
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
    expect(written([...before.written, ...pair.bob.store.written])).toEqual(all);
    expect(pair.alice.path(id)).toEqual(['offered', 'moving', 'interrupted', 'moving', 'done']);
  });

  it('of the receiver whose long check of one file is not over lets a new one come meanwhile', async () => {
    let checked = () => {};
    const long = new Promise<void>((resolve) => {
      checked = resolve;
    });
    let isRestarted = false;
    const beforeOpen = async (name: string) => void (isRestarted && name === id && (await long));
    const { pair, id, source, cut } = await sending({ bob: { beforeOpen } });
    await cut;
    isRestarted = true;
    pair.restart('bob');
    const { state: _, id: __, direction: ___, ...details } = pair.alice.changes[0] ?? expect.fail();
    pair.bob.exchange.restore(id, details, { isWhole: false });
    pair.reconnect();
    pair.bob.acceptAll();
    const next = randomId();
    const file = randomFile(2 * BLOCK_BYTES);
    await pair.alice.exchange.offer(next, sourceOf(file));
    expect(await digest(await pair.bob.content(next))).toBe(await digest(file));
    expect(pair.alice.state(id)?.state).toBe('interrupted');
    checked();
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
  });

  it('of the receiver after everything had come needs no sender', async () => {
    const { pair, id, source } = await sending();
    await pair.bob.content(id);
    await pair.alice.reached(id, 'done');
    pair.restart('bob');
    const { state: _, id: __, direction: ___, ...details } = pair.alice.changes[0] ?? expect.fail();
    pair.bob.exchange.restore(id, details, { isWhole: true });
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
    expect(pair.bob.path(id)).toEqual(['received']);
  });

  it('of the sender goes on once it has its files back', async () => {
    const { pair, id, source, cut } = await sending();
    await cut;
    pair.restart('alice');
    pair.reconnect();
    // The session knows that it has no files to send, and keeps the question to itself.
    pair.bob.other = { receive: () => {} };
    await pair.bob.reached(id, 'moving', pair.bob.changes.length - 1);
    const again = sourceOf(new File([await run(source)], 'picture.png', { type: '', lastModified: 1_700_000_000_000 }));
    pair.bob.other = pair.alice.exchange;
    await pair.alice.exchange.offer(id, again);
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
    await pair.alice.reached(id, 'done');
    expect(pair.alice.path(id)).toEqual(['offered', 'moving', 'done']);
    expect(written(pair.bob.store.written)).toEqual(all);
  });

  it('of the sender with a file that only looks the same is found out', async () => {
    const { pair, id, cut } = await sending();
    await cut;
    pair.restart('alice');
    pair.reconnect();
    await pair.bob.reached(id, 'failed');
    const other = sourceOf(randomFile(SIZE_BYTES));
    await pair.alice.exchange.offer(id, other);
    expect(await pair.bob.reached(id, 'failed', pair.bob.changes.length)).toMatchObject({ code: 'file-changed' });
    expect(await pair.alice.reached(id, 'failed')).toMatchObject({ code: 'file-changed' });
    await pair.bob.exchange.close({ remove: false });
    expect(pair.bob.store.disk.files.size).toBe(0);
  });

  it('of the sender with another file fails instead of mixing the two', async () => {
    const { pair, id, cut } = await sending();
    await cut;
    pair.restart('alice');
    pair.reconnect();
    // The session knows that it has no files to send, and keeps the question to itself.
    pair.bob.other = { receive: () => {} };
    pair.bob.other = pair.alice.exchange;
    await pair.alice.exchange.offer(id, sourceOf(randomFile(SIZE_BYTES + 1)));
    expect(await pair.bob.reached(id, 'failed')).toMatchObject({ code: 'file-changed' });
    expect(await pair.alice.reached(id, 'failed')).toMatchObject({ code: 'file-changed' });
  });

  it('of both goes on', async () => {
    const files = Array.from({ length: 40 }, (_, index) => ({
      path: `${index}.bin`,
      file: randomFile(300_000 + index, `${index}`),
    }));
    const { pair, id, cut } = await sending({}, folderOf(files));
    await cut;
    const { state: _, id: __, direction: ___, ...details } = pair.alice.changes[0] ?? expect.fail();
    pair.restart('bob');
    pair.restart('alice');
    pair.bob.exchange.restore(id, details, { isWhole: false });
    pair.reconnect();
    await pair.alice.exchange.offer(id, folderOf(files));
    const { files: received } = await pair.bob.arrived(id);
    expect(received).toHaveLength(40);
    for (const { path, content } of received) {
      expect(await digest(content)).toBe(await digest(files[Number.parseInt(path, 10)]?.file));
    }
  });
});

describe('a pause', () => {
  it.each(['alice', 'bob'] as const)('by %s holds both sides, and what is under way arrives', async (name) => {
    const { pair, id, source, cut } = await sending();
    const other = name === 'alice' ? 'bob' : 'alice';
    await cut;
    pair[name].exchange.pause(id, true);
    expect(pair[name].state(id)).toMatchObject({ state: 'paused', byMe: true, byPeer: false });
    expect(await pair[other].reached(id, 'paused')).toMatchObject({ byMe: false, byPeer: true });
    // By the time that another one has come, this one would have too.
    const next = randomId();
    pair.bob.acceptAll();
    await pair.alice.exchange.offer(next, sourceOf(randomFile(SIZE_BYTES)));
    await pair.bob.content(next);
    expect(pair.bob.state(id)?.state).toBe('paused');
    expect(Object.keys(pair.bob.store.disk.files.get(id)?.blocks ?? []).length).toBeLessThan(BLOCKS);
    pair[name].exchange.pause(id, false);
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
    expect((await pair.bob.arrived(id)).outcome).toMatchObject({ repeatedBytes: 0 });
  });

  it('by both goes on when neither holds it', async () => {
    const { pair, id, source, cut } = await sending();
    await cut;
    pair.alice.exchange.pause(id, true);
    pair.bob.exchange.pause(id, true);
    await pair.alice.until(() => JSON.stringify(pair.alice.state(id)).includes('"byMe":true,"byPeer":true'));
    pair.alice.exchange.pause(id, false);
    expect(pair.alice.state(id)).toMatchObject({ state: 'paused', byMe: false, byPeer: true });
    pair.bob.exchange.pause(id, false);
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
  });

  it('survives a lost link, and is not forgotten by the one who holds it', async () => {
    const { pair, id, source, cut } = await sending();
    await cut;
    pair.bob.exchange.pause(id, true);
    await pair.alice.reached(id, 'paused');
    pair.disconnect();
    expect(pair.alice.state(id)?.state).toBe('paused');
    pair.reconnect();
    const { length } = pair.alice.changes;
    await pair.alice.reached(id, 'paused', length);
    pair.bob.exchange.pause(id, false);
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
  });

  it('that is lifted without a link lets it go on with the next one', async () => {
    const { pair, id, source, cut } = await sending();
    await cut;
    pair.alice.exchange.pause(id, true);
    await pair.bob.reached(id, 'paused');
    pair.disconnect();
    pair.alice.exchange.pause(id, false);
    expect(pair.alice.state(id)?.state).toBe('interrupted');
    pair.reconnect();
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
  });

  it('frees the place of the transfer for others', async () => {
    const pair = createFilePair();
    pair.bob.acceptAll();
    const held = Array.from({ length: 4 }, randomId);
    for (const id of held) {
      await pair.alice.exchange.offer(id, sourceOf(randomFile(SIZE_BYTES)));
      await pair.alice.reached(id, 'moving');
      pair.alice.exchange.pause(id, true);
    }
    const id = randomId();
    const file = randomFile(SIZE_BYTES);
    await pair.alice.exchange.offer(id, sourceOf(file));
    expect(await digest(await pair.bob.content(id))).toBe(await digest(file));
    for (const other of held) expect(pair.bob.state(other)?.state).toBe('paused');
  });
});

describe('a wrong block', () => {
  it('is asked for again and counted', async () => {
    const bad = new Set([0, 3, 12]);
    const { pair, id, source } = await sending({ bob: { beforeWrite: async (index) => !bad.delete(index) } });
    expect(await digest(await pair.bob.content(id))).toBe(await digest(await run(source)));
    const { outcome } = await pair.bob.arrived(id);
    expect(outcome).toMatchObject({ badBlocks: 3, repeatedBytes: 2 * BLOCK_BYTES + 345 });
    expect(await pair.alice.reached(id, 'done')).toMatchObject({ badBlocks: 3 });
  });

  it('is not asked for a ninth time', async () => {
    const { pair, id } = await sending({ bob: { beforeWrite: async (index) => index !== 2 } });
    expect(await pair.bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
    expect(await pair.alice.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
    await pair.bob.exchange.close({ remove: false });
    expect(pair.bob.store.disk.files.size).toBe(0);
  });
});
