import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { expect, type TestContext, test } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { PROJECT_DIR } from '../support/build.ts';
import { freePort, hasCoturn, startCoturn } from '../support/coturn.ts';
import { startPages } from '../support/pages.ts';
import { Subject } from '../support/subject.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

// The connection doctor as a person meets it: the real extension, the real server, a real coturn.

const SECRET = 'known-to-both-servers';
/** What must not be in a report: an address as a name, and what looks like markup. */
const NAME = '<b>192.0.2.7 alice@example.org</b>';
const PICTURES = join(PROJECT_DIR, 'test', '.artifacts', 'screens');

interface Patient {
  readonly page: Page;
  readonly subject: Subject;
  readonly server: RunningServer;
  /** The way from the one to the other. */
  readonly proxy: TcpProxy;
}

/** Somebody on a server like this, with the doctor's page open. */
async function visit(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  config: Partial<Config>,
): Promise<Patient> {
  const server = await startServer({ port: 0, logLevel: 'silent', ...config });
  onTestFinished(() => server.close());
  const pages = await startPages();
  onTestFinished(() => pages.close());
  const proxy = await startTcpProxy(server.port);
  onTestFinished(() => proxy.stop());
  const serverUrl = `http://127.0.0.1:${proxy.port}`;
  const subject = await Subject.start({ name: NAME, serverUrl, pageUrl: pages.url('plain') });
  onTestFinished(() => subject.leaves());
  await subject.until('is on the server', ({ server: { status } }) => status === 'online');
  const page = await subject.browser.panel('/doctor.html');
  return { page, subject, server, proxy };
}

/** Every row as a person reads it, once all is checked: name, and what was found without times and sizes. */
async function findings(page: Page): Promise<Record<string, string>> {
  await page.waitForSelector('[aria-busy="false"]', { timeout: 90_000 });
  const rows = await page.$$eval('.doctor-rows li', (all) =>
    all.map((row) => [row.querySelector('b')?.textContent ?? '', row.querySelector('.found')?.textContent ?? '']),
  );
  return Object.fromEntries(rows.map(([name = '', found = '']) => [name, found.replace(/ · .*| free$/, '')]));
}

const verdict = (page: Page) => page.$eval('.doctor-verdict h2', (title) => title.textContent);

/** A picture in each theme, to be looked at. */
async function draw(page: Page, name: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  for (const theme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
    await page.screenshot({ path: join(PICTURES, `real-doctor-${name}-${theme}.png`), fullPage: true });
  }
}

