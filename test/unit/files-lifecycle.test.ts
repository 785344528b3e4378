import { openAsBlob } from 'node:fs';
import { appendFile, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import { createSource } from '../../extension/core/files/create-source.ts';
import { AppError } from '../../extension/core/shared/errors.ts';
import {
  createFilePair,
  digest,
  type FilePair,
  type FilePairOptions,
  folderOf,
  randomFile,
  randomId,
  sourceOf,
} from '../support/file-pair.ts';
import { withResolvers } from '../support/memory-link.ts';

const SIZE_BYTES = 24 * BLOCK_BYTES;

/** A transfer that was accepted and whose first block Bob's disk is still writing. */
async function moving(options: FilePairOptions = {}) {
  const { promise: stuck, resolve } = withResolvers<undefined>();
  const { promise: writing, resolve: began } = withResolvers<void>();
  const beforeWrite = () => {
    began();
    return stuck;
  };
  const pair = createFilePair({ ...options, bob: { ...options.bob, beforeWrite } });
  const id = randomId();
  await pair.alice.exchange.offer(id, sourceOf(randomFile(SIZE_BYTES)));
  await pair.bob.reached(id, 'offered');
  pair.bob.exchange.answer(id, true);
  await writing;
  return { ...pair, pair, id, release: () => resolve(undefined) };
}

async function offered() {
  const pair = createFilePair();
  const id = randomId();
  const file = randomFile(BLOCK_BYTES + 5);
  const source = sourceOf(file);
  await pair.alice.exchange.offer(id, source);
  await pair.bob.reached(id, 'offered');
  return { ...pair, pair, id, file, source };
}

/** Sends another file over the same exchanges, to see that nothing else was lost. */
async function stillWorks({ alice, bob }: FilePair) {
  const id = randomId();
  const file = randomFile(2 * BLOCK_BYTES);
  await bob.exchange.offer(id, sourceOf(file));
  await alice.reached(id, 'offered');
  alice.exchange.answer(id, true);
  expect(await digest(await alice.content(id))).toBe(await digest(file));
}

describe('an offer', () => {
  it('is declined', async () => {
    const { alice, bob, id, pair } = await offered();
    bob.exchange.answer(id, false);
    expect(await bob.reached(id, 'declined')).toEqual({ state: 'declined', byMe: true });
    expect(await alice.reached(id, 'declined')).toEqual({ state: 'declined', byMe: false });
    expect(bob.store.disk.files.size).toBe(0);
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
    expect(bob.path(id)).toEqual(['offered', 'moving', 'received']);
    expect(bob.sent.map(({ type }) => type)).toEqual(['file-accept', 'file-done']);
  });

  it('survives a lost link and is accepted on the next one', async () => {
    const { alice, bob, id, file, pair } = await offered();
    pair.disconnect();
    expect(alice.state(id)?.state).toBe('offered');
    expect(bob.state(id)?.state).toBe('offered');
    pair.reconnect();
    bob.exchange.answer(id, true);
    expect(await digest(await bob.content(id))).toBe(await digest(file));
  });

  it.each([true, false])(
    'is answered (%s) while there is no link, and the other side learns it on the next one',
    async (accept) => {
      const { alice, bob, id, file, pair } = await offered();
      pair.disconnect();
      bob.exchange.answer(id, accept);
      pair.reconnect();
      await alice.reached(id, accept ? 'done' : 'declined');
      if (accept) expect(await digest(await bob.content(id))).toBe(await digest(file));
    },
  );

  it('that is taken back without a link goes from the other side with the next one', async () => {
    const { alice, bob, id, pair } = await offered();
    pair.disconnect();
    alice.exchange.cancel(id);
    pair.reconnect();
    expect(await bob.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: false });
  });

  it('is made again without becoming two', async () => {
    const { alice, bob, id, source } = await offered();
    await alice.exchange.offer(id, source);
    bob.exchange.answer(id, true);
    await alice.reached(id, 'done');
    expect(bob.path(id)).toEqual(['offered', 'moving', 'received']);
    expect(bob.received.size).toBe(1);
  });

  it('can not become another one under its id', async () => {
    const { alice, id } = await offered();
    const other = alice.exchange.offer(id, sourceOf(randomFile(7)));
    await expect(other).rejects.toMatchObject({ code: 'file-wrong-source' });
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
    await expect(alice.exchange.offer(id, sourceOf(randomFile(1)))).rejects.toMatchObject({ code: 'link-lost' });
    expect(alice.state(id)?.state).toBe('offered');
  });
});

