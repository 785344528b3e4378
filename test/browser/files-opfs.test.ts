import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
  page = await browser.newPage();
  await openSite();
});
afterEach(async () => {
  await setQuota();
  await page.evaluate(() => filesLab.removeLeftovers());
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

describe('a picked file, through the worker into private storage', () => {
  test.each([
    ['empty', 0],
    ['a block and one', MIB + 1],
    ['40 MiB', 40 * MIB],
  ])('arrives with an equal SHA-256 and leaves nothing behind: %s', async (_, sizeBytes) => {
    const path = await pick(sizeBytes);
    const outcome = await page.evaluate(() => filesLab.transfer());
    expect(outcome).toMatchObject({ sender: { state: 'done' }, receiver: { state: 'done' }, name: 'picked.bin' });
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
    const path = await pick(20 * MIB);
    await page.exposeFunction('act', () => act(path));
    const outcome = await page.evaluate(() => filesLab.transfer(4 * 1024 * 1024, () => globalThis.act()));
    expect(outcome).toMatchObject({ sender: { state: 'failed', code }, receiver: { state: 'failed', code } });
    expect(outcome.sha256).toBeNull();
    expect(await page.evaluate(() => filesLab.stored())).toEqual({});
  });

  test('is refused before the first byte when there is no room for it', async () => {
    await pick(6 * MIB);
    await setQuota(5 * MIB);
    const { sender, receiver } = await page.evaluate(() => filesLab.transfer());
    expect(sender).toEqual({ state: 'failed', code: 'storage-full', bytes: 0 });
    expect(receiver).toEqual({ state: 'failed', code: 'storage-full', bytes: 0 });
    expect(await page.evaluate(() => filesLab.stored())).toEqual({});
  });
});

/** Without a size: what the browser would give by itself. */
async function setQuota(quotaSize?: number): Promise<void> {
  const session = await page.createCDPSession();
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(site.url).origin,
    ...(quotaSize === undefined ? {} : { quotaSize }),
  });
}

describe('the store', () => {
  test('removes what an earlier run left behind', async () => {
    await page.evaluate(async () => {
      const partial = await filesLab.openStore().create(filesLab.newId(), 1000);
      await partial.writeBlock(0, filesLab.block(7, 1000));
    });
    await page.close();
    page = await browser.newPage();
    await openSite();
    expect(Object.values(await page.evaluate(() => filesLab.stored()))).toEqual([1000]);
    await page.evaluate(() => filesLab.removeLeftovers());
    expect(await page.evaluate(() => filesLab.stored())).toEqual({});
    // Nothing there is fine too.
    await page.evaluate(() => filesLab.removeLeftovers());
  });

  test('starts a file of the same name over, and the older one no longer reaches it', async () => {
    const content = await page.evaluate(async () => {
      const store = filesLab.openStore();
      const name = filesLab.newId();
      const older = await store.create(name, 9);
      await older.writeBlock(0, filesLab.block(1, 9));
      const newer = await store.create(name, 3);
      await newer.writeBlock(0, filesLab.block(2, 3));
      await older.remove();
      await older.remove();
      const file = await newer.finish();
      return filesLab.content(file);
    });
    expect(content).toEqual([2, 2, 2]);
  });

  test('says so when the room runs out all the same', async () => {
    await setQuota(3 * MIB);
    const code = await page.evaluate(async () => {
      const partial = await filesLab.openStore().create(filesLab.newId(), 0);
      for (let index = 0; index < 4; index++) {
        const error = await partial.writeBlock(index, filesLab.block(1, 1024 * 1024)).then(
          () => null,
          (error) => error,
        );
        if (error) return `${error.code} at block ${index}`;
      }
      return 'all written';
    });
    expect(code).toMatch(/^storage-full at block [123]$/);
  });

  test('takes calls in the order they were made, and refuses a name that is no id', async () => {
    const seen = await page.evaluate(async () => {
      const store = filesLab.openStore();
      const partial = await store.create(filesLab.newId(), 2 * 1024 * 1024);
      const writes = [0, 1].map((index) => partial.writeBlock(index, filesLab.block(index, 1024 * 1024)));
      const file = await partial.finish();
      await Promise.all(writes);
      await partial.remove();
      const refused = await store.create('../escape', 1).then(
        () => 'created',
        () => 'refused',
      );
      return { sizeBytes: file.size, refused };
    });
    expect(seen).toEqual({ sizeBytes: 2 * MIB, refused: 'refused' });
  });
});

declare global {
  /** What a test does while the line stands still. */
  function act(): Promise<void>;
}
