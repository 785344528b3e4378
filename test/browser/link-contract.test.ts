import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { linkContract } from '../contracts/link.ts';
// For the type of `linkLab`, which the page puts there.
import type {} from './link/page.ts';
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

test('a bulk lane gets a connection when it is first used, by either side, and not before', async () => {
  const made = await page.evaluate(async (url) => {
    const { a, b, end } = await linkLab.openPair(url);
    const before = linkLab.connections.length;
    const made: number[] = [];
    const readers = a.bulkLanes.map((name) => [a.lane(name).frames.getReader(), b.lane(name).frames.getReader()]);
    made.push(linkLab.connections.length - before);
    await a.lane('bulk-3').send(new Uint8Array([1]));
    await readers[2]?.[1]?.read();
    made.push(linkLab.connections.length - before);
    await b.lane('bulk-2').send(new Uint8Array([1]));
    await readers[1]?.[0]?.read();
    made.push(linkLab.connections.length - before);
    end();
    return made;
  }, server.url);
  expect(made).toEqual([0, 2, 4]);
});

test('with one bulk lane the link is lost, on both sides', async () => {
  const reasons = await page.evaluate(async (url) => {
    const { a, b } = await linkLab.openPair(url);
    const arrived = b.lane('bulk-4').frames.getReader().read();
    await a.lane('bulk-4').send(new Uint8Array([1]));
    await arrived;
    linkLab.connections.at(-1)?.close();
    return Promise.all([a.closed, b.closed]);
  }, server.url);
  expect(reasons).toEqual(['link-lost', 'link-lost']);
});

test('a peer can make no more bulk connections than there are lanes', async () => {
  const seen = await page.evaluate(async (url) => {
    const { b, say } = await linkLab.openPair(url);
    const before = linkLab.connections.length;
    say({ type: 'bulk-wanted', lane: 'bulk-5' });
    return { reason: await b.closed, made: linkLab.connections.length - before };
  }, server.url);
  expect(seen).toEqual({ reason: 'message-invalid', made: 0 });
});

declare global {
  var held: Awaited<ReturnType<typeof linkLab.openPair>>;
}
