import { createHash, createHmac } from 'node:crypto';
import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { type ServiceAnswer, ServiceAnswerSchema } from '../../peer-server/protocol.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { idOf } from '../support/device.ts';
import { join, type RawClient } from '../support/raw-client.ts';

const running: RunningServer[] = [];
const SESSION = 'AAECAwQFBgc';
const TURN = {
  stunUrls: ['stun:turn.example:3478'],
  turnUrls: ['turn:turn.example:3478?transport=udp', 'turns:turn.example:5349'],
  turnSecret: 'a-secret-of-coturn',
};

async function start(config: Partial<Config> = {}): Promise<string> {
  const server = await startServer({ port: 0, logLevel: 'silent', ...config });
  running.push(server);
  return server.url;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function ask(client: RawClient, request: object): Promise<ServiceAnswer> {
  client.send(request);
  return v.parse(ServiceAnswerSchema, await client.next());
}

describe('ping', () => {
  test('comes back with its number', async () => {
    const alice = await join(await start(), 'alice');
    expect(await ask(alice, { type: 'ping', n: 7 })).toEqual({ type: 'pong', n: 7 });
  });

  test('counts like any other message', async () => {
    const alice = await join(await start({ messageBurst: 5, messagesPerSecond: 1 }), 'alice');
    for (let n = 0; n < 50; n++) alice.send({ type: 'ping', n });
    expect(await alice.closed).toEqual({ code: 1008, reason: 'too many messages' });
  });
});

describe('ICE servers', () => {
  test('of a server that knows none: none', async () => {
    const alice = await join(await start(), 'alice');
    const answer = { type: 'ice-servers', n: 1, iceServers: [], ttlMs: 3_600_000 };
    expect(await ask(alice, { type: 'ice-servers', n: 1 })).toEqual(answer);
  });

  test('STUN as it is, TURN with a name that expires and the password that coturn computes from it', async () => {
    const before = Date.now();
    const alice = await join(await start({ ...TURN, turnTtlMs: 600_000 }), 'alice');
    const answer = await ask(alice, { type: 'ice-servers', n: 1 });
    if (answer.type !== 'ice-servers') throw new Error(answer.type);
    const [stun, turn, ...others] = answer.iceServers;
    expect(others).toEqual([]);
    expect(stun).toEqual({ urls: TURN.stunUrls });
    const [expires, id] = String(turn?.username).split(':');
    expect(id).toBe(alice.id);
    expect(Number(expires) * 1000).toBeGreaterThanOrEqual(before + 600_000);
    expect(Number(expires) * 1000).toBeLessThanOrEqual(Date.now() + 601_000);
    const password = createHmac('sha1', TURN.turnSecret).update(String(turn?.username)).digest('base64');
    expect(turn).toEqual({ urls: TURN.turnUrls, username: `${expires}:${id}`, credential: password });
    expect(answer.ttlMs).toBe(600_000);
  });

  test('ten times a minute for one id, wherever it connects; others still get theirs', async () => {
    const url = await start({ ...TURN });
    const alice = await join(url, 'alice');
    for (let n = 0; n < 10; n++)
      expect(await ask(alice, { type: 'ice-servers', n })).toMatchObject({ n, ttlMs: 3_600_000 });
    expect(await ask(alice, { type: 'ice-servers', n: 10 })).toEqual({ type: 'refused', n: 10, code: 'too-many' });
    const again = await join(url, 'alice');
    expect(await ask(again, { type: 'ice-servers', n: 1 })).toEqual({ type: 'refused', n: 1, code: 'too-many' });
    const bob = await join(url, 'bob');
    expect(await ask(bob, { type: 'ice-servers', n: 1 })).toMatchObject({ type: 'ice-servers' });
  });
});

describe('relay tickets', () => {
  /** 22 or 11 characters, each field after its length. */
  function roomOf(a: string, b: string): string {
    const [lower = '', higher = ''] = [a, b].sort();
    return createHash('sha256')
      .update(`\x16pairwise/relay-room/v1\x16${lower}\x16${higher}\x0b${SESSION}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  }

  test('both get one for the same room, and nobody gets another’s', async () => {
    const url = await start();
    const [alice, bob, carol] = await Promise.all([join(url, 'alice'), join(url, 'bob'), join(url, 'carol')]);
    const first = await ask(alice, { type: 'relay-ticket', n: 1, peer: bob.id, session: SESSION });
    const second = await ask(bob, { type: 'relay-ticket', n: 2, peer: alice.id, session: SESSION });
    const third = await ask(carol, { type: 'relay-ticket', n: 3, peer: alice.id, session: SESSION });
    const room = roomOf(alice.id, bob.id);
    expect(first).toMatchObject({ type: 'relay-ticket', n: 1, room, ttlMs: 60_000 });
    expect(second).toMatchObject({ type: 'relay-ticket', n: 2, room });
    expect(third).toMatchObject({ type: 'relay-ticket', room: roomOf(alice.id, carol.id) });
  });

  test('a side is named in a room with oneself and nowhere else', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    const own = { type: 'relay-ticket', n: 1, peer: alice.id, session: SESSION };
    for (const side of [0, 1]) {
      expect(await ask(alice, { ...own, side })).toMatchObject({ room: roomOf(alice.id, alice.id) });
    }
    alice.send(own);
    expect(await alice.closed).toEqual({ code: 1008, reason: 'message refused' });
    const bob = await join(url, 'bob');
    bob.send({ type: 'relay-ticket', n: 1, peer: alice.id, session: SESSION, side: 0 });
    expect(await bob.closed).toEqual({ code: 1008, reason: 'message refused' });
  });

  test('no more than so many a minute', async () => {
    const alice = await join(await start({ relayTicketsPerIdPerMinute: 2 }), 'alice');
    const request = { type: 'relay-ticket', peer: idOf('bob'), session: SESSION };
    for (let n = 0; n < 2; n++) expect(await ask(alice, { ...request, n })).toMatchObject({ type: 'relay-ticket' });
    expect(await ask(alice, { ...request, n: 2 })).toEqual({ type: 'refused', n: 2, code: 'too-many' });
  });

  test('where there is no relay: off, and the server says so', async () => {
    const url = await start({ relay: false });
    const alice = await join(url, 'alice');
    const answer = await ask(alice, { type: 'relay-ticket', n: 1, peer: idOf('bob'), session: SESSION });
    expect(answer).toEqual({ type: 'refused', n: 1, code: 'off' });
    const info = await (await fetch(`${url}/pairwise`)).json();
    expect(info).toMatchObject({ features: ['tokens', 'nameplates', 'ping', 'ice'] });
  });
});

test('stock clients get none of it', async () => {
  const url = await start({ allowStockClients: true });
  for (const request of [
    { type: 'ping', n: 1 },
    { type: 'ice-servers', n: 1 },
    { type: 'relay-ticket', n: 1, peer: idOf('alice'), session: SESSION },
  ]) {
    const stock = await join(url, 'stock', { stock: true });
    stock.send(request);
    expect(await stock.closed).toEqual({ code: 1008, reason: 'message refused' });
  }
});
