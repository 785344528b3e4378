import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf } from '../support/device.ts';
import { oneAfterOther } from '../support/one-after-other.ts';
import { ended, join } from '../support/raw-client.ts';
import { RelayClient, randomSession, relayPair, ticketFor } from '../support/relay-client.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** The heap of the server under attack. What it holds on to beyond that ends it. */
const HEAP_MIB = 96;
/** V8 keeps pages it has once used; more than this over the start is held memory. */
const RSS_GROWTH_BYTES = 60 * MIB;

let server: ServerProcess;
let honest: [RelayClient, RelayClient];
let rssAtStartBytes: number;

/** Both ways, each frame in its place, one exchange after the other. */
const exchange = oneAfterOther(takeTurns);

async function takeTurns(rounds: number): Promise<void> {
  const [alice, bob] = honest;
  for (let round = 0; round < rounds; round++) {
    const frame = randomBytes(1000);
    alice.send(frame);
    expect((await bob.next()).equals(frame)).toBe(true);
    bob.send(frame);
    expect((await alice.next()).equals(frame)).toBe(true);
  }
}

let mallories = 0;
/** Every attack comes from an address of its own, so that none is protected by the limits the one before ran into. */
function mallory(): { name: string; address: string } {
  mallories++;
  return { name: `mallory-${mallories}`, address: `203.0.${mallories >> 8}.${mallories & 255}` };
}

/** A room of two attackers. */
async function hostilePair(): Promise<[RelayClient, RelayClient]> {
  const [one, two] = [mallory(), mallory()];
  return relayPair(server.url, { names: [one.name, two.name], addresses: [one.address, two.address] });
}

/** A ticket for a room with bob. */
async function hostileTicket(session = randomSession()): Promise<{ ticket: string; address: string }> {
  const { name, address } = mallory();
  const client = await join(server.url, name, { address });
  const ticket = await ticketFor(client, idOf('bob'), session);
  await client.close();
  return { ticket, address };
}

