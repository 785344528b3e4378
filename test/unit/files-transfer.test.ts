import { afterEach, describe, expect, it, vi } from 'vitest';
import { BLOCK_BYTES, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, WINDOW_BLOCKS } from '../../extension/core/files/blocks.ts';
import { createFilePair, digest, folderOf, randomFile, randomId, sourceOf } from '../support/file-pair.ts';
import { withResolvers } from '../support/memory-link.ts';

const WINDOW_BYTES = WINDOW_BLOCKS * BLOCK_BYTES;

afterEach(() => {
  vi.useRealTimers();
});

describe('a file', () => {
  it.each([
    ['empty', 0],
    ['1 byte', 1],
    ['the smallest chunk less one', MIN_CHUNK_BYTES - 1],
    ['the smallest chunk', MIN_CHUNK_BYTES],
    ['the smallest chunk and one', MIN_CHUNK_BYTES + 1],
    ['the largest chunk less one', MAX_CHUNK_BYTES - 1],
    ['the largest chunk', MAX_CHUNK_BYTES],
    ['the largest chunk and one', MAX_CHUNK_BYTES + 1],
    ['a block less one', BLOCK_BYTES - 1],
    ['a block', BLOCK_BYTES],
    ['a block and one', BLOCK_BYTES + 1],
    ['three blocks and a half', 3.5 * BLOCK_BYTES],
    ['a window less one', WINDOW_BYTES - 1],
    ['a window', WINDOW_BYTES],
    ['a window and one', WINDOW_BYTES + 1],
    ['several windows', 3 * WINDOW_BYTES + 12_345],
  ])('arrives whole: %s', async (_, sizeBytes) => {
    const { alice, bob } = createFilePair();
    const id = randomId();
    const file = randomFile(sizeBytes);

    await alice.exchange.offer(id, sourceOf(file));
    await bob.reached(id, 'offered');
    bob.exchange.answer(id, true);
    const { outcome } = await bob.arrived(id);
    const done = await alice.reached(id, 'done');

    expect(await digest(await bob.content(id))).toBe(await digest(file));
    expect(alice.path(id)).toEqual(['offered', 'moving', 'done']);
    expect(bob.path(id)).toEqual(['offered', 'moving', 'received']);
    expect(outcome.startedAt).toBeLessThanOrEqual(outcome.verifiedAt);
    expect(outcome).toMatchObject({ repeatedBytes: 0, badBlocks: 0 });
    expect(done).toMatchObject({ repeatedBytes: 0, badBlocks: 0 });
    bob.exchange.release(id);
    await bob.exchange.close({ remove: false });
    expect(bob.store.disk.files.size).toBe(0);
    expect(bob.store.isClosed).toBe(true);
  });

  it('carries its details, and its name is safe on both sides', async () => {
    const { alice, bob } = createFilePair();
    const id = randomId();
    await alice.exchange.offer(id, sourceOf(randomFile(10, '../../\u202Egnp.exe')));
    await bob.reached(id, 'offered');
    bob.exchange.answer(id, true);
    await bob.content(id);

    const details = {
      id,
      form: 'file',
      name: '_.._gnp.exe',
      count: 1,
      sizeBytes: 10,
      manifestBytes: 0,
      mime: 'image/png',
      modifiedAt: 1_700_000_000_000,
    };
    expect(alice.changes[0]).toEqual({ direction: 'out', state: { state: 'offered' }, ...details });
    expect(bob.changes[0]).toEqual({ direction: 'in', state: { state: 'offered' }, ...details });
    const [file] = bob.received.get(id)?.files ?? [];
    expect(file).toMatchObject({ path: '_.._gnp.exe', sizeBytes: 10, modifiedAt: 1_700_000_000_000 });
    expect(file?.content.type).toBe('application/octet-stream');
  });

  it('gets a safe name from a sender that does not care', async () => {
    const { bob } = createFilePair();
    bob.exchange.receive({
      type: 'file-offer',
      id: randomId(),
      at: 0,
      form: 'file',
      name: '..\\..\\Startup\\CON',
      count: 1,
      sizeBytes: 1,
      manifestBytes: 0,
      mime: '',
      modifiedAt: 0,
    });
    expect(bob.changes[0]?.name).toBe('_.._Startup_CON');
  });

  it('arrives packed as whole as plain, whatever each block is', async () => {
    const { encodeBlock } = await import('../../extension/core/files/compression.ts');
    const encoded: boolean[] = [];
    const { alice, bob } = createFilePair({
      alice: {
        encode: async (block) => {
          const plain = block.slice(1);
          const bytes = await encodeBlock(structuredClone(block, { transfer: [block.buffer] }));
          encoded.push(bytes !== undefined);
          return bytes ? { bytes, encoding: 1 } : { bytes: plain, encoding: 0 };
        },
      },
    });
    bob.acceptAll();
    const text = new TextEncoder().encode('What shrinks is worth it. '.repeat(200_000));
    const file = new File([text, await randomFile(2 * BLOCK_BYTES).arrayBuffer(), text], 'mixed.bin');
    const id = randomId();
    await alice.exchange.offer(id, sourceOf(file));
    expect(await digest(await bob.content(id))).toBe(await digest(file));
    expect(new Set(encoded)).toEqual(new Set([true, false]));
    expect((await bob.arrived(id)).outcome).toMatchObject({ repeatedBytes: 0, badBlocks: 0 });
  });

  it('is told about while it moves, at both ends', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    // A disk that takes 250 ms for a block: 4 MiB/s.
    const beforeWrite = async () => void vi.advanceTimersByTime(250);
    const { alice, bob } = createFilePair({ bob: { beforeWrite } });
    const id = randomId();
    await alice.exchange.offer(id, sourceOf(randomFile(64 * BLOCK_BYTES)));
    await bob.reached(id, 'offered');
    bob.exchange.answer(id, true);
    await alice.reached(id, 'done');

    for (const side of [alice, bob]) {
      const moving = side.changes.map((change) => change.state).filter((state) => state.state === 'moving');
      const bytes = moving.map((state) => state.bytes);
      expect(bytes.length).toBeGreaterThan(10);
      expect(bytes.length).toBeLessThanOrEqual(70);
      expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
      const late = moving.at(-1);
      expect(late?.bytesPerSecond).toBeGreaterThan(2 * BLOCK_BYTES);
      expect(late?.bytesPerSecond).toBeLessThan(6 * BLOCK_BYTES);
    }
  });

  it('counts at the sender what has arrived of a block on a slow line', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const { alice, bob } = createFilePair({
      link: {
        // A second for a chunk.
        tamper: (frame, lane, from) => {
          if (lane === 'bulk' && from === 'a') vi.advanceTimersByTime(1_000);
          return [frame];
        },
      },
    });
    bob.acceptAll();
    const id = randomId();
    await alice.exchange.offer(id, sourceOf(randomFile(BLOCK_BYTES)));
    await alice.reached(id, 'done');
    const bytes = alice.changes.flatMap(({ state }) => (state.state === 'moving' ? [state.bytes] : []));
    expect(bytes.filter((count) => count > 0 && count < BLOCK_BYTES).length).toBeGreaterThan(3);
  });

  it('waits for a slow disk with no more than a window of blocks under way', async () => {
    const { promise: stuck, resolve: release } = withResolvers<undefined>();
    const { promise: idle, resolve: drained } = withResolvers<void>();
    let arrivedBytes = 0;
    const { alice, bob } = createFilePair({
      bob: { beforeWrite: () => stuck },
      link: {
        tamper: (frame, lane, from) => {
          if (lane === 'bulk' && from === 'a') arrivedBytes += frame.length;
          if (arrivedBytes >= WINDOW_BYTES) drained();
          return [frame];
        },
      },
    });
    const id = randomId();
    const file = randomFile(3 * WINDOW_BYTES);
    await alice.exchange.offer(id, sourceOf(file));
    await bob.reached(id, 'offered');
    bob.exchange.answer(id, true);
    await idle;
    // Whatever else were sent would arrive within these turns.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(arrivedBytes).toBeLessThan(WINDOW_BYTES + 64 * 1024);
    release(undefined);
    expect(await digest(await bob.content(id))).toBe(await digest(file));
  });
});

