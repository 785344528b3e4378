import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
// For the type of `fresh`, which the page puts there.
import type {} from './media/fresh-frame-page.ts';
import { bundle, launchPlainBrowser, openPlainPage } from './media/stage.ts';

/* A picture that was captured before anybody watched, of a source that brings no other by itself. */

const LIMIT = { timeout: 60_000 };
/** An encoder that can't send yet keeps a picture for a second. */
const FORGOTTEN_MS = 2_000;
const GREEN = [20, 140, 60] as const;
const TOLERANCE = 24;

let script: string;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  script = await bundle(join(import.meta.dirname, 'media', 'fresh-frame-page.ts'));
  browser = await launchPlainBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  page = await openPlainPage(browser);
  await page.addScriptTag({ content: script, type: 'module' });
  await page.waitForFunction(() => 'fresh' in globalThis);
  await page.evaluate((colour) => fresh.paint(colour), `rgb(${GREEN.join(' ')})`);
  await expect.poll(() => page.evaluate(() => fresh.frames()), LIMIT).toBeGreaterThan(0);
});
afterEach(() => page.close());

/** Waits until the source has been silent for so long that nothing of its picture is left anywhere. */
async function isForgotten(): Promise<void> {
  await expect.poll(() => page.evaluate(() => fresh.silentMs()), LIMIT).toBeGreaterThan(FORGOTTEN_MS);
}

test('a source that stands still delivers its picture once more when it is asked to', async () => {
  await isForgotten();
  const before = await page.evaluate(() => fresh.frames());
  await page.evaluate(() => fresh.ask());
  await expect.poll(() => page.evaluate(() => fresh.frames()), LIMIT).toBeGreaterThan(before);
});

test('who comes to watch what stands still sees it, however long the way there took', async () => {
  await page.evaluate(() => fresh.share());
  await isForgotten();
  await page.evaluate(() => fresh.connect());
  const isSeen = async () => {
    const seen = await page.evaluate(() => fresh.seen());
    return seen?.every((part, index) => Math.abs(part - (GREEN[index] ?? 0)) <= TOLERANCE) ?? false;
  };
  await expect.poll(isSeen, LIMIT).toBe(true);
});