describe('a selection', () => {
  class Sized extends File {
    readonly #size: number;
    constructor(size: number) {
      super([], 'huge.bin');
      this.#size = size;
    }
    override get size() {
      return this.#size;
    }
  }
  const describeFile = (size: number) => sourceOf(new Sized(size)).details;

  it('of up to 1 TiB is described, one byte more is too large', () => {
    expect(describeFile(5 * 2 ** 30).sizeBytes).toBe(5 * 2 ** 30);
    expect(describeFile(2 ** 40).sizeBytes).toBe(2 ** 40);
    expect(() => describeFile(2 ** 40 + 1)).toThrow(new AppError('file-too-large'));
  });

  it('of up to 20,000 files is described, one more is too many', () => {
    const files = Array.from({ length: 20_001 }, (_, index) => ({ path: `${index}`, file: new File([], 'x') }));
    expect(folderOf(files.slice(1)).details.count).toBe(20_000);
    expect(() => folderOf(files)).toThrow(new AppError('file-too-many'));
  });

  it('is the same run in whatever order the browser lists it', async () => {
    const files = ['b/1', 'a', 'b/0'].map((path) => ({ path, file: new File([path], 'x', { lastModified: 5 }) }));
    const [one, two] = [folderOf(files), folderOf(files.toReversed())];
    expect(one.details).toEqual(two.details);
    expect(await one.readBlock(0)).toEqual(await two.readBlock(0));
  });

  it('of nothing is refused', () => {
    expect(() => createSource({ form: 'folder', name: 'empty', files: [] })).toThrow(new AppError('file-gone'));
  });
});

describe('a moving transfer', () => {
  it.each(['alice', 'bob'] as const)('is cancelled by %s', async (name) => {
    const { alice, bob, id, pair, release } = await moving();
    pair[name].exchange.cancel(id);
    expect(await alice.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: name === 'alice' });
    expect(await bob.reached(id, 'cancelled')).toEqual({ state: 'cancelled', byMe: name === 'bob' });
    release();
    await stillWorks(pair);
    await bob.exchange.close({ remove: false });
    expect(bob.store.disk.files.size).toBe(0);
    expect(bob.received.size).toBe(0);
  });

  it('leaves room for the next one when it is cancelled with a full window under way', async () => {
    const { alice, bob, id, release } = await moving();
    alice.exchange.cancel(id);
    const next = randomId();
    const file = randomFile(SIZE_BYTES);
    await alice.exchange.offer(next, sourceOf(file));
    bob.exchange.answer(next, true);
    release();
    expect(await digest(await bob.content(next))).toBe(await digest(file));
  });

  it('lies on the disk when the exchange is closed, and not when the peer is forgotten', async () => {
    for (const remove of [false, true]) {
      const { bob, id, release } = await moving();
      release();
      await bob.exchange.close({ remove });
      expect(bob.store.disk.files.has(id)).toBe(!remove);
      expect(bob.store.isClosed).toBe(true);
    }
  });
});

describe('a received transfer', () => {
  it('is past cancelling, and stays until it is released', async () => {
    const { alice, bob, id, pair } = await offered();
    bob.exchange.answer(id, true);
    await alice.reached(id, 'done');
    bob.exchange.cancel(id);
    pair.disconnect();
    expect(bob.state(id)?.state).toBe('received');
    expect(bob.store.disk.files.has(id)).toBe(true);
    bob.exchange.release(id);
    await bob.exchange.close({ remove: false });
    expect(bob.store.disk.files.size).toBe(0);
  });
});