describe('several transfers', () => {
  it('move in both directions at once', async () => {
    const { alice, bob } = createFilePair();
    alice.acceptAll();
    bob.acceptAll();
    const [there, back] = [randomId(), randomId()];
    const [one, two] = [randomFile(2 * WINDOW_BYTES + 1), randomFile(2 * WINDOW_BYTES + 2)];
    await Promise.all([alice.exchange.offer(there, sourceOf(one)), bob.exchange.offer(back, sourceOf(two))]);
    expect(await digest(await bob.content(there))).toBe(await digest(one));
    expect(await digest(await alice.content(back))).toBe(await digest(two));
    await Promise.all([alice.reached(there, 'done'), bob.reached(back, 'done')]);
  });

  it('share the way fairly, and more than may run at once all arrive', async () => {
    const order: number[] = [];
    const { alice, bob } = createFilePair({
      link: {
        tamper: (frame, lane, from) => {
          const stream = new DataView(frame.buffer).getUint32(1);
          if (lane === 'bulk' && from === 'a' && frame[0] === 2) order.push(stream);
          return [frame];
        },
      },
    });
    bob.acceptAll();
    const transfers = Array.from({ length: 7 }, () => ({ id: randomId(), file: randomFile(12 * BLOCK_BYTES) }));
    await Promise.all(transfers.map(({ id, file }) => alice.exchange.offer(id, sourceOf(file))));
    for (const { id, file } of transfers) expect(await digest(await bob.content(id))).toBe(await digest(file));
    // The first four run at once. As long as each has blocks left, none gets further ahead than what is read ahead of it.
    const counts = new Map<number, number>();
    let leadBlocks = 0;
    for (const stream of order) {
      counts.set(stream, (counts.get(stream) ?? 0) + 1);
      const blocks = [...counts.values()];
      if (blocks.length >= 4 && Math.max(...blocks) < 12)
        leadBlocks = Math.max(leadBlocks, Math.max(...blocks) - Math.min(...blocks));
    }
    expect(leadBlocks).toBeGreaterThan(0);
    expect(leadBlocks).toBeLessThanOrEqual(5);
    expect(order.length).toBe(7 * 12);
  });
});

