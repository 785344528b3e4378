import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf } from '../support/device.ts';
import { oneAfterOther } from '../support/one-after-other.ts';
import { dial, ended, join, joinByHand, offer, type RawClient, signedToken } from '../support/raw-client.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const MB = 1_000_000;
const MALLORY = '203.0.113.9';
const ALICE = idOf('alice');
const BOB = idOf('bob');
/** The heap of the server under attack. What it holds on to beyond that ends it. */
const HEAP_MIB = 96;
/** V8 keeps pages it has once used; more than this over the start is held memory. */
const RSS_GROWTH_BYTES = 100 * MB;

let server: ServerProcess;
let alice: RawClient;
let bob: RawClient;
let rssAtStartBytes: number;
let sent = 0;

/** Both ways, each message in its place, one exchange after the other. */
const exchange = oneAfterOther(takeTurns);

async function takeTurns(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const payload = { n: sent++ };
    alice.send(offer(BOB, payload));
    expect(await bob.next()).toEqual({ type: 'OFFER', src: ALICE, dst: BOB, payload });
    bob.send({ type: 'ANSWER', dst: ALICE, payload });
    expect(await alice.next()).toEqual({ type: 'ANSWER', src: BOB, dst: ALICE, payload });
  }
}

let mallories = 0;
/** Every attack comes from an address of its own, so that none is protected by the limits the one before ran into. */
function mallory(): { name: string; address: string } {
  mallories++;
  return { name: `mallory-${mallories}`, address: `203.0.${mallories >> 8}.${mallories & 255}` };
}

async function joinAsMallory(): Promise<RawClient> {
  const { name, address } = mallory();
  return join(server.url, name, { address });
}

beforeAll(async () => {
  const nodeArgs = [`--max-old-space-size=${HEAP_MIB}`];
  // Alice and bob send no heartbeats, and on a busy machine all of this takes minutes.
  const env = { TRUSTED_PROXIES: '127.0.0.1', ALIVE_TIMEOUT_MS: '3600000' };
  server = await startServerProcess(env, { nodeArgs });
  [alice, bob] = await Promise.all([
    join(server.url, 'alice', { address: '192.0.2.1' }),
    join(server.url, 'bob', { address: '192.0.2.2' }),
  ]);
  await exchange(5);
  rssAtStartBytes = server.rssBytes();
});

afterAll(() => server?.stop());

/** Beyond what there was at the start. What is only garbage goes with the next collection, which work brings about. */
async function heldBytes(): Promise<number> {
  await exchange(1);
  return server.rssBytes() - rssAtStartBytes;
}

/** Runs the attack while an honest pair goes on, then looks at the damage. */
async function underAttack(attack: () => Promise<void>): Promise<void> {
  await Promise.all([attack(), exchange(3)]);
  await expect.poll(heldBytes).toBeLessThan(RSS_GROWTH_BYTES);
  expect(server.isRunning()).toBe(true);
}

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const json = JSON.stringify;

