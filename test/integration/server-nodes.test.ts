import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Budget } from '../../peer-server/backplane/backplane.ts';
import { MemoryBackplane } from '../../peer-server/backplane/memory.ts';
import { completeConfig } from '../../peer-server/config.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { idOf } from '../support/device.ts';
import { dial, join, offer, signedToken } from '../support/raw-client.ts';
import { RelayClient, randomSession, ticketFor } from '../support/relay-client.ts';

// Two servers that share a backplane act as one: nothing in a server may take itself for the only one.

const CONFIG = completeConfig({
  port: 0,
  logLevel: 'silent',
  allowStockClients: true,
  publicHosts: ['pairwise.example'],
  connectsPerAddressPerMinute: 20,
  relaySecret: 'the-secret-of-both',
  pendingTimeoutMs: 50,
});
const SID_H = 'AAECAwQFBgcICQoLDA0ODw';

/** A backplane whose state can be out of reach, as that of another process can. */
class FragileBackplane extends MemoryBackplane {
  isReachable = true;
  areBudgetsReachable = true;

  constructor() {
    super(CONFIG);
    const { directory, nameplates } = this;
    for (const method of ['register', 'announce', 'unregister', 'send'] as const) this.#breakable(directory, method);
    for (const method of ['open', 'claim', 'close'] as const) this.#breakable(nameplates, method);
  }

  override budget(name: string, limit: number, windowMs: number): Budget {
    const real = super.budget(name, limit, windowMs);
    return {
      take: async (key) => {
        if (!this.areBudgetsReachable) throw new Error('unreachable');
        return real.take(key);
      },
      giveBack: (key) => real.giveBack(key),
      isSpent: (key) => real.isSpent(key),
    };
  }

  #breakable<Name extends string>(part: Record<Name, (...args: never[]) => Promise<unknown>>, name: Name): void {
    const real: (...args: never[]) => Promise<unknown> = part[name].bind(part);
    part[name] = async (...args) => {
      if (!this.isReachable) throw new Error('unreachable');
      return real(...args);
    };
  }
}

let backplane: FragileBackplane;
let east: RunningServer;
let west: RunningServer;

beforeEach(async () => {
  backplane = new FragileBackplane();
  [east, west] = await Promise.all([startServer(CONFIG, backplane), startServer(CONFIG, backplane)]);
});
afterEach(async () => {
  await Promise.all([east.close(), west.close()]);
  await backplane.close();
});

function fresh(name: string): { token: string } {
  return { token: signedToken(name, { host: 'pairwise.example' }) };
}

test('messages cross in order, both ways', async () => {
  const [alice, bob] = await Promise.all([
    join(east.url, 'alice', fresh('alice')),
    join(west.url, 'bob', fresh('bob')),
  ]);
  for (let n = 0; n < 50; n++) {
    alice.send(offer(bob.id, { n }));
    bob.send(offer(alice.id, { n }));
  }
  for (let n = 0; n < 50; n++) {
    expect(await bob.next()).toEqual({ type: 'OFFER', src: alice.id, dst: bob.id, payload: { n } });
    expect(await alice.next()).toMatchObject({ src: bob.id, payload: { n } });
  }
});

test('a device that comes to the other server leaves the first, and is found there', async () => {
  const alice = await join(east.url, 'alice', fresh('alice'));
  let bob = await join(east.url, 'bob', fresh('bob'));
  for (const { url } of [west, east, west]) {
    const newcomer = await join(url, 'bob', fresh('bob'));
    expect(await bob.closed).toEqual({ code: 4001, reason: 'connected again elsewhere' });
    bob = newcomer;
    alice.send(offer(bob.id, { url }));
    expect(await bob.next()).toMatchObject({ src: alice.id, payload: { url } });
  }
});

test('what waits is delivered on whichever server its receiver appears; nobody there means EXPIRE', async () => {
  const alice = await join(east.url, 'alice', fresh('alice'));
  alice.send(offer(idOf('bob'), { n: 1 }));
  expect(await alice.flush()).toEqual([]);
  const bob = await join(west.url, 'bob', fresh('bob'));
  expect(await bob.next()).toMatchObject({ src: alice.id, payload: { n: 1 } });
  await bob.close();
  alice.send(offer(bob.id, { n: 2 }));
  expect(await alice.next()).toEqual({ type: 'EXPIRE', src: bob.id, dst: alice.id });
});

test('a token used on one is used on the other', async () => {
  const { token } = fresh('bob');
  await join(east.url, 'bob', { token });
  expect(await dial(west.url, 'bob', { token }).refused).toBe(401);
});

