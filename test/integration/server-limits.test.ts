import { once } from 'node:events';
import { connect } from 'node:net';
import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import type { Config } from '../../peer-server/config.ts';
import { ServerInfoSchema } from '../../peer-server/protocol.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { dial, join, offer, RawClient } from '../support/raw-client.ts';

const running: RunningServer[] = [];
const PROXY = { trustedProxies: ['127.0.0.1'] };
/** Ids and tokens that can be written by hand. */
const STOCK = { allowStockClients: true };

async function start(config: Partial<Config> = {}): Promise<string> {
  const server = await startServer({ port: 0, logLevel: 'silent', ...config });
  running.push(server);
  return server.url;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

function statusOf(url: string, path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new RawClient(url.replace('http', 'ws') + path, 'anyone', { headers }).refused;
}

describe('who may connect', () => {
  test.each([
    ['an extension', 'chrome-extension://jnaeikoheheabkghikcnhppeogckoepf', undefined],
    ['a Firefox extension', 'moz-extension://0a1b2c3d', undefined],
    ['a program without Origin', undefined, undefined],
    ['a web page', 'https://evil.example', 403],
    ['a sandboxed page', 'null', 403],
    ['a page that plays extension', 'https://chrome-extension.example', 403],
  ])('%s', async (_, origin, status) => {
    const url = await start(STOCK);
    const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
    expect(await statusOf(url, '/peerjs?key=peerjs&id=alice&token=t', headers)).toBe(status);
  });

  test.each([
    ['what PeerJS 1.5.5 asks for', '/peerjs?key=peerjs&id=a&token=t&version=1.5.5', undefined],
    ['an URL over 1 kB', `/peerjs?key=peerjs&id=a&token=t&x=${'x'.repeat(1024)}`, 414],
    ['another path', '/other?key=peerjs&id=a&token=t', 404],
    ['another key', '/peerjs?key=other&id=a&token=t', 400],
    ['no id', '/peerjs?key=peerjs&token=t', 400],
    ['an empty id', '/peerjs?key=peerjs&id=&token=t', 400],
    ['an id with a space', '/peerjs?key=peerjs&id=a%20b&token=t', 400],
    ['a long id', `/peerjs?key=peerjs&id=${'a'.repeat(65)}&token=t`, 400],
    ['no token', '/peerjs?key=peerjs&id=a', 400],
    ['broken percent signs', '/peerjs?key=peerjs&id=%E0%A4%A&token=t', 400],
  ])('%s', async (_, path, status) => {
    expect(await statusOf(await start(STOCK), path)).toBe(status);
  });

  test('an id is just a name, whatever JavaScript makes of it', async () => {
    const url = await start(STOCK);
    const alice = await join(url, 'alice', { stock: true });
    for (const id of ['__proto__', 'constructor', 'toString']) {
      const odd = await join(url, id, { stock: true });
      alice.send(offer(id, { id }));
      expect(await odd.next()).toMatchObject({ src: 'alice', payload: { id } });
    }
  });
});

describe('how much of one address', () => {
  test('20 sockets are open, 480 are refused, others get in, and a place is free again when one closes', async () => {
    const url = await start({ ...PROXY, connectsPerAddressPerMinute: 1000 });
    const crowd = Array.from({ length: 500 }, (_, n) => dial(url, `crowd-${n}`, { address: '203.0.113.9' }));
    const statuses = await Promise.all(crowd.map((client) => client.refused));
    expect(statuses.filter((status) => status === undefined)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(480);
    const alice = await join(url, 'alice', { address: '192.0.2.1' });
    alice.send(offer(alice.id, { n: 1 }));
    expect(await alice.next()).toMatchObject({ payload: { n: 1 } });
    await crowd[statuses.indexOf(undefined)]?.close();
    await join(url, 'crowd-again', { address: '203.0.113.9' });
  });

  test('60 connects a minute, counted also when they close at once', async () => {
    const url = await start(PROXY);
    for (let n = 0; n < 60; n++) {
      const client = await join(url, 'again', { address: '203.0.113.9' });
      await client.close();
    }
    expect(await dial(url, 'again', { address: '203.0.113.9' }).refused).toBe(429);
    await join(url, 'alice', { address: '192.0.2.1' });
  });

  test('one that is no trusted proxy is counted by its own address, whatever it claims', async () => {
    const url = await start();
    const crowd = Array.from({ length: 30 }, (_, n) => dial(url, `crowd-${n}`, { address: `203.0.113.${n}` }));
    const statuses = await Promise.all(crowd.map((client) => client.refused));
    expect(statuses.filter((status) => status === undefined)).toHaveLength(20);
  });

  test('connections that say nothing are bounded too', async () => {
    const url = await start();
    const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
    const { hostname, port } = new URL(url);
    const silent = Array.from({ length: 100 }, () => connect(Number(port), hostname));
    // 60 places for the address, two of them taken by alice and bob.
    let closed = 0;
    await new Promise<void>((resolve) => {
      for (const socket of silent) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          closed++;
          if (closed === 42) resolve();
        });
      }
    });
    alice.send(offer(bob.id, { n: 1 }));
    expect(await bob.next()).toMatchObject({ payload: { n: 1 } });
    expect(silent.filter((socket) => socket.readyState === 'open')).toHaveLength(58);
    for (const socket of silent) socket.destroy();
  });

  test('the server full: 503, and those inside stay', async () => {
    const url = await start({ maxClients: 2 });
    const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
    expect(await dial(url, 'carol').refused).toBe(503);
    alice.send(offer(bob.id, { n: 1 }));
    expect(await bob.next()).toMatchObject({ payload: { n: 1 } });
  });
});

