import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import type { Role } from '../../extension/core/crypto/session-keys.ts';
import type { Link } from '../../extension/core/link/link.ts';
import { decodeRelayFrame, encodeRelayFrame, RelayDataEncoder } from '../../extension/core/link/relay-frames.ts';
import { RelayLink } from '../../extension/core/link/relay-link.ts';
import { openSecureLink } from '../../extension/core/link/secure-link.ts';
import { caughtUp, watchWork } from '../support/outside-clock.ts';
import { ScriptedSocket } from '../support/scripted-socket.ts';

const LATENCY_MS = 30;
const ROLES: readonly [Role, Role] = ['initiator', 'responder'];

/** A relay of which both believe that it is one. What it passes on is counted. */
class Relay {
  readonly sockets = [new ScriptedSocket(), new ScriptedSocket()] as const;
  /** Frames go nowhere any more, and whatever is asked in the open is answered in the name of the other side. */
  swallows: 'nothing' | 'all' | 'of the first' = 'nothing';
  count = 0;

  /** Everything that was written. To be called often. */
  turn(): void {
    for (const from of [0, 1] as const) {
      const [mine, theirs] = [this.sockets[from], this.sockets[from === 0 ? 1 : 0]];
      for (const message of mine.sent.splice(0)) {
        this.count += 1;
        const isSwallowed = this.swallows === 'all' || (this.swallows === 'of the first' && from === 0);
        const frame = decodeRelayFrame(message);
        if (isSwallowed && frame.type === 'ping') mine.says(encodeRelayFrame({ type: 'pong', n: frame.n }));
        else if (!isSwallowed) setTimeout(() => theirs.says(message), LATENCY_MS);
      }
    }
  }
}

let relay: Relay;
let links: readonly [Link, Link];
let ends: (string | null)[];

beforeEach(async () => {
  vi.useFakeTimers();
  watchWork();
  relay = new Relay();
  const secret = await importSecret(new Uint8Array(32).fill(1));
  const open = (side: 0 | 1) =>
    openSecureLink(new RelayLink(relay.sockets[side]), { secret, room: 'room', role: ROLES[side] });
  const opening = Promise.all([open(0), open(1)]);
  await pass(200);
  links = await opening;
  ends = [null, null];
  for (const [side, link] of links.entries()) void link.closed.then((reason) => (ends[side] = reason));
});
afterEach(() => {
  for (const link of links) link.close('replaced');
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Lets time pass for all of it. Frames are sealed outside of the clock. */
async function pass(ms: number, stepMs = 50): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    await vi.advanceTimersByTimeAsync(stepMs);
    await caughtUp();
    relay.turn();
  }
}
async function until(isSo: () => boolean, limitMs: number): Promise<number> {
  const startedAt = performance.now();
  while (!isSo() && performance.now() - startedAt < limitMs) await pass(50);
  return performance.now() - startedAt;
}
async function drain(link: Link): Promise<void> {
  const reader = link.lane('control').frames.getReader();
  while (!(await reader.read()).done);
}
const say = (link: Link) =>
  link
    .lane('control')
    .send(Uint8Array.of(1))
    .catch(() => {});

const bothRead = () => {
  for (const link of links) void drain(link);
};

describe('two who are connected through a relay', () => {
  beforeEach(bothRead);

  test('and say nothing ask each other once in 20 s, and only one of them', async () => {
    await pass(30_000, 100);
    relay.count = 0;
    await pass(600_000, 200);
    // A question and its answer each.
    expect(relay.count).toBeGreaterThan(50);
    expect(relay.count).toBeLessThanOrEqual(62);
    expect([ends, links.map(({ isSuspect }) => isSuspect)]).toEqual([
      [null, null],
      [false, false],
    ]);
    expect(Math.min(...links.map(({ rttMs }) => rttMs ?? 0))).toBeGreaterThanOrEqual(2 * LATENCY_MS);
  });

  test('and talk all the time ask nothing', async () => {
    await pass(1_000);
    relay.count = 0;
    for (let count = 0; count < 30; count++) {
      await say(links[count % 2 === 0 ? 0 : 1]);
      await pass(1_000, 100);
    }
    expect(relay.count).toBe(30);
  });

  test('and are asked because of a doubt answer, in time', async () => {
    await pass(30_000, 100);
    for (const link of links) link.probe();
    await pass(500);
    expect(links.map(({ isSuspect }) => isSuspect)).toEqual([false, false]);
  });
});