test('a nameplate opened on one is claimed once, on either', async () => {
  const [alice, bob, carol] = await Promise.all([
    join(east.url, 'alice', fresh('alice')),
    join(west.url, 'bob', fresh('bob')),
    join(east.url, 'carol', fresh('carol')),
  ]);
  alice.send({ type: 'nameplate-open', n: 1, sidH: SID_H });
  const { nameplate } = await alice.next();
  for (const client of [bob, carol]) client.send({ type: 'nameplate-claim', n: 1, nameplate });
  const answers = await Promise.all([bob.next(), carol.next()]);
  expect(answers.map(({ type }) => type).sort()).toEqual(['nameplate-claimed', 'nameplate-refused']);
});

test('connects of an address are counted over both', async () => {
  const attempts = Array.from({ length: 30 }, (_, n) => dial((n % 2 ? east : west).url, 'bob', { token: 'none' }));
  const statuses = await Promise.all(attempts.map(({ refused }) => refused));
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
});

test('a stock client’s id is taken on both', async () => {
  await join(east.url, 'pc', { stock: true });
  expect(await dial(west.url, 'pc', { stock: true, token: 'stolen' }).next()).toMatchObject({ type: 'ID-TAKEN' });
});

test('when one stops, those on the other go on and find the rest there', async () => {
  const [alice, bob] = await Promise.all([
    join(east.url, 'alice', fresh('alice')),
    join(west.url, 'bob', fresh('bob')),
  ]);
  await east.close();
  expect(await alice.closed).toEqual({ code: 1001, reason: 'server stops' });
  const again = await join(west.url, 'alice', fresh('alice'));
  again.send(offer(bob.id, { n: 1 }));
  expect(await bob.next()).toMatchObject({ src: alice.id, payload: { n: 1 } });
});

test('shared state out of reach: those inside still talk, everything else is answered, and it heals', async () => {
  const [alice, bob] = await Promise.all([
    join(east.url, 'alice', fresh('alice')),
    join(east.url, 'bob', fresh('bob')),
  ]);
  backplane.isReachable = false;
  alice.send(offer(bob.id, { n: 1 }));
  expect(await bob.next()).toMatchObject({ src: alice.id, payload: { n: 1 } });
  alice.send(offer(idOf('carol')));
  expect(await alice.next()).toEqual({ type: 'EXPIRE', src: idOf('carol'), dst: alice.id });
  alice.send({ type: 'nameplate-open', n: 1, sidH: SID_H });
  expect(await alice.next()).toEqual({ type: 'nameplate-refused', n: 1, code: 'busy' });
  alice.send({ type: 'nameplate-claim', n: 2, nameplate: '0000' });
  expect(await alice.next()).toEqual({ type: 'nameplate-refused', n: 2, code: 'busy' });
  expect(await dial(west.url, 'carol', fresh('carol')).closed).toEqual({ code: 1011, reason: 'try again later' });
  await bob.close();
  backplane.isReachable = true;
  const carol = await join(west.url, 'carol', fresh('carol'));
  alice.send(offer(carol.id, { n: 2 }));
  expect(await carol.next()).toMatchObject({ src: alice.id, payload: { n: 2 } });
  alice.send({ type: 'nameplate-open', n: 3, sidH: SID_H });
  expect(await alice.next()).toMatchObject({ type: 'nameplate-opened', n: 3 });
});

test('a relay ticket of one server is good at the other, once; both sides have to meet at the same one', async () => {
  const [alice, bob] = await Promise.all([
    join(east.url, 'alice', fresh('alice')),
    join(west.url, 'bob', fresh('bob')),
  ]);
  const session = randomSession();
  const [first, second] = [await ticketFor(alice, bob.id, session), await ticketFor(bob, alice.id, session)];
  const left = new RelayClient(west.url, first);
  expect(await left.refused).toBeUndefined();
  expect(await new RelayClient(east.url, first).refused).toBe(401);
  const right = new RelayClient(west.url, second);
  await Promise.all([left.joined, right.joined]);
  left.send(Buffer.from('hello'));
  expect(String(await right.next())).toBe('hello');
});

test('budgets out of reach: no ticket is made or taken, rooms go on', async () => {
  const [alice, bob] = await Promise.all([
    join(east.url, 'alice', fresh('alice')),
    join(east.url, 'bob', fresh('bob')),
  ]);
  const session = randomSession();
  const tickets = [await ticketFor(alice, bob.id, session), await ticketFor(bob, alice.id, session)];
  const spare = await ticketFor(alice, bob.id, session);
  const [left, right] = tickets.map((ticket) => new RelayClient(east.url, ticket));
  await Promise.all([left?.joined, right?.joined]);
  backplane.areBudgetsReachable = false;
  alice.send({ type: 'relay-ticket', n: 9, peer: bob.id, session });
  expect(await alice.next()).toEqual({ type: 'refused', n: 9, code: 'busy' });
  expect(await new RelayClient(east.url, spare).refused).not.toBeUndefined();
  // More than what was taken of the budget ahead.
  for (let n = 0; n < 40; n++) {
    left?.send(Buffer.alloc(64 * 1024, n));
    expect((await right?.next())?.[0]).toBe(n);
  }
  backplane.areBudgetsReachable = true;
});
