import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { median } from '../bench/report.ts';
import { linkContract } from '../contracts/link.ts';
import { bundle, launchPlainBrowser, openPlainPage } from './media/stage.ts';
// For the type of `relayLab`, which the page puts there.
import type {} from './relay/page.ts';

const FILE_BYTES = 64 * 1024 * 1024;

let browser: Browser;
let server: RunningServer;
let page: Page;
let other: Page;

beforeAll(async () => {
  server = await startServer({
    port: 0,
    logLevel: 'silent',
    allowedOrigins: ['*'],
    socketsPerAddress: 1_000,
    connectsPerAddressPerMinute: 10_000,
    relaySocketsPerAddress: 1_000,
    relayTicketsPerIdPerMinute: 10_000,
  });
  browser = await launchPlainBrowser();
  const script = await bundle(join(import.meta.dirname, 'relay', 'page.ts'));
  const open = async () => {
    // In a window of its own each: the timers of a page behind another go once a second.
    const page = await openPlainPage(await browser.createBrowserContext());
    await page.addScriptTag({ content: script, type: 'module' });
    await page.waitForFunction(() => 'relayLab' in globalThis);
    return page;
  };
  [page, other] = await Promise.all([open(), open()]);
  await page.evaluate((url) => relayLab.signIn(url), server.url);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

describe('the link over our relay keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) {
    test(name, () => page.evaluate((name) => relayLab.run(name, false), name));
  }
});

describe('the secure link over our relay keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) {
    test(name, () => page.evaluate((name) => relayLab.run(name, true), name));
  }
});

/** Both pages, each at one side of a room. */
async function meet(isSealed: boolean): Promise<void> {
  const [first, second] = await page.evaluate(() => relayLab.room());
  await Promise.all([
    page.evaluate((url, isSealed) => relayLab.open(url, 'initiator', isSealed), first, isSealed),
    other.evaluate((url, isSealed) => relayLab.open(url, 'responder', isSealed), second, isSealed),
  ]);
}

test('a relay link names its path, measures its round trip and says goodbye', async () => {
  await meet(true);
  expect(await page.evaluate(() => relayLab.measured())).toEqual({ path: 'relay', rttMs: expect.any(Number) });
  await page.evaluate(() => relayLab.close());
  expect(await other.evaluate(() => relayLab.closed())).toBe('bye');
});

test('bytes move with the windows of the file engine, and a line of chat is not held up by them', async () => {
  await meet(true);
  await other.evaluate(() => relayLab.echo());
  const [{ tookMs, roundTripsMs }] = await Promise.all([
    page.evaluate((bytes) => relayLab.sendAndAsk(bytes, 20), FILE_BYTES),
    other.evaluate((bytes) => relayLab.receiveFile(bytes), FILE_BYTES),
  ]);
  expect(roundTripsMs.length).toBeGreaterThan(5);
  // There and back; behind the bytes it would take as long as they do, whatever else the computer has to do.
  expect(median(roundTripsMs)).toBeLessThan(tookMs / 2);
  await page.evaluate(() => relayLab.close());
});

test('when one side dies the other learns it from the server', async () => {
  await meet(true);
  await other.reload();
  expect(await page.evaluate(() => relayLab.closed())).toBe('link-lost');
});

test('a ticket that is no ticket opens nothing', async () => {
  const url = `${server.url.replace('http', 'ws')}/relay?ticket=nonsense`;
  expect(await page.evaluate((url) => relayLab.failure(url), url)).toBe('link-lost');
});

test('somebody who never comes is not waited for when the caller gives up', async () => {
  const [first] = await page.evaluate(() => relayLab.room());
  expect(await page.evaluate((url) => relayLab.failure(url, 500), first)).toBe('given up');
});
