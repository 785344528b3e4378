import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { patient } from '../support/browser.ts';
// For the type of `filesLab`, which the page puts there.
import './files/page.ts';
import { type Site, serveModule } from './files/site.ts';
import { launchPlainBrowser } from './media/stage.ts';

const MIB = 1024 * 1024;

let browser: Browser;
let site: Site;
let page: Page;
let dir: string;

beforeAll(async () => {
  site = await serveModule(join(import.meta.dirname, 'files', 'page.ts'));
  browser = await launchPlainBrowser();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'files-'));
  // In the default context: a private one keeps its file system in memory, where quotas are another matter.
  page = patient(await browser.newPage());
  await openSite();
});
afterEach(async () => {
  await setQuota();
  // What a test has left open is given back with its page.
  await openSite();
  await page.evaluate(() => filesLab.clear());
  await page.close();
  await rm(dir, { recursive: true });
});

async function openSite(): Promise<void> {
  await page.goto(site.url);
  await page.waitForFunction(() => 'filesLab' in globalThis);
}

/** Writes a file and picks it in the page. */
async function pick(sizeBytes: number): Promise<string> {
  const path = join(dir, 'picked.bin');
  await writeFile(path, randomBytes(sizeBytes));
  const input = await page.$('input');
  await input?.uploadFile(path);
  return path;
}

/** Without a size: what the browser would give by itself. */
async function setQuota(quotaSize?: number): Promise<void> {
  const session = await page.createCDPSession();
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(site.url).origin,
    ...(quotaSize === undefined ? {} : { quotaSize }),
  });
}