describe('a message that kills or confuses a bare `peer` costs its sender the connection, and nobody else anything', () => {
  test.each([
    ['malformed JSON', 'not json'],
    ['half an object', `{"type":"OFFER","dst":"${BOB}"`],
    ['null', 'null'],
    ['a number', '42'],
    ['an array', '[]'],
    ['an unknown type', json({ type: 'HELLO', dst: BOB, payload: {} })],
    ['EXPIRE to another client', json({ type: 'EXPIRE', dst: BOB })],
    ['OPEN to another client', json({ type: 'OPEN', dst: BOB })],
    ['ID-TAKEN to another client', json({ type: 'ID-TAKEN', dst: BOB })],
    ['LEAVE without dst', json({ type: 'LEAVE' })],
    ['LEAVE without dst, in the name of another', json({ type: 'LEAVE', src: BOB })],
    ['a dst that breaks string conversion', '{"type":"OFFER","dst":{"toString":1,"valueOf":1},"payload":{}}'],
    ['a dst of nested arrays', `{"type":"OFFER","dst":${deep(20_000)},"payload":{}}`],
    ['a payload nested 5,000 deep', `{"type":"OFFER","dst":"${BOB}","payload":{"a":${deep(5000)}}}`],
    ['a payload nested 30,000 deep', `{"type":"OFFER","dst":"${BOB}","payload":{"a":${deep(30_000)}}}`],
    ['a payload that is no object', json(offer(BOB, null))],
    ['a type that is an object', '{"type":{"toString":1},"dst":"bob","payload":{}}'],
  ])('%s', async (_, text) => {
    await underAttack(async () => {
      const client = await joinAsMallory();
      client.send(text);
      expect(await client.closed).toEqual({ code: 1008, reason: 'message refused' });
    });
  });

  test.each([
    ['a frame of 50 MB', `{"type":"OFFER","dst":"${BOB}","payload":{"a":"${'x'.repeat(50 * MB)}"}}`],
    ['a dst of 200,000 nested arrays', `{"type":"OFFER","dst":${deep(200_000)},"payload":{}}`],
    ['one byte over 64 KiB', json(offer(BOB, { a: 'x'.repeat(64 * 1024) }))],
  ])('%s', async (_, text) => {
    await underAttack(async () => {
      const client = await joinAsMallory();
      client.send(text);
      expect((await client.closed).code).toBe(1009);
    });
  });

  test('a binary frame', async () => {
    await underAttack(async () => {
      const client = await joinAsMallory();
      client.send(Buffer.from(json(offer(BOB))));
      expect(await client.closed).toEqual({ code: 1003, reason: 'text only' });
    });
  });

  test.each([
    ['an unmasked frame', [0x81, 0x02, 0x7b, 0x7d]],
    ['reserved bits', [0xf1, 0x80, 0, 0, 0, 0]],
    ['an unknown opcode', [0x8b, 0x80, 0, 0, 0, 0]],
    ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0]],
    ['a fragmented ping', [0x09, 0x80, 0, 0, 0, 0]],
    ['a ping of 126 bytes', [0x89, 0xfe, 0, 126, 0, 0, 0, 0]],
    ['a close frame of one byte', [0x88, 0x81, 0, 0, 0, 0, 1]],
    ['a close code that must not be sent', [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed]],
    ['text that is no UTF-8', [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]],
    ['a length of 2^63', [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]],
  ])('%s', async (_, bytes) => {
    await underAttack(async () => {
      const { name, address } = mallory();
      const socket = await joinByHand(server.url, name, { address });
      socket.resume();
      socket.write(Buffer.from(bytes));
      await ended(socket);
    });
  });

  test('a message in a thousand fragments', async () => {
    await underAttack(async () => {
      const { name, address } = mallory();
      const socket = await joinByHand(server.url, name, { address });
      socket.resume();
      socket.write(Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x7b]));
      for (let n = 0; n < 1000; n++) socket.write(Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0x20]));
      await ended(socket);
    });
  });

  test('a connection that breaks off in the middle of a frame', async () => {
    await underAttack(async () => {
      const { name, address } = mallory();
      const socket = await joinByHand(server.url, name, { address });
      socket.write(Buffer.from([0x81, 0xfe, 0x40, 0, 0, 0, 0, 0, 0x7b]));
      const gone = ended(socket);
      socket.resetAndDestroy();
      await gone;
    });
  });
});

