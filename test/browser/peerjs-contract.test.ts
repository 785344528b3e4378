import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { PROJECT_DIR } from '../support/build.ts';
import { bundle, launchPlainBrowser, openPlainPage } from './media/stage.ts';
// For the type of `peerjsLab`, which the page puts there.
import './peerjs/page.ts';

/*
 * What Broker relies on inside PeerJS: not its public interface, so every version has to be looked at. A failure here means that
 * signalling could go out unsealed, or that strangers reach PeerJS.
 */
let browser: Browser;
let page: Page;
let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ port: 0, logLevel: 'silent', allowedOrigins: ['*'], allowStockClients: true });
  browser = await launchPlainBrowser();
  page = await openPlainPage(browser);
  await page.addScriptTag({ content: await bundle(join(import.meta.dirname, 'peerjs', 'page.ts')), type: 'module' });
  await page.waitForFunction(() => 'peerjsLab' in globalThis);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

test('PeerJS is pinned to the version that was looked at', async () => {
  const ours = JSON.parse(await readFile(join(PROJECT_DIR, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const installed = JSON.parse(await readFile(join(PROJECT_DIR, 'node_modules/peerjs/package.json'), 'utf8')) as {
    version: string;
  };
  expect(ours.dependencies.peerjs).toBe('1.5.5');
  expect(installed.version).toBe('1.5.5');
});

describe('inside PeerJS', () => {
  test('the socket exists right after construction, with one handler of messages', async () => {
    const seen = await page.evaluate((url) => peerjsLab.socket(url), server.url);
    expect(seen).toEqual({ handlers: 1, canSend: true });
  });

  test('everything a dial says goes through socket.send with a destination, a type and an object', async () => {
    const said = await page.evaluate((url) => peerjsLab.dial(url), server.url);
    expect(said.length).toBeGreaterThan(1);
    for (const message of said) {
      expect(message).toMatchObject({ dst: 'nobody', type: expect.stringMatching(/^(OFFER|CANDIDATE)$/) });
      expect(message.payload).toMatchObject({ connectionId: expect.any(String), type: 'data' });
    }
    expect(said[0]?.payload).toMatchObject({ serialization: 'raw', reliable: true, sdp: { type: 'offer' } });
  });

  test('without the handler nothing that the server says has an effect, with it an offer makes a connection', async () => {
    const seen = await page.evaluate((url) => peerjsLab.offers(url), server.url);
    expect(seen).toEqual({ withoutHandler: 0, withHandler: 1 });
  });

  test('a token put into the options is the one that a reconnect uses', async () => {
    const tokens = await page.evaluate((url) => peerjsLab.tokens(url), server.url);
    expect(tokens).toEqual(['first', 'second']);
  });

  test('a connection in the dialling task takes another negotiated channel', async () => {
    expect(await page.evaluate((url) => peerjsLab.channels(url), server.url)).toBe('connecting');
  });
});