/** A STUN server's place with nobody there: like a network that drops UDP, it never answers. */
async function silence({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return socket.address().port;
}

test.skipIf(!hasCoturn)('all well: every way works, and the report gives nothing away', async (context) => {
  const coturn = await startCoturn(SECRET);
  context.onTestFinished(() => coturn.stop());
  const turn = `turn:127.0.0.1:${coturn.port}`;
  const { page, subject, proxy } = await visit(context, {
    stunUrls: [`stun:127.0.0.1:${coturn.port}`],
    turnUrls: [`${turn}?transport=udp`, `${turn}?transport=tcp`],
    turnSecret: SECRET,
  });
  expect(await findings(page)).toMatchObject({
    Server: 'reached',
    Clock: 'right',
    WebSocket: 'signed in',
    WebRTC: 'allowed',
    STUN: 'answers',
    'TURN over UDP': 'works',
    'TURN over TCP': 'works',
    'TURN over TLS': 'not set up',
    Relay: 'works',
    Permissions: 'all there',
  });
  expect(await verdict(page)).toBe('Everything works');
  await draw(page, 'well');

  const copied = await copyReport(page);
  expect(copied).toContain('TURN over UDP: works');
  const { me } = await subject.state();
  const secrets = [NAME, '192.0.2.7', 'alice', '<b>', me.id, '127.0.0.1', String(proxy.port), String(coturn.port)];
  expect(secrets.filter((secret) => copied.includes(secret))).toEqual([]);
});

/** Presses the button, with a clipboard that tells what was put into it. */
async function copyReport(page: Page): Promise<string> {
  await page.evaluate(() => {
    Object.defineProperty(navigator.clipboard, 'writeText', {
      value: async (text: string) => {
        document.body.dataset.copied = text;
      },
    });
  });
  await page.locator('::-p-aria([name="Copy report"][role="button"])').click();
  await page.waitForSelector('body[data-copied]');
  await page.waitForFunction(() => document.body.innerText.includes('Report copied'));
  return page.evaluate(() => document.body.dataset.copied ?? '');
}

test('UDP blocked, without TURN and relay', async (context) => {
  const port = await silence(context);
  const { page } = await visit(context, { stunUrls: [`stun:127.0.0.1:${port}`], relay: false });
  expect(await findings(page)).toMatchObject({
    STUN: 'no answer',
    'TURN over UDP': 'not set up',
    Relay: 'not set up',
  });
  expect(await verdict(page)).toBe('This network blocks UDP');
  await draw(page, 'udp');
});

test('UDP blocked, and the relay goes around it', async (context) => {
  const port = await silence(context);
  const { page } = await visit(context, { stunUrls: [`stun:127.0.0.1:${port}`] });
  expect(await findings(page)).toMatchObject({ STUN: 'no answer', Relay: 'works' });
  expect(await verdict(page)).toBe('UDP is blocked, the relay works');
});

test('a server that is down, and there again', async (context) => {
  const { page, subject, server } = await visit(context, { relay: false });
  await findings(page);
  expect(await verdict(page)).toBe('Local networks only');
  await server.close();
  await subject.until('misses the server', ({ server: { status } }) => status !== 'online');
  await again(page);
  expect(await findings(page)).toMatchObject({
    Server: 'not reached',
    Clock: 'needs the server',
    STUN: 'needs the server',
  });
  expect(await verdict(page)).toBe('The server is not reached');
  await draw(page, 'server');

  // A proxy before it answers in its place.
  const proxy = await badGateway(server.port);
  context.onTestFinished(() => proxy.stop());
  await proxy.asked;
  await subject.until(
    'doesn’t reach the server',
    ({ server: { status, problem } }) => status === 'unreachable' && problem === 'server-unreachable',
  );
  await again(page);
  expect(await findings(page)).toMatchObject({ Server: 'not reached', WebSocket: 'needs the server' });
  await proxy.stop();

  const back = await startServer({ port: server.port, logLevel: 'silent', relay: false });
  context.onTestFinished(() => back.close());
  await subject.until('is on the server', ({ server: { status } }) => status === 'online');
  await again(page);
  expect(await findings(page)).toMatchObject({ Server: 'reached', WebSocket: 'signed in' });
});

test('a socket that died without a word is found out, by the doctor at once and by itself soon', async (context) => {
  const { page, subject, proxy } = await visit(context, {});
  expect(await findings(page)).toMatchObject({ WebSocket: 'signed in', Relay: 'works' });
  void proxy.freeze();
  await again(page);
  expect(await findings(page)).toMatchObject({ WebSocket: 'signed in', Relay: 'works' });
  await proxy.freeze();
  await subject.until('is on the server again', ({ server: { status } }) => status === 'online');
});

/** What a proxy says for a server that is down, at its address. `asked` resolves when the device has been told so three times. */
async function badGateway(port: number): Promise<{ asked: Promise<void>; stop(): Promise<void> }> {
  let left = 3;
  let hasAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    hasAsked = resolve;
  });
  const http = createServer((_, response) => {
    response.writeHead(502, { Connection: 'close' }).end('Bad Gateway');
    if (--left === 0) hasAsked();
  }).listen(port, '127.0.0.1');
  await once(http, 'listening');
  return {
    asked,
    stop: async () => {
      if (!http.listening) return;
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}

/** Runs all checks again. They may be over before anybody looks. */
async function again(page: Page): Promise<void> {
  await page.evaluate(() => {
    const rows = document.querySelector('[aria-busy="false"]');
    globalThis.runsAgain = new Promise((resolve) => {
      if (rows) new MutationObserver(() => resolve()).observe(rows, { attributeFilter: ['aria-busy'] });
    });
  });
  await page.locator('::-p-aria([name="Run again"][role="button"])').click();
  await page.evaluate(() => globalThis.runsAgain);
}

declare global {
  /** Resolves when the doctor has begun anew. */
  var runsAgain: Promise<void>;
}

test('WebRTC that was switched off', async (context) => {
  const { page } = await visit(context, {});
  // The browser's own switch for it doesn't reach an extension's pages.
  await page.evaluateOnNewDocument(() => Reflect.deleteProperty(globalThis, 'RTCPeerConnection'));
  await page.reload();
  expect(await findings(page)).toMatchObject({ WebRTC: 'switched off', STUN: 'needs WebRTC', Relay: 'works' });
  expect(await verdict(page)).toBe('WebRTC is blocked, the relay works');
});

test.skipIf(!hasCoturn)('a TURN server that knows another secret', async (context) => {
  const coturn = await startCoturn('another-secret-than-ours');
  context.onTestFinished(() => coturn.stop());
  const url = `turn:127.0.0.1:${coturn.port}?transport=tcp`;
  const { page } = await visit(context, { turnUrls: [url], turnSecret: SECRET, relay: false });
  expect(await findings(page)).toMatchObject({ STUN: 'not set up', 'TURN over TCP': 'refused' });
  expect(await verdict(page)).toBe('Not every way works');
});

test.skipIf(!hasCoturn)('a TURN server that is dead is not hidden by another one', async (context) => {
  const coturn = await startCoturn(SECRET);
  context.onTestFinished(() => coturn.stop());
  const ports = [coturn.port, await freePort(), coturn.port];
  const turnUrls = ports.map((port) => `turn:127.0.0.1:${port}?transport=tcp`);
  const { page } = await visit(context, { turnUrls, turnSecret: SECRET, relay: false });
  expect(await findings(page)).toMatchObject({ 'TURN over UDP': 'not set up', 'TURN over TCP': 'all but no. 2' });
  expect(await verdict(page)).toBe('It works, with something missing');
});

test.skipIf(!hasCoturn)('a TURN server that lets anyone use it', async (context) => {
  const coturn = await startCoturn(null);
  context.onTestFinished(() => coturn.stop());
  const turnUrls = ['udp', 'tcp'].map((transport) => `turn:127.0.0.1:${coturn.port}?transport=${transport}`);
  const { page } = await visit(context, { turnUrls, turnSecret: SECRET, relay: false });
  expect(await findings(page)).toMatchObject({
    'TURN over UDP': 'asks for no password',
    // Of TCP browsers tell nothing.
    'TURN over TCP': 'no answer',
  });
  expect(await page.evaluate(() => document.body.innerText)).toContain('Most likely this server lets anyone use it');
  expect(await verdict(page)).toBe('Not every way works');
});

test('STUN and TURN that are down are not called a network that blocks UDP', async (context) => {
  const port = await silence(context);
  const { page } = await visit(context, {
    stunUrls: [`stun:127.0.0.1:${port}`],
    turnUrls: [`turn:127.0.0.1:${port}?transport=udp`, `turn:127.0.0.1:${await freePort()}?transport=tcp`],
    turnSecret: SECRET,
  });
  expect(await findings(page)).toMatchObject({ STUN: 'no answer', 'TURN over TCP': 'no answer', Relay: 'works' });
  expect(await verdict(page)).toBe('STUN and TURN don’t answer');
});
