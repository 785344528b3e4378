import { createRequire } from 'node:module';
import type { Peer as StockPeer } from 'peerjs';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { patient } from '../support/browser.ts';
import { idOf } from '../support/device.ts';
import { type PageServer, startPages } from '../support/pages.ts';
import { launchPlainBrowser } from './media/stage.ts';

// The real PeerJS client in a real browser, with and without a token of ours.

let browser: Browser;
let page: Page;
let pages: PageServer;
const running: RunningServer[] = [];

async function start(config: Partial<Config> = {}): Promise<number> {
  const server = await startServer({ port: 0, logLevel: 'silent', allowedOrigins: ['*'], ...config });
  running.push(server);
  return server.port;
}

beforeAll(async () => {
  browser = await launchPlainBrowser();
  pages = await startPages();
  page = patient(await browser.newPage());
  // WebCrypto is there on loopback, not on an empty page.
  await page.goto(pages.url('plain'));
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('peerjs/dist/peerjs.min.js') });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});

/** What becomes of a client that asks for this id, or for any: `open`, or the type of its error. */
function outcome(port: number, id?: string): Promise<string> {
  return page.evaluate(
    async (port, id) => {
      const options = { host: '127.0.0.1', port, secure: false, debug: 0 };
      const peer = id === undefined ? new Peer(options) : new Peer(id, options);
      const result = await new Promise<string>((resolve) => {
        peer.on('open', () => resolve('open'));
        peer.on('error', ({ type }) => resolve(type));
      });
      peer.destroy();
      return result;
    },
    port,
    id,
  );
}

test('with the setting: two stock clients find each other and talk', async () => {
  const port = await start({ allowStockClients: true });
  const heard = await page.evaluate(async (port) => {
    const options = { host: '127.0.0.1', port, secure: false, debug: 0, config: { iceServers: [] } };
    const [carol, dave] = [new Peer(options), new Peer(options)];
    const ids = await Promise.all([carol, dave].map((peer) => new Promise<string>((open) => peer.on('open', open))));
    const heard = new Promise<unknown>((resolve) => {
      dave.on('connection', (connection) => connection.on('data', resolve));
    });
    const connection = carol.connect(ids[1] ?? '', { reliable: true });
    connection.on('open', () => connection.send('hello'));
    const text = await heard;
    carol.destroy();
    dave.destroy();
    return text;
  }, port);
  expect(heard).toBe('hello');
});

test('with the setting: an id of its own, but none that is the hash of a key', async () => {
  const port = await start({ allowStockClients: true });
  expect(await outcome(port, 'pairwise-4821')).toBe('open');
  expect(await outcome(port, idOf('carol'))).toBe('network');
});

test('without the setting: nothing', async () => {
  const port = await start();
  expect(await outcome(port)).toBe('server-error');
  expect(await outcome(port, 'pairwise-4821')).toBe('network');
});

test.each([0, 3_600_000])('a key of WebCrypto, and a clock that is %i ms fast', async (clockErrorMs) => {
  const port = await start();
  const tries = await page.evaluate(
    async (port, clockErrorMs) => {
      const host = `127.0.0.1:${port}`;
      const base64Url = (bytes: ArrayBuffer) =>
        btoa(String.fromCharCode(...new Uint8Array(bytes)))
          .replaceAll('+', '-')
          .replaceAll('/', '_')
          .replaceAll('=', '');
      const newKey = async () => {
        const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
        if (!('privateKey' in pair)) throw new Error('no key pair');
        const publicKey = await crypto.subtle.exportKey('raw', pair.publicKey);
        const hash = await crypto.subtle.digest('SHA-256', publicKey);
        return { privateKey: pair.privateKey, publicKey: base64Url(publicKey), id: base64Url(hash.slice(0, 16)) };
      };
      let key = await newKey();
      // PeerJS refuses some.
      while (!/^[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*$/.test(key.id)) key = await newKey();
      const { id, publicKey, privateKey } = key;
      const open = async (timeMs: number) => {
        const input = new TextEncoder().encode(`pairwise/ws-auth/v1\0${host}\0${id}\0${timeMs}`);
        const signature = base64Url(await crypto.subtle.sign({ name: 'Ed25519' }, privateKey, input));
        const token = `${publicKey}.${timeMs}.${signature}`;
        const peer = new Peer(id, { host: '127.0.0.1', port, secure: false, debug: 0, token });
        const result = await new Promise<string>((resolve) => {
          peer.on('open', () => resolve('open'));
          peer.on('error', ({ type }) => resolve(type));
        });
        peer.destroy();
        return result;
      };
      const clock = () => Date.now() + clockErrorMs;
      const first = await open(clock());
      if (first === 'open') return [first];
      const { timeMs } = await (await fetch(`http://${host}/pairwise`)).json();
      return [first, await open(clock() + (timeMs - clock()))];
    },
    port,
    clockErrorMs,
  );
  expect(tries).toEqual(clockErrorMs === 0 ? ['open'] : ['network', 'open']);
});

declare global {
  var Peer: typeof StockPeer;
}