describe('a relay that lets nothing through any more, and answers for the other side,', () => {
  beforeEach(bothRead);

  test('is in doubt, and then left, by two who say nothing', async () => {
    await pass(60_000, 100);
    relay.swallows = 'all';
    expect(await until(() => links.every(({ isSuspect }) => isSuspect), 60_000)).toBeLessThan(27_000);
    await until(() => ends.every((reason) => reason !== null), 60_000);
    expect(ends).toEqual(['link-lost', 'link-lost']);
  });

  test('is in doubt within 3 s for whoever says something, and left after 10', async () => {
    await pass(30_000, 100);
    let changes = 0;
    links[0].onChange(() => {
      changes += 1;
    });
    relay.swallows = 'all';
    await say(links[0]);
    expect(await until(() => links[0].isSuspect, 10_000)).toBeLessThan(3_000);
    expect(changes).toBe(1);
    expect(await until(() => ends[0] !== null, 20_000)).toBeLessThan(8_000);
    expect(ends[0]).toBe('link-lost');
  });

  test('is left before a transfer is called stalled', async () => {
    for (let count = 0; count < 30; count++) {
      await Promise.all(links.map(say));
      await pass(100);
    }
    relay.swallows = 'all';
    expect(await until(() => ends.every((reason) => reason !== null), 60_000)).toBeLessThan(14_500);
  });

  test('is in doubt a second after somebody has asked', async () => {
    await pass(30_000, 100);
    relay.swallows = 'all';
    links[1].probe();
    await pass(900);
    expect(links[1].isSuspect).toBe(false);
    await pass(200);
    expect(links[1].isSuspect).toBe(true);
  });

  test('for one direction only is left as well', async () => {
    await pass(30_000, 100);
    relay.swallows = 'of the first';
    await say(links[0]);
    expect(await until(() => ends[0] !== null, 30_000)).toBeLessThan(11_000);
    await until(() => ends[1] !== null, 60_000);
    expect(ends).toEqual(['link-lost', 'link-lost']);
  });
});

test('a side that doesn’t read for a minute is neither lost nor takes the other for lost', async () => {
  const [sender, reader] = links;
  void drain(sender);
  const sends = Array.from({ length: 40 }, () => sender.lane('control').send(new Uint8Array(30_000)));
  await pass(60_000, 100);
  expect(ends).toEqual([null, null]);
  const reading = drain(reader);
  await Promise.all([Promise.all(sends), pass(3_000)]);
  sender.close('bye');
  await pass(100);
  await reading;
  expect(ends).toEqual(['bye', 'bye']);
});

test('with a peer that has no sealed heartbeats the open ones go on, and none are sealed', async () => {
  const socket = new ScriptedSocket();
  const secret = await importSecret(new Uint8Array(32).fill(1));
  const opening = openSecureLink(new RelayLink(socket), { secret, room: 'room', role: 'initiator' });
  const hello = Uint8Array.of(1, 0, ...crypto.getRandomValues(new Uint8Array(16)));
  socket.says(new RelayDataEncoder().encode('control', hello).slice());
  await pass(100);
  const link = await opening;
  socket.sent.length = 0;
  for (let beat = 0; beat < 20; beat++) {
    await pass(3_500, 500);
    socket.says(encodeRelayFrame({ type: 'ping', n: beat }));
  }
  expect(link.isSuspect).toBe(false);
  const kinds = new Set(socket.sent.map((message) => decodeRelayFrame(message).type));
  expect(kinds).toEqual(new Set(['ping', 'pong']));
  link.close('replaced');
});
