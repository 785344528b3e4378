import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import { createFilePair, digest, randomFile, randomId, sourceOf } from '../support/file-pair.ts';
import { withResolvers } from '../support/memory-link.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets everything run that waits for nothing but its turn, and for acknowledgements. */
async function settle() {
  for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Alice sends to Bob; all writes of Bob's but the first `free` wait for `release`. */
async function moving(free = 0) {
  const { promise: stuck, resolve } = withResolvers<undefined>();
  const pair = createFilePair({ bob: { beforeWrite: async (index) => (index < free ? undefined : stuck) } });
  const id = randomId();
  const file = randomFile(20 * BLOCK_BYTES);
  const source = sourceOf(file);
  await pair.alice.exchange.offer(id, source);
  pair.bob.exchange.answer(id, true);
  await pair.alice.reached(id, 'moving');
  return { ...pair, id, file, source, release: () => resolve(undefined) };
}

describe('a transfer that stands still', () => {
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

  it('goes on from there when it is tried again', async () => {
    const { alice, bob, id, file, source, release } = await moving(4);
    await settle();
    vi.advanceTimersByTime(16_000);
    await bob.reached(id, 'failed');
    await alice.reached(id, 'failed');
    release();
    await alice.exchange.offer(id, source);
    expect(await digest(await bob.content(id))).toBe(await digest(file));
    expect(bob.path(id)).toEqual(['offered', 'moving', 'failed', 'moving', 'received']);
    expect(new Set(bob.store.written).size).toBe(bob.store.written.length);
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
    await alice.exchange.offer(id, sourceOf(new Hanging(['never read'], 'hanging.bin')));
    bob.exchange.answer(id, true);
    await alice.reached(id, 'moving');
    vi.advanceTimersByTime(16_000);
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-stalled' });
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-stalled' });
  });

  it('has not when it is paused, however long', async () => {
    const { alice, bob, id, file, release } = await moving();
    bob.exchange.pause(id, true);
    await alice.reached(id, 'paused');
    await settle();
    vi.advanceTimersByTime(120_000);
    expect(alice.state(id)?.state).toBe('paused');
    expect(bob.state(id)?.state).toBe('paused');
    release();
    bob.exchange.pause(id, false);
    expect(await digest(await bob.content(id))).toBe(await digest(file));
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
    await bob.content(id);
    await alice.reached(id, 'done');
  });

  it('has not while the link is in doubt, and goes on when it is back', async () => {
    const { alice, bob, id, file, link, release } = await moving();
    link.pause();
    await settle();
    vi.advanceTimersByTime(2_000);
    link.a.isSuspect = true;
    link.b.isSuspect = true;
    vi.advanceTimersByTime(60_000);
    await settle();
    expect([alice.state(id)?.state, bob.state(id)?.state]).toEqual(['moving', 'moving']);
    link.a.isSuspect = false;
    link.b.isSuspect = false;
    link.resume();
    release();
    expect(await digest(await bob.content(id))).toBe(await digest(file));
  });

  it('has not while it waits for its turn behind others', async () => {
    // A line that takes 1.6 s for a block: the fifth transfer begins after 19 s.
    const tamper = (frame: Uint8Array<ArrayBuffer>, lane: string, from: string) => {
      if (lane === 'bulk' && from === 'a') vi.advanceTimersByTime((1_600 * frame.length) / BLOCK_BYTES);
      return [frame];
    };
    const delay = () => new Promise<void>((resolve) => setImmediate(resolve));
    const startedAt = Date.now();
    const { alice, bob } = createFilePair({ link: { tamper, delay } });
    const ids = Array.from({ length: 5 }, randomId);
    for (const id of ids) await alice.exchange.offer(id, sourceOf(randomFile(3 * BLOCK_BYTES)));
    for (const id of ids) bob.exchange.answer(id, true);
    for (const id of ids) await bob.content(id);
    expect(Date.now() - startedAt).toBeGreaterThan(5 * 3 * 1_500);
  });

  it('leaves the link and other transfers alone', async () => {
    const { alice, bob, id, link, release } = await moving();
    await settle();
    vi.advanceTimersByTime(16_000);
    await bob.reached(id, 'failed');
    release();
    const next = randomId();
    await alice.exchange.offer(next, sourceOf(randomFile(2 * BLOCK_BYTES)));
    bob.exchange.answer(next, true);
    await bob.content(next);
    link.a.close('bye');
    expect(await link.b.closed).toBe('bye');
  });
});
