import { openAsBlob } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BLOCK_BYTES, WINDOW_BYTES } from '../../extension/core/files/blocks.ts';
import type { FileMessage } from '../../extension/core/protocol/messages.ts';
import { AppError } from '../../extension/core/shared/errors.ts';
import {
  createFilePair,
  digest,
  type FilePair,
  type FilePairOptions,
  randomFile,
  randomId,
} from '../support/file-pair.ts';

const SIZE_BYTES = 3 * WINDOW_BYTES;

/** A file that was accepted and whose first block Bob's disk is still writing. */
async function moving(options: FilePairOptions = {}) {
  let release: () => void = () => undefined;
  let began: () => void = () => undefined;
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  const writing = new Promise<void>((resolve) => {
    began = resolve;
  });
  const beforeWrite = () => {
    began();
    return stuck;
  };
  const pair = createFilePair({ ...options, bob: { ...options.bob, beforeWrite } });
  const id = randomId();
  await pair.alice.exchange.offer(id, randomFile(SIZE_BYTES));
  await pair.bob.reached(id, 'offered');
  pair.bob.exchange.answer(id, true);
  await writing;
  return { ...pair, pair, id, release };
}

async function offered() {
  const pair = createFilePair();
  const id = randomId();
  const file = randomFile(BLOCK_BYTES + 5);
  await pair.alice.exchange.offer(id, file);
  await pair.bob.reached(id, 'offered');
  return { ...pair, pair, id, file };
}

/** Sends another file over the same exchanges, to see that nothing else was lost. */
async function stillWorks({ alice, bob }: FilePair) {
  const id = randomId();
  const file = randomFile(2 * BLOCK_BYTES);
  await bob.exchange.offer(id, file);
  await alice.reached(id, 'offered');
  alice.exchange.answer(id, true);
  await alice.reached(id, 'done');
  expect(await digest(alice.saved.get(id))).toBe(await digest(file));
}