describe('floods', () => {
  test('16 × 3 MB to clients that do not exist', async () => {
    await underAttack(async () => {
      const clients = await Promise.all(Array.from({ length: 16 }, joinAsMallory));
      for (const client of clients) client.send(offer('nobody', { a: 'x'.repeat(3 * MB) }));
      for (const { code } of await Promise.all(clients.map((client) => client.closed))) expect(code).toBe(1009);
    });
  });

  test('100 MB in permitted pieces to clients that do not exist', async () => {
    const piece = 'x'.repeat(60_000);
    await underAttack(async () => {
      const clients = await Promise.all(Array.from({ length: 18 }, joinAsMallory));
      for (const client of clients) for (let n = 0; n < 100; n++) client.send(offer(`${client.id}-${n}`, { piece }));
      // What found no room was answered at once; nobody was thrown out for it.
      for (const client of clients) {
        const told = await client.flush();
        expect(told.length).toBeGreaterThan(80);
        expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['EXPIRE']));
        await client.close();
      }
    });
  });

  test('a victim that does not read is cut off, and the sender is told', async () => {
    await underAttack(async () => {
      const victim = mallory();
      const victimId = idOf(victim.name);
      const socket = await joinByHand(server.url, victim.name, { address: victim.address });
      socket.pause();
      const cut = ended(socket);
      const piece = 'x'.repeat(60_000);
      const clients = await Promise.all(Array.from({ length: 5 }, joinAsMallory));
      // The two kernels' buffers swallow some megabytes before anything waits in the server.
      for (const client of clients) for (let n = 0; n < 100; n++) client.send(offer(victimId, { piece }));
      const told = await Promise.all(clients.map((client) => client.flush()));
      expect(told.flat()).toContainEqual(expect.objectContaining({ type: 'EXPIRE', src: victimId }));
      socket.resume();
      await cut;
      for (const client of clients) client.terminate();
    });
  });

  test('one that pings and reads no answer', async () => {
    await underAttack(async () => {
      const { name, address } = mallory();
      const socket = await joinByHand(server.url, name, { address });
      socket.pause();
      const ping = Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]);
      await new Promise((resolve) => socket.write(Buffer.concat(Array(20_000).fill(ping)), resolve));
      socket.resume();
      await ended(socket);
    });
  });

  test('500 sockets from one address', async () => {
    await underAttack(async () => {
      const crowd = Array.from({ length: 500 }, (_, n) => dial(server.url, `crowd-${n}`, { address: MALLORY }));
      const statuses = await Promise.all(crowd.map((client) => client.refused));
      expect(statuses.filter((status) => status === undefined)).toHaveLength(20);
      const newcomer = await join(server.url, 'newcomer', { address: '192.0.2.3' });
      await newcomer.close();
      for (const client of crowd) client.terminate();
    });
  });

  test('a thousand forged tokens for an id that is connected', async () => {
    await underAttack(async () => {
      const [publicKey] = signedToken('bob', { host: new URL(server.url).host }).split('.');
      for (let round = 0; round < 20; round++) {
        const forgeries = Array.from({ length: 50 }, (_, n) => {
          const token = `${publicKey}.${Date.now()}.${randomBytes(64).toString('base64url')}`;
          return dial(server.url, 'bob', { token, address: `198.18.${round}.${n}` });
        });
        expect(new Set(await Promise.all(forgeries.map((client) => client.refused)))).toEqual(new Set([401]));
      }
    });
  });

  test('nameplates opened, claimed and closed as fast as a socket may speak', async () => {
    await underAttack(async () => {
      const clients = await Promise.all(Array.from({ length: 10 }, joinAsMallory));
      for (const client of clients) {
        for (let n = 0; n < 40; n++) {
          client.send({ type: 'nameplate-open', n, sidH: 'AAECAwQFBgcICQoLDA0ODw' });
          client.send({ type: 'nameplate-claim', n, nameplate: String(n).padStart(4, '0') });
        }
      }
      for (const client of clients) {
        // Every request has an answer, each in its turn.
        const answers: string[] = [];
        while (answers.length < 80) answers.push((await client.next()).type);
        expect(answers.filter((type) => type === 'nameplate-opened')).toHaveLength(5);
        await client.close();
      }
    });
  });

  test('an id taken over again and again', async () => {
    await underAttack(async () => {
      const { name, address } = mallory();
      for (let n = 0; n < 50; n++) await join(server.url, name, { address });
    });
  });
});

test('nothing of it comes back later: the server still answers when every wait has run out', async () => {
  alice.send(offer('nobody-at-all'));
  expect(await alice.next()).toEqual({ type: 'EXPIRE', src: 'nobody-at-all', dst: ALICE });
  await exchange(5);
  expect(server.isRunning()).toBe(true);
  expect(server.output().trim().split('\n')).toHaveLength(1);
});

describe('the same against `peer` alone, so that the attacks are known to be real', () => {
  test.each([
    ['malformed JSON', 'not json'],
    ['null', 'null'],
  ])('%s ends the process', async (_, text) => {
    const bare = await startServerProcess({}, { script: 'test/support/bare-peer.ts' });
    const client = await join(bare.url, 'mallory', { stock: true });
    client.send(text);
    expect(await bare.exited).toMatchObject({ code: 1 });
  });

  test('a dst that breaks string conversion ends the process within seconds', async () => {
    const bare = await startServerProcess({}, { script: 'test/support/bare-peer.ts' });
    const client = await join(bare.url, 'mallory', { stock: true });
    client.send('{"type":"OFFER","dst":{"toString":1,"valueOf":1},"payload":{}}');
    expect(await bare.exited).toMatchObject({ code: 1 });
  });

  test('the same id and token gets no OPEN', async () => {
    const bare = await startServerProcess({}, { script: 'test/support/bare-peer.ts' });
    const alice = await join(bare.url, 'alice', { stock: true });
    await join(bare.url, 'bob', { stock: true });
    const newcomer = dial(bare.url, 'bob', { stock: true });
    await newcomer.refused;
    alice.send(offer('bob', { n: 1 }));
    expect(await newcomer.next()).toMatchObject({ type: 'OFFER' });
    await bare.stop();
  });
});