describe('a folder', () => {
  it('of 10,000 small files arrives as it was', async () => {
    const { alice, bob } = createFilePair();
    bob.acceptAll();
    const files = Array.from({ length: 10_000 }, (_, index) => ({
      path: `day ${index % 30}/${index % 7 ? 'sea' : 'city'}/picture ${index}.txt`,
      file: new File([`${index} `.repeat(index % 50)], 'x', { lastModified: index }),
    }));
    const id = randomId();
    await alice.exchange.offer(id, folderOf(files));
    await bob.reached(id, 'received');
    const received = new Map(bob.received.get(id)?.files.map((file) => [file.path, file]));
    expect(received.size).toBe(10_000);
    for (const [index, { path, file }] of files.entries()) {
      const arrived = received.get(path);
      expect(arrived?.sizeBytes).toBe(file.size);
      expect(arrived?.modifiedAt).toBe(index);
      if (index % 100 === 49) expect(await arrived?.content.text()).toBe(await file.text());
    }
  });

  it('of empty files is more than nothing', async () => {
    const { alice, bob } = createFilePair();
    bob.acceptAll();
    const id = randomId();
    await alice.exchange.offer(id, folderOf(['b', 'a'].map((path) => ({ path, file: new File([], path) }))));
    await bob.reached(id, 'received');
    expect(bob.received.get(id)?.files.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
  });
});
