import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { linkContract } from '../contracts/link.ts';
// For the type of `linkLab`, which the page puts there.
import './link/page.ts';
import { bundle, launchPlainBrowser, openPlainPage } from './media/stage.ts';

let browser: Browser;
let page: Page;
let server: RunningServer;

beforeAll(async () => {
  server = await startServer({
    port: 0,
    logLevel: 'silent',
    allowedOrigins: ['*'],
    socketsPerAddress: 1_000,
    connectsPerAddressPerMinute: 10_000,
  });
  browser = await launchPlainBrowser();
  page = await openPlainPage(browser);
  await page.addScriptTag({ content: await bundle(join(import.meta.dirname, 'link', 'page.ts')), type: 'module' });
  await page.waitForFunction(() => 'linkLab' in globalThis);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

describe('the link over PeerJS and WebRTC keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) {
    test(name, () => page.evaluate((name, url) => linkLab.run(name, url), name, server.url));
  }
});

test('a link goes on when the server that introduced it has gone', async () => {
  const other = await startServer({ port: 0, logLevel: 'silent', allowedOrigins: ['*'] });
  await page.evaluate(async (url) => {
    globalThis.held = await linkLab.openPair(url);
  }, other.url);
  await other.close();
  const received = await page.evaluate(async () => {
    const reader = held.b.lane('control').frames.getReader();
    await held.a.lane('control').send(new Uint8Array([1, 2, 3]));
    const { value } = await reader.read();
    held.end();
    return [...(value ?? [])];
  });
  expect(received).toEqual([1, 2, 3]);
});

test('a link measures its path and round trip', async () => {
  const seen = await page.evaluate(async (url) => {
    const pair = await linkLab.openPair(url);
    await new Promise<void>((resolve) => {
      const look = () => pair.a.rttMs !== null && resolve();
      pair.a.onChange(look);
      look();
    });
    const { path, rttMs } = pair.a;
    pair.end();
    return { path, rttMs };
  }, server.url);
  expect(seen).toEqual({ path: 'direct', rttMs: expect.any(Number) });
});

declare global {
  var held: Awaited<ReturnType<typeof linkLab.openPair>>;
}