describe('an offer', () => {
  it('is declined', async () => {
    const { alice, bob, id, pair } = await offered();
    bob.exchange.answer(id, false);
    expect(await bob.reached(id, 'declined')).toEqual({ state: 'declined', byMe: true });
    expect(await alice.reached(id, 'declined')).toEqual({ state: 'declined', byMe: false });
    expect(bob.store.files.size).toBe(0);
    await stillWorks(pair);
  });

  it('is declined by cancelling it', async () => {
    const { alice, bob, id } = await offered();
    bob.exchange.cancel(id);
    expect(await alice.reached(id, 'declined')).toEqual({ state: 'declined', byMe: false });
  });

  it('is taken back', async () => {
    const { alice, bob, id } = await offered();
    alice.exchange.cancel(id);
    expect(await alice.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: true });
    expect(await bob.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: false });
    bob.exchange.answer(id, true);
    expect(bob.path(id)).toEqual(['offered', 'cancelled']);
  });

  it('is answered once, however often somebody clicks', async () => {
    const { alice, bob, id } = await offered();
    bob.exchange.answer(id, true);
    bob.exchange.answer(id, false);
    bob.exchange.answer(id, true);
    await alice.reached(id, 'done');
    expect(bob.path(id)).toEqual(['offered', 'moving', 'saving', 'done']);
    expect(bob.sent.filter((message) => message.type === 'file-answer')).toHaveLength(1);
  });

  it('survives a lost link and is accepted on the next one', async () => {
    const { alice, bob, id, file, pair } = await offered();
    pair.disconnect();
    expect(alice.state(id)?.state).toBe('offered');
    expect(bob.state(id)?.state).toBe('offered');
    pair.reconnect();
    bob.exchange.answer(id, true);
    await alice.reached(id, 'done');
    expect(await digest(bob.saved.get(id))).toBe(await digest(file));
  });

  it.each([true, false])(
    'is answered (%s) while there is no link, and the other side learns it on the next one',
    async (accept) => {
      const { alice, bob, id, file, pair } = await offered();
      pair.disconnect();
      bob.exchange.answer(id, accept);
      pair.reconnect();
      await alice.reached(id, accept ? 'done' : 'declined');
      if (accept) expect(await digest(bob.saved.get(id))).toBe(await digest(file));
    },
  );

  it('that is taken back without a link goes from the other side with the next one', async () => {
    const { alice, bob, id, pair } = await offered();
    pair.disconnect();
    alice.exchange.cancel(id);
    pair.reconnect();
    expect(await bob.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: false });
  });

  it('moves on the next link when its acceptance was on its way as the link was lost', async () => {
    const { alice, bob, id, file, pair } = await offered();
    const acceptance: FileMessage[] = [];
    bob.other = { receive: (message) => acceptance.push(message) };
    bob.exchange.answer(id, true);
    while (acceptance.length === 0) await Promise.resolve();
    pair.disconnect();
    expect(bob.state(id)?.state).toBe('moving');
    pair.reconnect();
    // The session offers again what was not answered, and its channel delivers what was on its way.
    await alice.exchange.offer(id, file);
    for (const message of acceptance) alice.exchange.receive(message);
    await alice.reached(id, 'done');
    expect(await digest(bob.saved.get(id))).toBe(await digest(file));
    expect(bob.path(id)).toEqual(['offered', 'moving', 'saving', 'done']);
  });

  it('fails on both sides when all that was sent of it went down with the link', async () => {
    const { alice, bob, id, pair } = await offered();
    pair.link.pause();
    bob.exchange.answer(id, true);
    await alice.reached(id, 'moving');
    pair.disconnect();
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-interrupted' });
    expect(bob.state(id)?.state).toBe('moving');
    pair.reconnect();
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-interrupted' });
    await stillWorks(pair);
  });

  it('is offered again without becoming two', async () => {
    const { alice, bob, id, file } = await offered();
    await alice.exchange.offer(id, file);
    bob.exchange.answer(id, true);
    await alice.reached(id, 'done');
    expect(bob.path(id)).toEqual(['offered', 'moving', 'saving', 'done']);
    expect(bob.saved.size).toBe(1);
  });

  it('that its sender forgot fails at once instead of waiting for bytes', async () => {
    const { bob, id } = await offered();
    const reborn = createFilePair().alice;
    bob.other = reborn.exchange;
    reborn.other = bob.exchange;
    bob.exchange.answer(id, true);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-interrupted' });
  });

  it('stays offered when it could not be sent', async () => {
    const { alice } = createFilePair();
    const id = randomId();
    alice.other = {
      receive: () => {
        throw new AppError('link-lost');
      },
    };
    await expect(alice.exchange.offer(id, randomFile(1))).rejects.toMatchObject({ code: 'link-lost' });
    expect(alice.state(id)?.state).toBe('offered');
  });

  it('of more than a file may have is refused by its own side', async () => {
    const { alice } = createFilePair();
    class Huge extends File {
      override get size() {
        return 2 ** 40 + 1;
      }
    }
    const offer = alice.exchange.offer(randomId(), new Huge([], 'huge.bin'));
    await expect(offer).rejects.toMatchObject({ code: 'file-too-large' });
    expect(alice.sent).toEqual([]);
  });
});

describe('a moving file', () => {
  it.each(['alice', 'bob'] as const)('is cancelled by %s', async (name) => {
    const { alice, bob, id, pair, release } = await moving();
    pair[name].exchange.cancel(id);
    expect(await alice.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: name === 'alice' });
    expect(await bob.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: name === 'bob' });
    release();
    await stillWorks(pair);
    await bob.exchange.close();
    expect(bob.store.files.size).toBe(0);
    expect(bob.saved.size).toBe(0);
  });

  it('fails on both sides when the link is lost, and may be offered again', async () => {
    const { alice, bob, id, pair, release } = await moving();
    pair.disconnect();
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-interrupted' });
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-interrupted' });
    release();
    pair.reconnect();
    const file = randomFile(BLOCK_BYTES);
    await alice.exchange.offer(id, file);
    bob.exchange.answer(id, true);
    await alice.reached(id, 'done');
    expect(await digest(bob.saved.get(id))).toBe(await digest(file));
    await bob.exchange.close();
    expect(bob.store.files.size).toBe(0);
  });

  it('fails when the exchange is closed', async () => {
    const { alice, bob, id, release } = await moving();
    release();
    await bob.exchange.close();
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-interrupted' });
    expect(bob.store.files.size).toBe(0);
    expect(bob.store.isClosed).toBe(true);
  });
});

