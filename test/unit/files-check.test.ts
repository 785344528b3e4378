import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import type { TransferSource } from '../../extension/core/files/source.ts';
import { createFilePair, digest, type FilePair, randomFile, randomId, sourceOf } from '../support/file-pair.ts';
import { withResolvers } from '../support/memory-link.ts';

const SIZE_BYTES = 12 * BLOCK_BYTES;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Bob has some of a file and is started anew: his check of that tells what the test wants, and ends when it wants. */
async function restarted() {
  const { promise: checked, resolve } = withResolvers<void>();
  const check = { isLong: false, tell: (_bytes: number, _ofBytes: number) => {} };
  const pair = createFilePair({
    bob: {
      beforeOpen: async (_, onCheck) => {
        if (!check.isLong) return;
        check.tell = (checkedBytes, ofBytes) => onCheck({ checkedBytes, ofBytes });
        await checked;
      },
    },
  });
  const id = randomId();
  const file = randomFile(SIZE_BYTES);
  await pair.alice.exchange.offer(id, sourceOf(file));
  pair.bob.exchange.answer(id, true);
  await pair.bob.store.wrote(3);
  check.isLong = true;
  pair.restart('bob');
  const { state: _, id: __, direction: ___, ...details } = pair.alice.changes[0] ?? expect.fail();
  pair.bob.exchange.restore(id, details, { isWhole: false });
  return { pair, id, file, check, end: () => resolve() };
}

async function arrives(pair: FilePair, id: string, file: File) {
  expect(await digest(await pair.bob.content(id))).toBe(await digest(file));
  await pair.alice.reached(id, 'done');
}

describe('what lies there after a restart of the receiver', () => {
  it('is shown to be checked, how far that is, and then the transfer goes on', async () => {
    const { pair, id, file, check, end } = await restarted();
    pair.reconnect();
    vi.advanceTimersByTime(2_000);
    expect(pair.bob.state(id)).toEqual({ state: 'checking', bytes: 0, sizeBytes: SIZE_BYTES });
    check.tell(BLOCK_BYTES, 3 * BLOCK_BYTES);
    vi.advanceTimersByTime(250);
    expect(pair.bob.state(id)).toEqual({ state: 'checking', bytes: BLOCK_BYTES, sizeBytes: 3 * BLOCK_BYTES });
    // However long it takes, nobody gives up.
    vi.advanceTimersByTime(600_000);
    expect(pair.bob.state(id)?.state).toBe('checking');
    expect(pair.alice.state(id)?.state).toBe('interrupted');
    end();
    await arrives(pair, id, file);
  });

  it('is shown a few times a second at most, and nothing when nothing is new', async () => {
    const { pair, id, file, check, end } = await restarted();
    pair.reconnect();
    vi.advanceTimersByTime(2_000);
    const before = pair.bob.changes.length;
    for (let told = 0; told < 1_000; told++) {
      check.tell(told, SIZE_BYTES);
      vi.advanceTimersByTime(1);
    }
    expect(pair.bob.changes.length - before).toBeLessThanOrEqual(4);
    const { length } = pair.bob.changes;
    vi.advanceTimersByTime(10_000);
    expect(pair.bob.changes.length - length).toBeLessThanOrEqual(1);
    end();
    await arrives(pair, id, file);
  });

  it('is checked without a link too', async () => {
    const { pair, id, file, end } = await restarted();
    vi.advanceTimersByTime(2_000);
    expect(pair.bob.state(id)?.state).toBe('checking');
    end();
    const later = () => {
      vi.advanceTimersByTime(500);
      return pair.bob.state(id)?.state;
    };
    await expect.poll(later).toBe('interrupted');
    pair.reconnect();
    await arrives(pair, id, file);
  });

  it('is not worth a word when it is checked at once', async () => {
    const { pair, id, file, end } = await restarted();
    pair.reconnect();
    vi.advanceTimersByTime(750);
    end();
    await arrives(pair, id, file);
    expect(pair.bob.path(id)).not.toContain('checking');
  });

  it('is not wanted any more: the check ends the transfer', async () => {
    const { pair, id, end } = await restarted();
    pair.reconnect();
    vi.advanceTimersByTime(2_000);
    pair.bob.exchange.cancel(id);
    expect(pair.bob.state(id)).toEqual({ state: 'cancelled', byMe: true });
    expect(await pair.alice.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: false });
    end();
    await pair.bob.exchange.close({ remove: false });
    expect(pair.bob.store.disk.files.size).toBe(0);
  });

  it('is held meanwhile, and goes on when that is lifted', async () => {
    const { pair, id, file, end } = await restarted();
    pair.reconnect();
    vi.advanceTimersByTime(2_000);
    pair.bob.exchange.pause(id, true);
    expect(pair.bob.state(id)?.state).toBe('paused');
    pair.bob.exchange.pause(id, false);
    expect(pair.bob.state(id)?.state).toBe('checking');
    pair.bob.exchange.pause(id, true);
    end();
    await pair.alice.reached(id, 'paused');
    expect(pair.bob.received.has(id)).toBe(false);
    pair.bob.exchange.pause(id, false);
    await arrives(pair, id, file);
  });

  it('is still checked when the link is replaced meanwhile', async () => {
    const { pair, id, file, end } = await restarted();
    pair.reconnect();
    vi.advanceTimersByTime(2_000);
    pair.disconnect();
    expect(pair.bob.state(id)?.state).toBe('checking');
    pair.reconnect();
    vi.advanceTimersByTime(500);
    expect(pair.bob.state(id)?.state).toBe('checking');
    end();
    await arrives(pair, id, file);
  });
});

describe('a sender that has been given its files again', () => {
  it('shows on both sides that it hashes what has already arrived, once the rest is sent', async () => {
    const pair = createFilePair();
    const { bob } = pair;
    const id = randomId();
    const file = randomFile(SIZE_BYTES);
    await pair.alice.exchange.offer(id, sourceOf(file));
    bob.exchange.answer(id, true);
    await bob.store.wrote(8);
    pair.restart('alice');
    pair.reconnect();
    // It reads two blocks of what Bob has, and no more before it may.
    const { promise: go, resolve } = withResolvers<void>();
    const from = sourceOf(file);
    let isBehind = 0;
    const slow: TransferSource = {
      details: from.details,
      readBlock: async (index) => {
        if (index < 8 && ++isBehind > 2) await go;
        return from.readBlock(index);
      },
    };
    await pair.alice.exchange.offer(id, slow);
    const found = async (name: 'alice' | 'bob') => {
      for (let tries = 0; tries < 500 && pair[name].state(id)?.state !== 'checking'; tries++) {
        await new Promise((done) => setTimeout(done, 2));
        vi.advanceTimersByTime(20);
      }
      return pair[name].state(id);
    };
    expect(await found('alice')).toMatchObject({ state: 'checking', bytes: 2 * BLOCK_BYTES });
    expect(await found('bob')).toMatchObject({ state: 'checking', bytes: 2 * BLOCK_BYTES });
    resolve();
    await arrives(pair, id, file);
  });
});