describe('how much one client may say', () => {
  test('a burst passes, the next message ends the connection', async () => {
    const url = await start({ messageBurst: 5, messagesPerSecond: 1 });
    const [mallory, bob] = await Promise.all([join(url, 'mallory'), join(url, 'bob')]);
    for (let n = 0; n < 50; n++) mallory.send(offer(bob.id, { n }));
    expect(await mallory.closed).toEqual({ code: 1008, reason: 'too many messages' });
    for (let n = 0; n < 5; n++) expect(await bob.next()).toMatchObject({ payload: { n } });
    expect((await bob.flush()).length).toBeLessThan(10);
  });

  test('heartbeats and pings count', async () => {
    const url = await start({ messageBurst: 5, messagesPerSecond: 1 });
    const [beating, pinging] = await Promise.all([join(url, 'beating'), join(url, 'pinging')]);
    for (let n = 0; n < 50; n++) {
      beating.send({ type: 'HEARTBEAT' });
      pinging.ping();
    }
    expect(await beating.closed).toMatchObject({ code: 1008 });
    expect(await pinging.closed).toMatchObject({ code: 1008 });
  });
});

describe('plain HTTP', () => {
  test.each([
    ['GET', '/healthz', 200, '{"status":"ok"}'],
    ['GET', '/healthz?x=1', 200, '{"status":"ok"}'],
    ['POST', '/healthz', 405, '{"error":"method not allowed"}'],
    ['POST', '/pairwise', 405, '{"error":"method not allowed"}'],
    ['GET', '/', 404, '{"error":"not found"}'],
    ['GET', '/peerjs', 404, '{"error":"not found"}'],
    ['GET', '/peerjs/id', 404, '{"error":"not found"}'],
    ['GET', '/peerjs/peers', 404, '{"error":"not found"}'],
    ['GET', '/other/id', 404, '{"error":"not found"}'],
    ['GET', `/${'x'.repeat(2000)}`, 414, '{"error":"url too long"}'],
  ])('%s %s: %i', async (method, path, status, body) => {
    const response = await fetch((await start()) + path, { method });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(body);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  test('what the server is, readable by extensions and by no web page', async () => {
    const url = await start({ maxMessageBytes: 32_768 });
    const origin = 'chrome-extension://jnaeikoheheabkghikcnhppeogckoepf';
    const before = Date.now();
    const response = await fetch(`${url}/pairwise`, { headers: { Origin: origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const info = v.parse(v.strictObject(ServerInfoSchema.entries), await response.json());
    expect(info).toMatchObject({
      pairwise: 1,
      version: packageJson.version,
      features: ['tokens', 'nameplates', 'ping', 'ice', 'relay'],
      limits: { maxMessageBytes: 32_768, tokenWindowMs: 60_000, nameplateTtlMs: 300_000 },
    });
    expect(info.timeMs).toBeGreaterThanOrEqual(before);
    expect(info.timeMs).toBeLessThanOrEqual(Date.now());
    for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, undefined]) {
      const other = await fetch(`${url}/pairwise`, headers && { headers });
      expect(other.headers.get('access-control-allow-origin')).toBeNull();
      expect(other.headers.get('vary')).toBe('Origin');
    }
  });

  test('an id for PeerJS clients that want one, readable by extensions and by no web page', async () => {
    const url = await start(STOCK);
    const origin = 'chrome-extension://jnaeikoheheabkghikcnhppeogckoepf';
    const response = await fetch(`${url}/peerjs/id?ts=1&version=1.5.5`, { headers: { Origin: origin } });
    expect(await response.text()).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    const page = await fetch(`${url}/peerjs/id`, { headers: { Origin: 'https://evil.example' } });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a request that is no HTTP is answered with 400 and closed', async () => {
    const { hostname, port } = new URL(await start());
    const socket = connect(Number(port), hostname);
    socket.end('\u0016\u0003\u0001 hello\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 400/);
  });
});
