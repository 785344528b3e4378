import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { idOf } from '../support/device.ts';
import { join } from '../support/raw-client.ts';
import { RelayClient, randomSession, relayPair, ticketFor } from '../support/relay-client.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const running: RunningServer[] = [];
const clients: RelayClient[] = [];

async function start(config: Partial<Config> = {}): Promise<string> {
  const server = await startServer({ port: 0, logLevel: 'silent', ...config });
  running.push(server);
  return server.url;
}

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

function enter(...args: ConstructorParameters<typeof RelayClient>): RelayClient {
  const client = new RelayClient(...args);
  clients.push(client);
  return client;
}

async function pair(...args: Parameters<typeof relayPair>): Promise<[RelayClient, RelayClient]> {
  const both = await relayPair(...args);
  clients.push(...both);
  return both;
}

/** A ticket for alice in the room of alice and bob. */
async function aliceTicket(url: string, session = randomSession()): Promise<string> {
  const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
  const ticket = await ticketFor(alice, bob.id, session);
  await Promise.all([alice.close(), bob.close()]);
  return ticket;
}

describe('a room', () => {
  test('takes any bytes from each side to the other, whole and in order', async () => {
    const [alice, bob] = await pair(await start());
    const frames = [0, 1, 125, 126, 65_535, 65_536, 68 * KIB].map((size) => randomBytes(size));
    for (const frame of frames) {
      alice.send(frame);
      bob.send(frame);
    }
    for (const frame of frames) {
      expect((await alice.next()).equals(frame)).toBe(true);
      expect((await bob.next()).equals(frame)).toBe(true);
    }
  });

  test('32 MiB both ways at once arrive as they were sent', async () => {
    const both = await pair(await start());
    const chunks = Array.from({ length: 512 }, () => randomBytes(64 * KIB));
    const expected = createHash('sha256').update(Buffer.concat(chunks)).digest('hex');
    for (const side of both) for (const chunk of chunks) side.send(chunk);
    for (const side of both) {
      const hash = createHash('sha256');
      for (const _ of chunks) hash.update(await side.next());
      expect(hash.digest('hex')).toBe(expected);
    }
  });

  test('with oneself, for whoever tests the relay', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    const session = randomSession();
    const tickets = [await ticketFor(alice, alice.id, session, 0), await ticketFor(alice, alice.id, session, 1)];
    const [left, right] = tickets.map((ticket) => enter(url, ticket));
    await Promise.all([left?.joined, right?.joined]);
    left?.send(Buffer.from('hello'));
    expect(String(await right?.next())).toBe('hello');
  });

  test('says that the other side left, after all it had sent', async () => {
    const [alice, bob] = await pair(await start());
    bob.socket.pause();
    const frames = Array.from({ length: 12 }, (_, n) => Buffer.alloc(64 * KIB, n));
    for (const frame of frames) alice.send(frame);
    expect((await alice.close()).code).toBe(1005);
    bob.socket.resume();
    for (const frame of frames) expect((await bob.next()).equals(frame)).toBe(true);
    expect(await bob.closed).toEqual({ code: 4404, reason: 'the other side left' });
  });

  test('ends for one whose other side is cut off', async () => {
    const [alice, bob] = await pair(await start());
    alice.socket.terminate();
    expect((await bob.closed).code).toBe(4404);
  });

  test('ends when the other side does not come', async () => {
    const url = await start({ relayWaitMs: 100 });
    const alice = enter(url, await aliceTicket(url));
    expect(await alice.closed).toEqual({ code: 4404, reason: 'the other side did not come' });
  });

  test('ends when its time is over', async () => {
    const both = await pair(await start({ relayLifetimeMs: 1000 }));
    for (const side of both) expect((await side.closed).code).toBe(4408);
  });

  test('a dead connection is found, a quiet one stays', async () => {
    const url = await start({ relayPingMs: 1500 });
    const quiet = await pair(url, { names: ['carol', 'dave'] });
    const [alice, bob] = await pair(url);
    // A hung program: the system still takes what comes, nobody answers.
    alice.socket.pause();
    expect((await bob.closed).code).toBe(4404);
    quiet[0].send(Buffer.from('still here'));
    expect(String(await quiet[1].next())).toBe('still here');
  });

  test('the server stops: everybody is told, and a hung client holds nothing up', async () => {
    const url = await start();
    const both = await pair(url);
    const [hung] = await pair(url, { names: ['carol', 'dave'] });
    hung.socket.pause();
    const waiting = enter(url, await aliceTicket(url));
    expect(await waiting.refused).toBeUndefined();
    await running.splice(0)[0]?.close();
    for (const side of [...both, waiting]) expect(await side.closed).toEqual({ code: 1001, reason: 'server stops' });
  });
});

test('a ticket that was not used in time: 401', async () => {
  const url = await start({ relayTicketTtlMs: 100 });
  const ticket = await aliceTicket(url);
  const expiresMs = Number(ticket.split('.')[2]);
  await expect.poll(() => Date.now()).toBeGreaterThan(expiresMs);
  expect(await enter(url, ticket).refused).toBe(401);
});

test('a web page: 403, with any ticket', async () => {
  const url = await start();
  expect(await enter(url, await aliceTicket(url), { origin: 'https://evil.example' }).refused).toBe(403);
});

test('no relay: 404', async () => {
  const url = await start();
  const ticket = await aliceTicket(url);
  expect(await enter(await start({ relay: false }), ticket).refused).toBe(404);
});