describe('a picked file, through the worker into private storage', () => {
  test.each([
    ['empty', 0],
    ['a block and one', MIB + 1],
    ['40 MiB', 40 * MIB],
  ])('arrives with an equal SHA-256 and leaves nothing behind: %s', async (_, sizeBytes) => {
    const path = await pick(sizeBytes);
    const outcome = await page.evaluate(() => filesLab.transfer());
    expect(outcome).toMatchObject({ sender: { state: 'done' }, receiver: { state: 'received' }, name: 'picked.bin' });
    expect(outcome.sha256).toBe(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
    expect(await page.evaluate(() => filesLab.stored())).toEqual({});
  });

  test.each<[string, string, (path: string) => Promise<void>]>([
    ['changed', 'file-changed', (path: string) => appendFile(path, 'x')],
    ['deleted', 'file-gone', (path: string) => unlink(path)],
  ])('that is %s while it is sent says %s on both sides', async (_, code, act) => {
    const path = await pick(40 * MIB);
    await page.exposeFunction('act', () => act(path));
    const outcome = await page.evaluate(() => filesLab.transfer(4 * 1024 * 1024, () => globalThis.act()));
    expect(outcome).toMatchObject({ sender: { state: 'failed', code }, receiver: { state: 'failed', code } });
    expect(outcome.sha256).toBeNull();
    expect(await page.evaluate(() => filesLab.stored())).toEqual({});
  });

  test.each([
    // What the browser says is no promise, see the override that it doesn't speak of.
    ['it', 5 * MIB, 1000 * MIB],
    ['it and its copy in Downloads', 1000 * MIB, 11 * MIB],
  ])('is refused before the first byte when there is no room for %s', async (_, quotaBytes, saidBytes) => {
    await pick(6 * MIB);
    await setQuota(quotaBytes);
    const { sender, receiver } = await page.evaluate((said) => {
      navigator.storage.estimate = async () => ({ quota: said, usage: 0 });
      return filesLab.transfer();
    }, saidBytes);
    expect(sender).toEqual({ state: 'failed', code: 'storage-full', bytes: 0 });
    expect(receiver).toEqual({ state: 'failed', code: 'storage-full', bytes: 0 });
  });
});

describe('the store', () => {
  test('goes on after the page was closed, and believes only what its hashes confirm', async () => {
    const name = await page.evaluate(async () => {
      const id = filesLab.newId();
      const partial = await filesLab.openStore().open(id, 3 * 1024 * 1024 + 5);
      for (const index of [0, 1, 3]) {
        const { bytes, leaf } = await filesLab.block(index + 1, index === 3 ? 5 : 1024 * 1024);
        if (!(await partial.writeBlock(index, bytes, 0, leaf))) throw new Error('Refused.');
      }
      return { id, folder: filesLab.FOLDER };
    });
    await page.close();
    page = patient(await browser.newPage());
    await openSite();
    const found = await page.evaluate(async ({ id, folder }) => {
      const partial = await filesLab.openStore(folder).open(id, 3 * 1024 * 1024 + 5);
      const { leaf } = await filesLab.block(4, 5);
      const isSame = partial.leaves.get(3)?.every((byte, at) => byte === leaf[at]);
      return { indexes: [...partial.leaves.keys()].sort(), isSame };
    }, name);
    expect(found).toEqual({ indexes: [0, 1, 3], isSame: true });
  });

  test('forgets a block that the disk has changed', async () => {
    const indexes = await page.evaluate(async () => {
      const name = filesLab.newId();
      const store = filesLab.openStore();
      const partial = await store.open(name, 2 * 1024 * 1024);
      for (const index of [0, 1]) {
        const { bytes, leaf } = await filesLab.block(7);
        await partial.writeBlock(index, bytes, 0, leaf);
      }
      await partial.close();
      await filesLab.spoil(name, 1024 * 1024 + 17);
      const known = [...(await store.open(name, 2 * 1024 * 1024)).leaves.keys()];
      // Another size is another transfer.
      const other = [...(await store.open(name, 2 * 1024 * 1024 + 1)).leaves.keys()];
      return { known, other };
    });
    expect(indexes).toEqual({ known: [0], other: [] });
  });

  test('keeps nothing of a block that is not what its hash says', async () => {
    const seen = await page.evaluate(async () => {
      const store = filesLab.openStore();
      const partial = await store.open(filesLab.newId(), 4);
      const { bytes, leaf } = await filesLab.block(1, 4);
      const { leaf: otherLeaf } = await filesLab.block(2, 4);
      const packed = await filesLab.deflated(bytes);
      return {
        wrongHash: await partial.writeBlock(0, bytes.slice(), 0, otherLeaf),
        tooLong: await partial.writeBlock(0, new Uint8Array(5), 0, leaf),
        noDeflate: await partial.writeBlock(0, new Uint8Array([255, 255]), 1, leaf),
        beyond: await partial.writeBlock(7, bytes.slice(), 0, leaf),
        packed: await partial.writeBlock(0, packed, 1, leaf),
        content: await filesLab.content(await partial.finish()),
      };
    });
    expect(seen).toEqual({
      wrongHash: false,
      tooLong: false,
      noDeflate: false,
      beyond: false,
      packed: true,
      content: [1, 1, 1, 1],
    });
  });

  test('takes the same name over, and the older one no longer reaches it', async () => {
    const content = await page.evaluate(async () => {
      const store = filesLab.openStore();
      const name = filesLab.newId();
      const older = await store.open(name, 9);
      const newer = await store.open(name, 3);
      const { bytes, leaf } = await filesLab.block(2, 3);
      await newer.writeBlock(0, bytes, 0, leaf);
      await older.remove();
      await older.remove();
      await older.close();
      return filesLab.content(await newer.finish());
    });
    expect(content).toEqual([2, 2, 2]);
  });

  test('opens what another store has just left', async () => {
    const indexes = await page.evaluate(async () => {
      const name = filesLab.newId();
      const first = filesLab.openStore();
      const { bytes, leaf } = await filesLab.block(3, 8);
      await (await first.open(name, 8)).writeBlock(0, bytes, 0, leaf);
      await first.close();
      return [...(await filesLab.openStore().open(name, 8)).leaves.keys()];
    });
    expect(indexes).toEqual([0]);
  });

  test('counts a whole transfer as used once it is open, and refuses what does not fit', async () => {
    await setQuota(20 * MIB);
    const seen = await page.evaluate(async () => {
      const store = filesLab.openStore();
      const before = await store.availableBytes();
      const partial = await store.open(filesLab.newId(), 8 * 1024 * 1024);
      const used = before - (await store.availableBytes());
      const code = await store.open(filesLab.newId(), 30 * 1024 * 1024).catch((error) => error.code);
      const left = Object.keys(await filesLab.stored()).length;
      await partial.remove();
      return { used, code, left };
    });
    expect(seen.used).toBeGreaterThanOrEqual(8 * MIB);
    expect(seen).toMatchObject({ code: 'storage-full', left: 2 });
    expect(await page.evaluate(() => filesLab.stored())).toEqual({});
  });

  test('takes calls in the order they were made, and refuses a name that is no id', async () => {
    const seen = await page.evaluate(async () => {
      const store = filesLab.openStore();
      const partial = await store.open(filesLab.newId(), 2 * 1024 * 1024);
      const blocks = await Promise.all([0, 1].map((index) => filesLab.block(index)));
      const writes = blocks.map(({ bytes, leaf }, index) => partial.writeBlock(index, bytes, 0, leaf));
      const file = await partial.finish();
      const written = await Promise.all(writes);
      await partial.remove();
      const refused = await store.open('../escape', 1).then(
        () => 'opened',
        () => 'refused',
      );
      return { sizeBytes: file.size, written, refused };
    });
    expect(seen).toEqual({ sizeBytes: 2 * MIB, written: [true, true], refused: 'refused' });
  });
});

describe('leftovers', () => {
  test('of transfers that nobody expects are removed, with their hashes', async () => {
    const seen = await page.evaluate(async () => {
      const store = filesLab.openStore();
      const [kept, gone] = [filesLab.newId(), filesLab.newId()];
      for (const name of [kept, gone]) await (await store.open(name, 10)).close();
      const asked: string[] = [];
      await filesLab.sweepIncoming(async ({ peerId, id, touchedAt }) => {
        asked.push(id);
        return id === kept && peerId === filesLab.FOLDER && Math.abs(Date.now() - touchedAt) < 60_000;
      });
      const left = Object.keys(await filesLab.stored()).sort();
      await filesLab.sweepIncoming(async () => false);
      return {
        isAskedOnce: asked.length === 2,
        isLeft:
          left.join() === [`incoming/${filesLab.FOLDER}/${kept}`, `incoming/${filesLab.FOLDER}/${kept}.leaves`].join(),
        atLast: await filesLab.stored(),
      };
    });
    expect(seen).toEqual({ isAskedOnce: true, isLeft: true, atLast: {} });
  });
});

describe('copies of what is sent', () => {
  test('make the same transfer again after the page was closed', async () => {
    const id = 'A'.repeat(22);
    const before = await page.evaluate(async (name) => {
      const selection = filesLab.selection('folder', 'trip', { 'b/one.txt': 'one', 'a.txt': '', 'b/two.txt': 'two' });
      await filesLab.copies.keep(name, selection);
      return filesLab.described(selection);
    }, id);
    await openSite();
    const after = await page.evaluate(async (name) => {
      const selection = await filesLab.copies.open(name);
      return selection && filesLab.described(selection);
    }, id);
    expect(after).toEqual(before);
    await page.evaluate((name) => filesLab.copies.remove(name), id);
    expect(await page.evaluate(() => filesLab.stored())).toEqual({});
    expect(await page.evaluate((name) => filesLab.copies.open(name), id)).toBeNull();
  });

  test('are made of 64 MiB in total, and of no more', async () => {
    const kept = await page.evaluate(async () => {
      const selection = (mib: number) => filesLab.selection('file', 'a', { a: 'x'.repeat(mib * 1024 * 1024) });
      const results = [];
      for (const mib of [65, 40, 30, 20]) results.push(await filesLab.copies.keep(filesLab.newId(), selection(mib)));
      return results;
    });
    expect(kept).toEqual([false, true, false, true]);
  });
});

describe('a folder that a person chose', () => {
  test('gets the tree, and keeps what stands there', async () => {
    const written = await page.evaluate(() =>
      filesLab.written(
        'chosen',
        { 'notes.txt': 'mine', 'trip/1.jpg': 'old' },
        { 'notes.txt': 'theirs', 'NOTES (1).txt': 'other', 'trip/1.jpg': 'new', 'trip/day/2.jpg': 'second' },
      ),
    );
    expect(Object.keys(written)).toHaveLength(6);
    expect(written).toMatchObject({ 'notes.txt': 'mine', 'trip/1.jpg': 'old' });
    expect(written).toMatchObject({ 'trip (1)/1.jpg': 'new', 'trip (1)/day/2.jpg': 'second' });
    expect(Object.values(written)).toEqual(expect.arrayContaining(['theirs', 'other']));
  });
});

declare global {
  /** What a test does while the line stands still. */
  function act(): Promise<void>;
}