beforeAll(async () => {
  const nodeArgs = [`--max-old-space-size=${HEAP_MIB}`];
  server = await startServerProcess({ TRUSTED_PROXIES: '127.0.0.1', RELAY_PING_MS: '120000' }, { nodeArgs });
  honest = await relayPair(server.url, { addresses: ['192.0.2.1', '192.0.2.2'] });
  await exchange(20);
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
  await expect.poll(heldBytes).toBeLessThan(2 * RSS_GROWTH_BYTES);
  expect(server.isRunning()).toBe(true);
}

describe('tickets', () => {
  test.each<[string, (ticket: string) => string]>([
    ['none', () => ''],
    ['nonsense', () => 'ticket'],
    ['a long one', () => 'x'.repeat(900)],
    [
      'the MAC of another key',
      (ticket) => {
        const signed = ticket.slice(0, ticket.lastIndexOf('.'));
        return `${signed}.${createHmac('sha256', 'guess').update(`pairwise/relay-ticket/v1\0${signed}`).digest('base64url')}`;
      },
    ],
    ['no MAC', (ticket) => ticket.slice(0, ticket.lastIndexOf('.') + 1)],
    ['another room', (ticket) => `${randomBytes(16).toString('base64url')}${ticket.slice(22)}`],
    ['the other side', (ticket) => ticket.replace(/^(.{22})\.(.)/, (_, room, side) => `${room}.${1 - side}`)],
    ['a later end', (ticket) => ticket.replace(/\.(\d{13})\./, (_, ms) => `.${Number(ms) + 60_000}.`)],
    ['more bytes', (ticket) => ticket.replace(/\.(\d+)\.([\w-]{22}\.)/, '.9$1.$2')],
    ['another nonce', (ticket) => ticket.replace(/[\w-]{22}(\.[\w-]{43})$/, `${'A'.repeat(22)}$1`)],
    ['percent signs', () => '%E0%A4%A'],
  ])('forged, %s: 401', async (_, forge) => {
    const { ticket, address } = await hostileTicket();
    const forged = forge(ticket);
    expect(forged).not.toBe(ticket);
    await underAttack(async () => {
      expect(await new RelayClient(server.url, forged, { address }).refused).toBe(401);
    });
    // It was the forgery.
    const client = new RelayClient(server.url, ticket, { address });
    expect(await client.refused).toBeUndefined();
    await client.close();
  });

  test('used a second time, or in another spelling: 401, at once and later', async () => {
    const { ticket, address } = await hostileTicket();
    const first = new RelayClient(server.url, ticket, { address });
    expect(await first.refused).toBeUndefined();
    // The last of 43 characters has two bits that mean nothing.
    const other = ticket.slice(0, -1) + String.fromCharCode(ticket.charCodeAt(ticket.length - 1) + 1);
    for (const text of [ticket, other]) {
      expect(await new RelayClient(server.url, text, { address }).refused).toBe(401);
    }
    await first.close();
    expect(await new RelayClient(server.url, ticket, { address }).refused).toBe(401);
  });

  test('used by ten at the same time: one gets in', async () => {
    const { ticket, address } = await hostileTicket();
    const crowd = Array.from({ length: 10 }, () => new RelayClient(server.url, ticket, { address }));
    const statuses = await Promise.all(crowd.map((client) => client.refused));
    expect(statuses.filter((status) => status === undefined)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(9);
    for (const { socket } of crowd) socket.terminate();
  });
});

/** A handshake by hand, for bytes that no WebSocket library would send, and what is to follow it at once. */
async function enterByHand(ticket: string, address: string, first?: Buffer): Promise<Socket> {
  const { host, hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const head = [
    `GET /relay?ticket=${ticket} HTTP/1.1`,
    `Host: ${host}`,
    `X-Forwarded-For: ${address}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ].join('\r\n');
  socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), first ?? Buffer.alloc(0)]));
  return socket;
}

/** A masked frame of up to 125 bytes, with a mask of zeros. */
function smallFrame(firstByte: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([firstByte, 0x80 | body.length, 0, 0, 0, 0]), body]);
}

describe('what may not be sent costs the sender its connection and its room, and nobody else anything', () => {
  test.each<[string, (client: RelayClient) => void, number]>([
    ['text', (client) => client.send('hello'), 1008],
    ['text that says joined', (client) => client.send('{"type":"joined"}'), 1008],
    ['one byte over 68 KiB', (client) => client.send(Buffer.alloc(68 * KIB + 1)), 1009],
    ['50 MB', (client) => client.send(Buffer.alloc(50_000_000)), 1009],
    [
      'a frame in 65 fragments',
      (client) => {
        for (let n = 0; n < 65; n++) client.socket.send(Buffer.alloc(10), { fin: n === 64 });
      },
      1008,
    ],
    [
      'more pings than any client sends',
      (client) => {
        for (let n = 0; n < 1000; n++) client.socket.ping();
      },
      1008,
    ],
    [
      'more pongs than any client sends',
      (client) => {
        for (let n = 0; n < 1000; n++) client.socket.pong();
      },
      1008,
    ],
  ])('%s', async (_, attack, code) => {
    await underAttack(async () => {
      const [one, other] = await hostilePair();
      attack(one);
      expect((await one.closed).code).toBe(code);
      expect((await other.closed).code).toBe(4404);
    });
  });

  test('a frame before the other side is there', async () => {
    await underAttack(async () => {
      const { ticket, address } = await hostileTicket();
      const early = new RelayClient(server.url, ticket, { address });
      expect(await early.refused).toBeUndefined();
      early.send(Buffer.from('early'));
      expect(await early.closed).toEqual({ code: 1008, reason: 'nobody is here yet' });
    });
  });

  test('and whoever comes then waits in a new room, in which nothing of it is heard', async () => {
    const session = randomSession();
    const [one, two] = [mallory(), mallory()];
    const [first, second] = await Promise.all(
      [one, two].map(({ name, address }) => join(server.url, name, { address })),
    );
    if (!first || !second) throw new Error('nobody');
    const early = new RelayClient(server.url, await ticketFor(first, second.id, session), { address: one.address });
    expect(await early.refused).toBeUndefined();
    early.send(Buffer.from('early'));
    await early.closed;
    const late = new RelayClient(server.url, await ticketFor(second, first.id, session), { address: two.address });
    const again = new RelayClient(server.url, await ticketFor(first, second.id, session), { address: one.address });
    await Promise.all([late.joined, again.joined]);
    again.send(Buffer.from('in time'));
    expect(String(await late.next())).toBe('in time');
    for (const { socket } of [late, again]) socket.terminate();
  });

  test('a frame together with the handshake', async () => {
    await underAttack(async () => {
      const { ticket, address } = await hostileTicket();
      const socket = await enterByHand(ticket, address, smallFrame(0x82, Buffer.from('early')));
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1.1 400/);
      await ended(socket);
    });
  });

  test.each([
    ['an unmasked frame', [0x82, 0x02, 0x7b, 0x7d]],
    ['reserved bits', [0xf2, 0x80, 0, 0, 0, 0]],
    ['an unknown opcode', [0x8b, 0x80, 0, 0, 0, 0]],
    ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0]],
    ['a length of 2^63', [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a close frame of one byte', [0x88, 0x81, 0, 0, 0, 0, 0]],
  ])('%s', async (_, bytes) => {
    await underAttack(async () => {
      const { ticket, address } = await hostileTicket();
      const socket = await enterByHand(ticket, address);
      await once(socket, 'data');
      socket.write(Buffer.from(bytes));
      socket.resume();
      await ended(socket);
    });
  });

  test('POST, an upgrade to something else, a handshake without a key', async () => {
    await underAttack(async () => {
      const { ticket } = await hostileTicket();
      const { host, hostname, port } = new URL(server.url);
      for (const [method, headers] of [
        ['POST', 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
        ['GET', 'Upgrade: h2c'],
        ['GET', 'Upgrade: websocket\r\nSec-WebSocket-Version: 13'],
      ] as const) {
        const socket = connect(Number(port), hostname);
        socket.write(
          `${method} /relay?ticket=${ticket} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n${headers}\r\n\r\n`,
        );
        const [answer] = await once(socket, 'data');
        expect(String(answer)).toMatch(/^HTTP\/1.1 4\d\d/);
        socket.destroy();
      }
    });
  });

  test('no upgrade: 404', async () => {
    expect((await fetch(`${server.url}/relay?ticket=x`)).status).toBe(404);
  });
});

describe('memory', () => {
  /** Resolves when the server takes no more of what the client sends. */
  async function stalled({ socket }: RelayClient): Promise<void> {
    let before = Number.POSITIVE_INFINITY;
    await expect
      .poll(
        () => {
          const isSame = socket.bufferedAmount === before;
          before = socket.bufferedAmount;
          return isSame && before > 0;
        },
        { interval: 500 },
      )
      .toBe(true);
  }

  test.each([
    ['64 KiB', 64 * KIB, 1000],
    ['100 bytes', 100, 200_000],
  ])(
    'one side sends frames of %s, the other does not read: memory stays flat, and all of it arrives later',
    async (_, size, count) => {
      const [sender, reader] = await hostilePair();
      await underAttack(async () => {
        reader.socket.pause();
        for (let n = 0; n < count; n++) sender.send(Buffer.alloc(size, n));
        await stalled(sender);
        await exchange(5);
        await expect.poll(heldBytes).toBeLessThan(RSS_GROWTH_BYTES);
      });
      reader.socket.resume();
      for (let n = 0; n < count; n++) {
        const frame = await reader.next();
        if (frame.length !== size || frame[0] !== (n & 255)) expect([n, frame]).toEqual([]);
      }
      await Promise.all([sender.close(), reader.closed]);
    },
  );

  test('five rooms in which both sides send and nobody reads', async () => {
    await underAttack(async () => {
      const rooms = await Promise.all(Array.from({ length: 5 }, hostilePair));
      const sides = rooms.flat();
      for (const { socket } of sides) socket.pause();
      for (const side of sides) for (let n = 0; n < 400; n++) side.send(Buffer.alloc(64 * KIB));
      await Promise.all(sides.map(stalled));
      await exchange(5);
      // Ten buffers rather than one; what they sent is 250 MiB.
      await expect.poll(heldBytes).toBeLessThan(2 * RSS_GROWTH_BYTES);
      for (const { socket } of sides) socket.terminate();
    });
  });
});

test('whatever was tried, the honest pair is still in its room', async () => {
  await exchange(10);
});
