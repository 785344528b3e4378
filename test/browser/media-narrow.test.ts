import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterEach, expect, test } from 'vitest';
import type { Signal } from '../../extension/core/protocol/messages.ts';
import { openDoorways } from '../network/doorways.ts';
import { type LineOptions, NoLineError, openLine, writeProgram } from '../network/line.ts';
import { makeTemporaryDir } from '../network/temporary-dir.ts';
import { patient } from '../support/browser.ts';
import { findBrowser } from '../support/find-browser.ts';
import { startPages } from '../support/pages.ts';
import { bundle, launchPlainBrowser } from './media/stage.ts';

const TITLE = 'What is shown';
/** A poor mobile connection. */
const LINE: LineOptions = { bitsPerSecond: 1_000_000, delayMs: 25, queueBytes: 40_000, loss: 0.02 };
const LIMIT_MS = 120_000;
/** More than VP8 gets through this line: it goes on with a frame a second. */
const ALIVE_FRAMES = 40;
const ALIVE_WITHIN_MS = 10_000;
/** At its full size some ten a second get through so narrow a line. */
const FILM_FRAMES = 200;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
});

interface Apart {
  /** What is captured, and the page that captures it. */
  readonly tab: Page;
  readonly sharer: Page;
  readonly watcher: Page;
}

/** A page that is shown and one that shares it at one end of a line, one that watches at the other. Skips the test where there can be no such line. */
async function shareApart(skip: (why: string) => void, options: LineOptions): Promise<Apart> {
  const line = await openLine(options).catch((error: unknown) => {
    if (error instanceof NoLineError) skip(error.message);
    throw error;
  });
  closers.push(() => line.close());
  const pages = await startPages();
  closers.push(() => pages.close());
  const url = pages.url('plain');
  const doorways = await openDoorways(line.ends, [Number(new URL(url).port)]);
  closers.push(() => doorways.close());
  const dir = await makeTemporaryDir('narrow');
  closers.push(() => dir.remove());
  const script = (name: string) => bundle(join(import.meta.dirname, 'media', `${name}.ts`));
  const [shownScript, qualityScript] = [await script('shown-page'), await script('quality-page')];

  const launch = async (name: string, end: readonly string[]): Promise<Browser> => {
    const executablePath = await writeProgram(join(dir.path, name), end, findBrowser());
    const browser = await launchPlainBrowser({ tabToCapture: TITLE, executablePath });
    closers.push(() => browser.close());
    await browser.defaultBrowserContext().overridePermissions(new URL(url).origin, ['microphone', 'camera']);
    return browser;
  };
  const open = async (browser: Browser, content: string, carry: (signal: Signal) => void): Promise<Page> => {
    const page = patient(await browser.newPage({ type: 'window' }));
    await page.goto(url);
    await page.exposeFunction('carry', carry);
    await page.addScriptTag({ content, type: 'module' });
    await page.waitForFunction(() => 'quality' in globalThis || 'shown' in globalThis);
    return page;
  };
  const here = await launch('here', line.ends[0]);
  const there = await launch('there', line.ends[1]);
  const tab = await open(here, shownScript, () => undefined);
  await tab.setViewport({ width: 1_280, height: 720 });
  await tab.evaluate((title) => {
    document.title = title;
    shown.text();
  }, TITLE);
  // A page that was closed in the meantime hears nothing any more.
  const take = (page: Page, signal: Signal) =>
    void page.evaluate((signal) => quality.take(signal), signal).catch(() => undefined);
  const sharer: Page = await open(here, qualityScript, (signal) => take(watcher, signal));
  const watcher: Page = await open(there, qualityScript, (signal) => take(sharer, signal));
  await watcher.evaluate(() => quality.watchApart());
  await sharer.evaluate(() => quality.shareApart());
  return { tab, sharer, watcher };
}

const framesOfAWhile = (watcher: Page) => watcher.evaluate((ms) => quality.framesWithin(ms), ALIVE_WITHIN_MS);

test('at 1 Mbit/s with 2 % loss a page that scrolls goes on moving, and can be read soon after it rests', async ({
  skip,
}) => {
  const { tab, watcher } = await shareApart(skip, LINE);
  const likeness = async () => {
    const photograph = await tab.screenshot({ encoding: 'base64' });
    return watcher.evaluate(
      async (photograph) => Math.max(await quality.stillLikeness(photograph), await quality.videoLikeness(photograph)),
      photograph,
    );
  };
  await expect.poll(likeness, { timeout: LIMIT_MS }).toBeGreaterThan(0.9);

  await tab.evaluate(() => shown.scroll());
  // However the beginning was, it comes to this, and not just for a moment.
  await expect.poll(() => framesOfAWhile(watcher), { timeout: LIMIT_MS }).toBeGreaterThan(ALIVE_FRAMES);

  await tab.evaluate(() => shown.change());
  await expect.poll(likeness, { timeout: LIMIT_MS }).toBeGreaterThan(0.99);
});

test('through 0.5 Mbit/s a film becomes smaller and keeps its frames', async ({ skip }) => {
  const { tab, sharer, watcher } = await shareApart(skip, { ...LINE, bitsPerSecond: 500_000, loss: 0 });
  await tab.evaluate(() => shown.film());
  await expect.poll(() => framesOfAWhile(watcher), { timeout: LIMIT_MS }).toBeGreaterThan(FILM_FRAMES);
  expect(await sharer.evaluate(() => quality.sent().contentHint)).toBe('motion');
  expect(await watcher.evaluate(() => document.querySelector('video')?.videoWidth)).toBeLessThan(1_280);
  // Of the line of whoever comes next nothing is known.
  await sharer.evaluate(() => quality.watchAgain());
  expect(await sharer.evaluate(() => quality.sent().contentHint)).toBe('');
});
