import { mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { expect, onTestFinished } from 'vitest';
import { clickOn } from '../support/click.ts';
import { dropsFiles } from '../support/drop.ts';
import { makeRepetitive, sha256 } from '../support/files.ts';
import type { People } from '../support/people.ts';
import { pairedTest } from '../support/people-test.ts';
import { SEE_LIMIT_MS } from '../support/popup-user.ts';
import { hasScreen, Screen } from '../support/screen.ts';
import { holdDisk } from '../support/slow-disk.ts';

/*
 * Large files that were dropped: the browser keeps where they lie. A popup and a side panel are allowed to read there again without a
 * question; in a tab or window the browser asks, in a bubble that only a screen has.
 */
const MIB = 1024 * 1024;
/** Chromium's questions take no answer for half a second after they appear, and nothing shows when that is over. */
const ANSWER_PAUSE_MS = 1_500;

/** A file that is not in the profile: there, as in its other folders of its own, the browser gives no handles. */
async function makeLarge(name: string): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'pairwise-files-')));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return makeRepetitive({ dir }, name, 80 * MIB);
}

/** How many files the browser knows the place of. */
function countKept(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // Opened too soon, it would be made here, without what it holds.
    const databases = await indexedDB.databases();
    if (!databases.some(({ name }) => name === 'source-handles')) return 0;
    return new Promise<number>((resolve, reject) => {
      const opening = indexedDB.open('source-handles');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const counting = opening.result.transaction('handles').objectStore('handles').count();
        counting.onsuccess = () => resolve(counting.result);
        opening.result.close();
      };
    });
  });
}

/** Alice drops a file on her side panel, and half of it reaches Bob. Returns her panel. */
async function dropsHalf({ alice, bob }: People, file: string): Promise<Page> {
  await holdDisk(await alice.browser.offscreen(), 40);
  const panel = await alice.browser.panel('/sidepanel.html');
  await panel.waitForSelector('textarea');
  await dropsFiles(panel, [file]);
  await bob.accepts(basename(file));
  await bob.sees('50 %');
  await expect.poll(() => countKept(panel), { timeout: SEE_LIMIT_MS }).toBe(1);
  return panel;
}

pairedTest('a large file goes on with one click after a restart, where it still lies', async ({ people }) => {
  const { alice, bob } = people;
  const file = await makeLarge('large.bin');
  await dropsHalf(people, file);
  await alice.quitsBrowser();
  await alice.startsBrowserAgain();
  await alice.sees('Continue with the same file, or choose it again.');
  const elsewhere = join(dirname(file), 'elsewhere.bin');
  await rename(file, elsewhere);
  await alice.clicks('Continue');
  await alice.sees('The file is no longer where it was.');
  await rename(elsewhere, file);
  await alice.clicks('Continue');
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('large.bin'))).toBe(await sha256(file));
  await alice.sees('arrived whole');
  const popup = await alice.popup();
  await expect.poll(() => countKept(popup), { timeout: SEE_LIMIT_MS }).toBe(0);
});

pairedTest('it goes on by itself after the offscreen document was loaded again beside a page', async ({ people }) => {
  const { alice, bob } = people;
  const file = await makeLarge('beside.bin');
  const panel = await dropsHalf(people, file);
  await (await alice.browser.offscreen()).evaluate(() => location.reload());
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('beside.bin'))).toBe(await sha256(file));
  await expect.poll(() => countKept(panel), { timeout: SEE_LIMIT_MS }).toBe(0);
});

pairedTest.skipIf(!hasScreen())('in a window the browser asks, and takes no for an answer', async ({ people }) => {
  const { alice, bob } = people;
  const file = await makeLarge('asked.bin');
  await dropsHalf(people, file);
  await alice.quitsBrowser();
  const screen = await Screen.open();
  onTestFinished(() => screen.close());
  await alice.startsBrowserAgain({ headless: false, display: screen.display });
  const view = await alice.browser.panel('/window.html');
  const hasFocus = () => view.evaluate(() => document.hasFocus());
  const isAsked = async () => {
    await expect.poll(hasFocus, { timeout: SEE_LIMIT_MS }).toBe(true);
    await clickOn(view, '::-p-aria([name="Continue"][role="button"])', { limitMs: SEE_LIMIT_MS });
    // The browser's question takes the focus.
    await expect.poll(hasFocus, { timeout: SEE_LIMIT_MS }).toBe(false);
    await delay(ANSWER_PAUSE_MS);
  };
  await isAsked();
  // "Don't allow" has the focus, "Allow" is the next.
  screen.presses('Return');
  await isAsked();
  expect(await countKept(view)).toBe(1);
  screen.presses('Tab', 'Return');
  await bob.sees('checked');
  expect(await sha256(bob.downloadPath('asked.bin'))).toBe(await sha256(file));
});