test('an URL over 1 kB: 414', async () => {
  expect(await enter(await start(), 'x'.repeat(1024)).refused).toBe(414);
});

describe('who comes again', () => {
  test('while waiting: takes the place of the connection it has given up', async () => {
    const url = await start();
    const session = randomSession();
    const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
    const first = enter(url, await ticketFor(alice, bob.id, session));
    expect(await first.refused).toBeUndefined();
    const second = enter(url, await ticketFor(alice, bob.id, session));
    expect(await first.closed).toEqual({ code: 4001, reason: 'connected again' });
    const other = enter(url, await ticketFor(bob, alice.id, session));
    await Promise.all([second.joined, other.joined]);
    second.send(Buffer.from('hello'));
    expect(String(await other.next())).toBe('hello');
  });

  test('later: both meet in a new room, and the old one is theirs until they leave it', async () => {
    const url = await start();
    const session = randomSession();
    const old = await pair(url, { session });
    const fresh = await pair(url, { session });
    for (const [from, to, word] of [
      [old[0], old[1], 'old'],
      [fresh[0], fresh[1], 'new'],
      [old[1], old[0], 'old'],
      [fresh[1], fresh[0], 'new'],
    ] as const) {
      from.send(Buffer.from(word));
      expect(String(await to.next())).toBe(word);
    }
  });
});

describe('quotas', () => {
  const PROXY = { trustedProxies: ['127.0.0.1'] };

  /** How many of these frames come through before the room ends. */
  async function countUntilClosed(from: RelayClient, to: RelayClient, frameBytes: number): Promise<number> {
    const frame = Buffer.alloc(frameBytes);
    let isOpen = true;
    to.closed.then(() => {
      isOpen = false;
    });
    for (let count = 0; ; count++) {
      from.send(frame);
      try {
        await to.next();
      } catch {
        expect(isOpen).toBe(false);
        return count;
      }
    }
  }

  test('bytes of a room, both ways together', async () => {
    const [alice, bob] = await pair(await start({ relayBytesPerRoom: MIB }));
    alice.send(Buffer.alloc(60 * KIB));
    await bob.next();
    // Each frame counts one KiB more than it holds.
    expect(await countUntilClosed(bob, alice, 60 * KIB)).toBe(Math.floor(MIB / (61 * KIB)) - 1);
    for (const side of [alice, bob]) {
      expect(await side.closed).toEqual({ code: 4413, reason: 'no more bytes for this room' });
    }
  });

  test('bytes of an address in an hour, in all its rooms; others go on', async () => {
    const url = await start({ ...PROXY, relayBytesPerAddressPerHour: 2 * MIB });
    const [first, second, others] = await Promise.all([
      pair(url, { addresses: ['203.0.113.1', '203.0.113.2'] }),
      pair(url, { names: ['carol', 'dave'], addresses: ['203.0.113.1', '203.0.113.3'] }),
      pair(url, { names: ['erin', 'frank'], addresses: ['203.0.113.4', '203.0.113.5'] }),
    ]);
    await countUntilClosed(first[0], first[1], 64 * KIB);
    expect(await first[0].closed).toEqual({ code: 4413, reason: 'no more bytes for this address' });
    expect(await countUntilClosed(second[0], second[1], 64 * KIB)).toBeLessThan(2);
    expect((await second[1].closed).code).toBe(4413);
    for (let n = 0; n < 8; n++) {
      others[0].send(Buffer.alloc(64 * KIB));
      await others[1].next();
    }
    // Nor does it get into another room, where its first frame would be its last.
    const grace = await join(url, 'grace', { address: '203.0.113.1' });
    await expect(ticketFor(grace, idOf('heidi'), randomSession())).rejects.toThrow(/"refused".*"busy"/);
    const heidi = await join(url, 'heidi', { address: '203.0.113.4' });
    expect(await ticketFor(heidi, grace.id, randomSession())).toMatch(/./);
    await Promise.all([grace.close(), heidi.close()]);
  });

  test('sockets of an address, and a place is free again when one closes', async () => {
    const url = await start({ ...PROXY, relaySocketsPerAddress: 1 });
    const address = { address: '203.0.113.1' };
    const tickets = [await aliceTicket(url), await aliceTicket(url), await aliceTicket(url)];
    const first = enter(url, tickets[0] ?? '', address);
    expect(await first.refused).toBeUndefined();
    expect(await enter(url, tickets[1] ?? '', address).refused).toBe(429);
    await first.close();
    await expect.poll(() => enter(url, tickets[2] ?? '', address).refused).toBeUndefined();
  });

  test('connects of an address', async () => {
    const url = await start({ connectsPerAddressPerMinute: 5 });
    const statuses: (number | undefined)[] = [];
    for (let n = 0; n < 6; n++) statuses.push(await enter(url, 'x').refused);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  test('sockets in all: no more tickets, no more places', async () => {
    const url = await start({ relaySockets: 2 });
    const ticket = await aliceTicket(url);
    await pair(url);
    expect(await enter(url, ticket).refused).toBe(503);
    const carol = await join(url, 'carol');
    carol.send({ type: 'relay-ticket', n: 5, peer: carol.id, session: randomSession(), side: 0 });
    expect(await carol.next()).toEqual({ type: 'refused', n: 5, code: 'busy' });
  });
});