describe('a file being saved', () => {
  it('is past cancelling and past the link', async () => {
    let finish: () => void = () => undefined;
    const saving = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const pair = createFilePair({ bob: { save: () => saving.then(() => ({ downloadId: 42 })) } });
    const { alice, bob } = pair;
    const id = randomId();
    const file = randomFile(100);
    await alice.exchange.offer(id, file);
    bob.exchange.answer(id, true);
    await bob.reached(id, 'saving');
    await alice.reached(id, 'done');
    bob.exchange.cancel(id);
    pair.disconnect();
    const closed = bob.exchange.close();
    expect(bob.state(id)?.state).toBe('saving');
    expect(bob.store.files.size).toBe(1);

    finish();
    await closed;
    expect(bob.state(id)).toMatchObject({ state: 'done', downloadId: 42 });
    expect(bob.store.files.size).toBe(0);
  });

  it('fails when it can not be saved, and its partial goes', async () => {
    const { alice, bob } = createFilePair({ bob: { save: () => Promise.reject(new AppError('download-failed')) } });
    const id = randomId();
    await alice.exchange.offer(id, randomFile(100));
    bob.exchange.answer(id, true);
    expect(await bob.reached(id, 'failed')).toEqual({ state: 'failed', code: 'download-failed', bytes: 100 });
    await bob.exchange.close();
    expect(bob.store.files.size).toBe(0);
  });
});

describe('the disk of the receiver', () => {
  it('needs room for the partial and for the copy in Downloads, said before the first byte', async () => {
    const { alice, bob } = createFilePair({ bob: { availableBytes: 2 * BLOCK_BYTES - 1 } });
    const id = randomId();
    await alice.exchange.offer(id, randomFile(BLOCK_BYTES));
    bob.exchange.answer(id, true);
    expect(await bob.reached(id, 'failed')).toEqual({ state: 'failed', code: 'storage-full', bytes: 0 });
    expect(await alice.reached(id, 'failed')).toEqual({ state: 'failed', code: 'storage-full', bytes: 0 });
    expect(alice.path(id)).toEqual(['offered', 'failed']);
  });

  it('is promised to one file only once', async () => {
    const { alice, bob } = createFilePair({ bob: { availableBytes: 3 * BLOCK_BYTES } });
    const [first, second] = [randomId(), randomId()];
    await alice.exchange.offer(first, randomFile(BLOCK_BYTES));
    await alice.exchange.offer(second, randomFile(BLOCK_BYTES));
    bob.exchange.answer(first, true);
    bob.exchange.answer(second, true);
    expect(await bob.reached(second, 'failed')).toMatchObject({ code: 'storage-full' });
    await bob.reached(first, 'done');
  });

  it('gets full in the middle', async () => {
    const { alice, bob } = createFilePair({ bob: { capacityBytes: 5 * BLOCK_BYTES } });
    const id = randomId();
    await alice.exchange.offer(id, randomFile(SIZE_BYTES));
    bob.exchange.answer(id, true);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'storage-full' });
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'storage-full' });
    await bob.exchange.close();
    expect(bob.store.files.size).toBe(0);
  });
});

describe('the source', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'files-'));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  it.each([
    ['grows', (path: string) => appendFile(path, 'x')],
    ['shrinks', (path: string) => writeFile(path, 'short')],
  ])('is noticed when it %s while it is sent', async (_, change) => {
    const path = join(dir, 'source.bin');
    await writeFile(path, new Uint8Array(SIZE_BYTES));
    const { alice, bob } = createFilePair({
      bob: { beforeWrite: async (index) => (index === 3 ? void (await change(path)) : undefined) },
    });
    const id = randomId();
    await alice.exchange.offer(id, new File([await openAsBlob(path)], 'source.bin'));
    bob.exchange.answer(id, true);
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-changed' });
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-changed' });
    await bob.exchange.close();
    expect(bob.store.files.size).toBe(0);
  });
});
