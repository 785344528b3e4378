import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BLOCK_BYTES, CHUNK_BYTES, WINDOW_BYTES } from '../../extension/core/files/blocks.ts';
import { createFilePair, randomFile, randomId } from '../support/file-pair.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets everything run that waits for nothing but its turn. */
async function settle() {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Alice sends to Bob; the first write of Bob's waits for `release`. */
async function moving(sizeBytes = 3 * WINDOW_BYTES) {
  let release: () => void = () => undefined;
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  const pair = createFilePair({ bob: { beforeWrite: () => stuck } });
  const id = randomId();
  await pair.alice.exchange.offer(id, randomFile(sizeBytes));
  pair.bob.exchange.answer(id, true);
  await pair.alice.reached(id, 'moving');
  return { ...pair, id, release };
}

describe('a file that stands still', () => {
  it('fails on both sides after 15 s when nothing comes through', async () => {
    const { alice, bob, id, link } = await moving();
    link.pause();
    await settle();
    vi.advanceTimersByTime(14_500);
    await settle();
    expect(alice.state(id)?.state).toBe('moving');
    expect(bob.state(id)?.state).toBe('moving');
    vi.advanceTimersByTime(1_000);
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-stalled' });
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-stalled' });
  });

  it('fails on both sides when the disk of the receiver hangs', async () => {
    const { alice, bob, id } = await moving();
    await settle();
    vi.advanceTimersByTime(16_000);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-stalled' });
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-stalled' });
  });

  it('fails on both sides when the source hangs', async () => {
    class Hanging extends File {
      override slice() {
        const blob = new Blob();
        blob.arrayBuffer = () => new Promise(() => undefined);
        return blob;
      }
    }
    const { alice, bob } = createFilePair();
    const id = randomId();
    await alice.exchange.offer(id, new Hanging(['never read'], 'hanging.bin'));
    bob.exchange.answer(id, true);
    await alice.reached(id, 'moving');
    vi.advanceTimersByTime(16_000);
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-stalled' });
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-stalled' });
  });

  it('has not when the computer slept', async () => {
    const { alice, bob, id, link, release } = await moving();
    link.pause();
    await settle();
    // The clock jumps an hour between two ticks.
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(1_000);
    await settle();
    expect(alice.state(id)?.state).toBe('moving');
    link.resume();
    release();
    await bob.reached(id, 'done');
    await alice.reached(id, 'done');
  });

  it('has not while it waits for its turn behind others', async () => {
    // A line that takes 100 ms for a chunk: the fifth file begins after 19 s.
    const tamper = (frame: Uint8Array<ArrayBuffer>, lane: string, from: string) => {
      if (lane === 'bulk' && from === 'a' && frame.length > CHUNK_BYTES) vi.advanceTimersByTime(100);
      return [frame];
    };
    const startedAt = Date.now();
    const { alice, bob } = createFilePair({ link: { tamper } });
    const ids = Array.from({ length: 5 }, randomId);
    for (const id of ids) await alice.exchange.offer(id, randomFile(3 * BLOCK_BYTES));
    for (const id of ids) bob.exchange.answer(id, true);
    for (const id of ids) await bob.reached(id, 'done');
    expect(Date.now() - startedAt).toBe(5 * 48 * 100);
  });

  it('leaves the link and other files alone', async () => {
    const { alice, bob, id, link, release } = await moving();
    await settle();
    vi.advanceTimersByTime(16_000);
    await bob.reached(id, 'failed');
    release();
    const next = randomId();
    await alice.exchange.offer(next, randomFile(2 * BLOCK_BYTES));
    bob.exchange.answer(next, true);
    await bob.reached(next, 'done');
    link.a.close('bye');
    expect(await link.b.closed).toBe('bye');
  });
});