describe('the disk of the receiver', () => {
  it('needs room for the partial and for the copy in Downloads, said before the first byte', async () => {
    const { alice, bob } = createFilePair({ bob: { availableBytes: 2 * BLOCK_BYTES - 1 } });
    const id = randomId();
    await alice.exchange.offer(id, sourceOf(randomFile(BLOCK_BYTES)));
    bob.exchange.answer(id, true);
    expect(await bob.reached(id, 'failed')).toEqual({ state: 'failed', code: 'storage-full', bytes: 0 });
    expect(await alice.reached(id, 'failed')).toEqual({ state: 'failed', code: 'storage-full', bytes: 0 });
    expect(alice.path(id)).toEqual(['offered', 'failed']);
    await bob.exchange.close({ remove: false });
    expect(bob.store.disk.files.size).toBe(0);
  });

  it('is promised to one transfer only once', async () => {
    const { alice, bob } = createFilePair({ bob: { availableBytes: 3 * BLOCK_BYTES } });
    const [first, second] = [randomId(), randomId()];
    await alice.exchange.offer(first, sourceOf(randomFile(BLOCK_BYTES)));
    await alice.exchange.offer(second, sourceOf(randomFile(BLOCK_BYTES)));
    bob.exchange.answer(first, true);
    bob.exchange.answer(second, true);
    expect(await bob.reached(second, 'failed')).toMatchObject({ code: 'storage-full' });
    await bob.reached(first, 'received');
  });

  it('gets full in the middle, and the next try goes on from there', async () => {
    const full = { capacityBytes: 5 * BLOCK_BYTES };
    const { alice, bob } = createFilePair({ bob: full });
    const id = randomId();
    const file = randomFile(SIZE_BYTES);
    const source = sourceOf(file);
    await alice.exchange.offer(id, source);
    bob.exchange.answer(id, true);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'storage-full' });
    expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'storage-full' });
    full.capacityBytes = 100 * BLOCK_BYTES;
    await alice.exchange.offer(id, source);
    expect(await digest(await bob.content(id))).toBe(await digest(file));
    expect(bob.store.written.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, index) => index));
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

  const changes: [string, (path: string) => Promise<void>][] = [
    ['grows', (path) => appendFile(path, 'x')],
    ['shrinks', (path) => writeFile(path, 'short')],
    ['changes', (path) => writeFile(path, new Uint8Array(SIZE_BYTES).fill(1))],
    ['disappears', (path) => unlink(path)],
  ];

  it.each(changes.flatMap(([name, change]) => ['file', 'folder'].map((form) => [form, name, change] as const)))(
    'of a %s is noticed when it %s while it is sent',
    async (form, _, change) => {
      const path = join(dir, 'source.bin');
      await writeFile(path, new Uint8Array(SIZE_BYTES));
      const { alice, bob } = createFilePair({
        bob: { beforeWrite: async (index) => (index === 3 ? void (await change(path)) : undefined) },
      });
      const id = randomId();
      const file = new File([await openAsBlob(path)], 'source.bin');
      await alice.exchange.offer(id, form === 'file' ? sourceOf(file) : folderOf([{ path: 'in/source.bin', file }]));
      bob.exchange.answer(id, true);
      // Node tells a file that is gone from one that was changed no more than by the same error.
      expect(await alice.reached(id, 'failed')).toMatchObject({ code: 'file-changed' });
      expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-changed' });
      await bob.exchange.close({ remove: false });
      expect(bob.store.disk.files.size).toBe(0);
    },
  );

  it('that is gone is called gone', async () => {
    class Gone extends File {
      override slice() {
        const blob = new Blob();
        blob.arrayBuffer = () => Promise.reject(new DOMException('', 'NotFoundError'));
        return blob;
      }
    }
    const { alice, bob } = createFilePair();
    bob.acceptAll();
    const id = randomId();
    await alice.exchange.offer(id, sourceOf(new Gone(['x'], 'gone.bin')));
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-gone' });
  });
});
