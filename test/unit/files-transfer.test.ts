import { afterEach, describe, expect, it, vi } from 'vitest';
import { BLOCK_BYTES, CHUNK_BYTES, WINDOW_BYTES } from '../../extension/core/files/blocks.ts';
import { createFilePair, digest, randomFile, randomId } from '../support/file-pair.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('a file', () => {
  it.each([
    ['empty', 0],
    ['1 byte', 1],
    ['a chunk less one', CHUNK_BYTES - 1],
    ['a chunk', CHUNK_BYTES],
    ['a chunk and one', CHUNK_BYTES + 1],
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

    await alice.exchange.offer(id, file);
    await bob.reached(id, 'offered');
    bob.exchange.answer(id, true);
    const done = await bob.reached(id, 'done');
    await alice.reached(id, 'done');

    expect(await digest(bob.saved.get(id))).toBe(await digest(file));
    expect(alice.path(id)).toEqual(['offered', 'moving', 'done']);
    expect(bob.path(id)).toEqual(['offered', 'moving', 'saving', 'done']);
    expect(done.downloadId).toBe(7);
    expect(done.startedAt).toBeLessThanOrEqual(done.verifiedAt);
    expect(done.verifiedAt).toBeLessThanOrEqual(done.savedAt);
    await bob.exchange.close();
    expect(bob.store.files.size).toBe(0);
    expect(bob.store.isClosed).toBe(true);
  });

  it('carries its details, and its name is safe on both sides', async () => {
    const { alice, bob } = createFilePair();
    const id = randomId();
    await alice.exchange.offer(id, randomFile(10, '../../\u202Egnp.exe'));
    await bob.reached(id, 'offered');
    bob.exchange.answer(id, true);
    await bob.reached(id, 'done');

    expect(alice.changes[0]).toMatchObject({ direction: 'out', name: '_.._gnp.exe', sizeBytes: 10, mime: 'image/png' });
    const { state, ...details } = bob.changes[0] ?? {};
    expect(state).toEqual({ state: 'offered' });
    expect(details).toEqual({ id, direction: 'in', name: '_.._gnp.exe', sizeBytes: 10, mime: 'image/png' });
    expect(bob.saved.get(id)).toMatchObject({
      name: '_.._gnp.exe',
      type: 'application/octet-stream',
      lastModified: 1_700_000_000_000,
    });
  });

  it('gets a safe name from a sender that does not care', async () => {
    const { bob } = createFilePair();
    const id = randomId();
    bob.exchange.receive({
      type: 'file-offer',
      id,
      stream: 1,
      at: 0,
      name: '..\\..\\Startup\\CON',
      sizeBytes: 1,
      mime: '',
      modifiedAt: 0,
    });
    expect(bob.changes[0]?.name).toBe('_.._Startup_CON');
  });

  it('is told about while it moves, at both ends, from acknowledgements', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    // A disk that takes 250 ms for a block: 4 MiB/s.
    const beforeWrite = async () => void vi.advanceTimersByTime(250);
    const { alice, bob } = createFilePair({ bob: { beforeWrite } });
    const id = randomId();
    await alice.exchange.offer(id, randomFile(16 * BLOCK_BYTES));
    await bob.reached(id, 'offered');
    bob.exchange.answer(id, true);
    await alice.reached(id, 'done');

    for (const side of [alice, bob]) {
      const moving = side.changes.map((change) => change.state).filter((state) => state.state === 'moving');
      const bytes = moving.map((state) => state.bytes);
      expect(bytes.length).toBeGreaterThan(10);
      expect(bytes.length).toBeLessThanOrEqual(18);
      expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
      const late = moving.at(-1);
      expect(late?.bytesPerSecond).toBeGreaterThan(3 * BLOCK_BYTES);
      expect(late?.bytesPerSecond).toBeLessThan(5 * BLOCK_BYTES);
      expect(late?.secondsLeft).toBeLessThanOrEqual(1);
    }
  });

  it('waits for a slow disk with no more than a window under way', async () => {
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrivedBytes = 0;
    let drained: () => void = () => undefined;
    const idle = new Promise<void>((resolve) => {
      drained = resolve;
    });
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
    await alice.exchange.offer(id, file);
    await bob.reached(id, 'offered');
    bob.exchange.answer(id, true);
    await idle;
    // Whatever else were sent would arrive within these turns.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    // The block being filled when the first write began may have been acknowledged in part.
    expect(arrivedBytes).toBeLessThan(WINDOW_BYTES + BLOCK_BYTES + 16 * 1024);
    release();
    await bob.reached(id, 'done');
    expect(await digest(bob.saved.get(id))).toBe(await digest(file));
  });
});

describe('several files', () => {
  it('move in both directions at once', async () => {
    const { alice, bob } = createFilePair();
    alice.acceptAll();
    bob.acceptAll();
    const [there, back] = [randomId(), randomId()];
    const [one, two] = [randomFile(2 * WINDOW_BYTES + 1), randomFile(2 * WINDOW_BYTES + 2)];
    await Promise.all([alice.exchange.offer(there, one), bob.exchange.offer(back, two)]);
    await Promise.all([alice.reached(back, 'done'), bob.reached(there, 'done')]);

    expect(await digest(bob.saved.get(there))).toBe(await digest(one));
    expect(await digest(alice.saved.get(back))).toBe(await digest(two));
  });

  it('share the way fairly, and more than may run at once all arrive', async () => {
    const order: number[] = [];
    const { alice, bob } = createFilePair({
      link: {
        tamper: (frame, lane, from) => {
          const stream = new DataView(frame.buffer).getUint32(1);
          if (lane === 'bulk' && from === 'a' && frame[0] === 1) order.push(stream);
          return [frame];
        },
      },
    });
    bob.acceptAll();
    const files = Array.from({ length: 7 }, () => ({ id: randomId(), file: randomFile(4 * BLOCK_BYTES) }));
    await Promise.all(files.map(({ id, file }) => alice.exchange.offer(id, file)));
    await Promise.all(files.map(({ id }) => bob.reached(id, 'done')));

    for (const { id, file } of files) expect(await digest(bob.saved.get(id))).toBe(await digest(file));
    // The first four run at once. As long as each has bytes left, none gets further ahead than what may be read ahead of it.
    const counts = new Map<number, number>();
    let leadChunks = 0;
    for (const stream of order) {
      counts.set(stream, (counts.get(stream) ?? 0) + 1);
      const chunks = [...counts.values()];
      if (chunks.length >= 4 && Math.max(...chunks) < 64)
        leadChunks = Math.max(leadChunks, Math.max(...chunks) - Math.min(...chunks));
    }
    expect(leadChunks).toBeGreaterThan(0);
    expect(leadChunks).toBeLessThanOrEqual(32);
    expect(order.length).toBe(7 * 64);
  });
});
