import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dhKey, generateX25519 } from '../../extension/core/crypto/dh.ts';
import { initiate } from '../../extension/core/crypto/noise-kk.ts';
import { noisePrologue } from '../../extension/core/crypto/session-keys.ts';
import { toBase64Url } from '../../extension/core/shared/bytes.ts';
import { Handshake } from '../../extension/core/signalling/handshake.ts';
import { createMemoryPeers, type MemoryPeer, pass, until } from '../support/memory-peers.ts';
import { caughtUp, watchWork } from '../support/outside-clock.ts';

type Two = Awaited<ReturnType<typeof createMemoryPeers>>;
let two: Two;

beforeEach(async () => {
  vi.useFakeTimers();
  watchWork();
  two = await createMemoryPeers();
});
afterEach(() => {
  two.alice.leaves();
  two.bob.leaves();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const isConnected = ({ alice, bob }: Two, path?: string) =>
  [alice, bob].every(({ session: { link } }) => link !== null && (path === undefined || link.path === path));

/** Both are there and connected. */
async function meet(): Promise<Two> {
  two.alice.place.comes();
  two.bob.place.comes();
  await until(() => isConnected(two), 5_000);
  return two;
}

/** Each hears what the other says. Gives how long that took. */
function talk({ alice, bob }: Two, limitMs: number): Promise<number> {
  const [fromAlice, fromBob] = [`alice ${performance.now()}`, `bob ${performance.now()}`];
  alice.says(fromAlice);
  bob.says(fromBob);
  return until(() => alice.texts.includes(fromBob) && bob.texts.includes(fromAlice), limitMs);
}

const disconnects = (...peers: MemoryPeer[]) => peers.flatMap(({ events }) => events).includes('disconnected');
const knocks = ({ server }: Two, { place }: MemoryPeer) =>
  server.sent.filter(({ src, type }) => type === 'knock' && src === place.id);

describe('two who are there', () => {
  test('meet on one direct link, and leave nothing behind', async () => {
    const { alice, bob, server } = await meet();
    await talk(two, 1_000);
    expect(server.connections.length).toBe(1);
    expect([alice.session.link?.path, alice.events, bob.events]).toEqual(['direct', ['connected'], ['connected']]);
    await pass(60_000, 1_000);
    expect([server.connections.length, server.relayed.length, disconnects(alice, bob)]).toEqual([1, 0, false]);
    alice.leaves();
    bob.leaves();
    expect(server.connections[0]?.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    await pass(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('meet on the relay when nothing direct opens, and move to a direct link once one does', async () => {
    const { alice, bob, server } = two;
    server.directWorks = false;
    alice.place.comes();
    bob.place.comes();
    const tookMs = await until(() => isConnected(two, 'relay'), 5_000);
    expect(tookMs).toBeGreaterThan(2_000);
    expect(tookMs).toBeLessThan(2_700);
    // The dial of the race is over by the next one.
    await pass(10_000, 500);
    server.directWorks = true;
    await until(() => isConnected(two, 'direct'), 20_000);
    await talk(two, 1_000);
    await pass(2_000);
    expect(await server.relayed[0]?.a.closed).toMatch(/^(replaced|bye)$/);
    expect(disconnects(alice, bob)).toBe(false);
  });

  test('who were on the relay a moment ago go there at once', async () => {
    const { server } = two;
    server.directWorks = false;
    await meet();
    server.relayed[0]?.cut();
    expect(await until(() => isConnected(two, 'relay'), 5_000)).toBeLessThan(700);
  });

  test('are told why when nothing works, and look for each other again', async () => {
    const { alice, bob, server } = two;
    server.directWorks = server.relayWorks = false;
    alice.place.comes();
    bob.place.comes();
    await until(() => alice.statuses.at(-1)?.state === 'failed' && bob.statuses.at(-1)?.state === 'failed', 20_000);
    expect(alice.statuses.at(-1)).toEqual({ state: 'failed', code: 'peer-unreachable' });
    server.directWorks = true;
    await until(() => isConnected(two), 10_000);
  });
});

test.each([0.3, 1, 1.5, 2.5])('who are %d s of round trip apart stay on one link, whatever they say', async (rttS) => {
  two.server.onOpening = (ends) => {
    for (const end of ends) end.delays((rttS * 1_000) / 2);
  };
  two.alice.place.comes();
  two.bob.place.comes();
  await until(() => isConnected(two), 10_000);
  for (let line = 0; line < 20; line++) {
    (line % 2 === 0 ? two.alice : two.bob).says(`line ${line}`);
    await pass(4_000, 100);
  }
  expect([two.alice.texts.length, two.bob.texts.length]).toEqual([10, 10]);
  expect([two.server.connections.length, two.server.relayed.length]).toEqual([1, 0]);
});

describe('knocks', () => {
  test('at somebody who is away grow rare, never in step', async () => {
    const { alice } = two;
    alice.place.comes();
    await pass(600_000, 500);
    const times = knocks(two, alice).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(times.length).toBeLessThan(18);
    expect(gaps[0]).toBeLessThan(5_600);
    const late = gaps.slice(-6);
    expect(Math.min(...late)).toBeGreaterThan(44_000);
    expect(Math.max(...late)).toBeLessThan(76_000);
    expect(new Set(late).size).toBeGreaterThan(1);
  });

  test('that are lost are followed by another within seconds', async () => {
    const { alice, bob, server } = two;
    let isLost = true;
    server.fate = ({ type }) => {
      if (type !== 'knock' || !isLost) return 'arrives';
      isLost = false;
      return 'lost';
    };
    alice.place.comes();
    await pass(100);
    expect(isLost).toBe(false);
    server.fate = ({ type, src }) => (type === 'knock' && src === bob.place.id ? 'lost' : 'arrives');
    bob.place.comes();
    expect(await until(() => isConnected(two), 10_000)).toBeLessThan(5_800);
  });

  test('of both at once lead to one session', async () => {
    await meet();
    const { alice, bob, server } = two;
    for (const [mine, theirs] of server.connections) {
      mine.connection.close();
      theirs.connection.close();
    }
    expect(await until(() => isConnected(two), 5_000)).toBeLessThan(600);
    await talk(two, 1_000);
    await pass(20_000, 500);
    expect(server.connections.filter(([end]) => !end.isClosed).length).toBe(1);
    expect([alice.session.link !== null, bob.session.link !== null]).toEqual([true, true]);
  });

  test('that were answered late count no more than those that came after', async () => {
    const { alice, bob, server } = two;
    // The answer to the first is on its way while Alice is on the server anew and knocks again.
    server.fate = ({ type, src }) => {
      if (src === bob.place.id && type === 'knock') return 'lost';
      return type === 'welcome' ? 'waits' : 'arrives';
    };
    bob.place.comes();
    alice.place.comes();
    await pass(200);
    alice.place.goes();
    alice.place.comes();
    await pass(200);
    expect(server.sent.filter(({ type }) => type === 'welcome').length).toBe(2);
    server.fate = () => 'arrives';
    server.release();
    expect(await until(() => isConnected(two), 5_000)).toBeLessThan(600);
    await talk(two, 1_000);
  });

  test('of which the first was never answered are not spoilt by it', async () => {
    const { alice, bob, server } = two;
    server.fate = ({ type, src }) => (type === 'knock' && src === bob.place.id ? 'lost' : 'arrives');
    bob.place.comes();
    alice.place.isDeaf = true;
    alice.place.status.value = 'online';
    await pass(100);
    alice.place.goes();
    alice.place.comes();
    expect(await until(() => isConnected(two), 5_000)).toBeLessThan(600);
  });
});

describe('a link that has died without a word', () => {
  test('is noticed by what was said and had no echo, and another is there within 3 s', async () => {
    const { alice, bob, server } = await meet();
    await pass(10_000, 500);
    for (const end of server.connections[0] ?? []) end.mute();
    expect(await talk(two, 10_000)).toBeLessThan(3_000);
    expect([disconnects(alice, bob), server.connections.length]).toEqual([false, 2]);
  });

  // The side that leads hears everything, and is not in doubt at all.
  test.each([['alice'], ['bob']] as const)('towards one side only is left as fast, if that is %s', async (name) => {
    const { server } = await meet();
    await pass(10_000, 500);
    const [ofAlice, ofBob] = server.connections[0] ?? [];
    (name === 'alice' ? ofBob : ofAlice)?.mute();
    expect(await talk(two, 10_000)).toBeLessThan(3_000);
    await pass(15_000, 500);
    expect(server.connections.map(([end]) => end.isClosed)).toEqual([true, false]);
  });

  test('together with the server’s socket is replaced within 2 s all the same, while a new socket takes 0.5', async () => {
    const { alice, server } = await meet();
    await pass(10_000, 500);
    for (const end of server.connections[0] ?? []) end.mute();
    alice.place.isDeaf = true;
    const back = alice.place.status.subscribe((status) => {
      if (status === 'unreachable') setTimeout(() => alice.place.comes(), 500);
    });
    expect(await talk(two, 10_000)).toBeLessThan(2_000);
    back();
  });

  test('and only then has the server asked for a sign of life', async () => {
    const { alice, bob, server } = await meet();
    const doubt = vi.spyOn(bob.place, 'doubt');
    for (let line = 0; line < 10; line++) {
      alice.says(`line ${line}`);
      await pass(3_000, 100);
    }
    expect(doubt).not.toHaveBeenCalled();
    for (const end of server.connections[0] ?? []) end.mute();
    bob.says('is anybody there?');
    await pass(1_100);
    expect([doubt.mock.calls.length, bob.session.link?.isSuspect]).toEqual([1, false]);
  });

  test.each([['alice'], ['bob']] as const)(
    'but lives again before the next one opens: %s stays on it',
    async (name) => {
      const { alice, bob, server } = await meet();
      await pass(10_000, 500);
      const [ofAlice, ofBob] = server.connections[0] ?? [];
      const muted = name === 'alice' ? ofBob : ofAlice;
      muted?.mute();
      const { session } = two[name];
      two[name].says('is anybody there?');
      await until(() => session.link?.isSuspect ?? false, 5_000);
      server.directWorks = server.relayWorks = false;
      await until(() => server.connections.length === 2, 2_000);
      muted?.mute(false);
      two[name === 'alice' ? 'bob' : 'alice'].says('yes');
      await pass(400);
      const next = server.connections[1];
      for (const end of next ?? []) end.opens();
      await pass(2_000);
      expect(server.connections.map(([end]) => end.isClosed)).toEqual([false, true]);
      await talk(two, 1_000);
      expect(disconnects(alice, bob)).toBe(false);
    },
  );
});

test('who has lost the link that the other hears again, and whom it throws the next one away, is back at once', async () => {
  const { alice, bob, server } = await meet();
  await pass(10_000, 500);
  const [ofAlice, ofBob] = server.connections[0] ?? [];
  ofBob?.mute();
  alice.says('is anybody there?');
  await until(() => alice.session.link?.isSuspect ?? false, 5_000);
  server.directWorks = false;
  await until(() => server.connections.length === 2, 2_000);
  await pass(100);
  ofBob?.connection.close();
  // It was on its way.
  ofAlice?.connection.emit('data', new TextEncoder().encode('{"type":"pong","n":1}').buffer);
  await pass(50);
  expect([alice.session.link?.isSuspect, bob.session.link]).toEqual([false, null]);
  server.directWorks = true;
  server.connections[1]?.[0].opens();
  await until(() => server.connections[1]?.[1].isClosed ?? false, 500);
  expect(await until(() => bob.session.link !== null && alice.session.link !== null, 10_000)).toBeLessThan(1_000);
  expect(await talk(two, 1_000)).toBeLessThan(1_000);
  expect(bob.statuses.map(({ state }) => state)).not.toContain('failed');
});

describe('two of different versions', () => {
  const shown = ({ statuses }: MemoryPeer) => statuses.at(-1);

  test('are told which is to be updated, hardly try again, and meet at once when it is', async () => {
    const { alice, bob, server } = two;
    bob.version = 2;
    alice.place.comes();
    bob.place.comes();
    const isTold = () => shown(alice)?.state === 'failed' && shown(bob)?.state === 'failed';
    await until(isTold, 5_000);
    const all = [alice, bob].map(({ statuses }) => statuses.length);
    await pass(300_000, 500);
    expect([shown(alice), shown(bob)]).toEqual([
      { state: 'failed', code: 'version-behind' },
      { state: 'failed', code: 'version-ahead' },
    ]);
    expect(server.connections.map(([end]) => end.isClosed)).toEqual([true]);
    expect([alice, bob].map(({ statuses }) => statuses.length)).toEqual(all);
    // Who is updated starts anew.
    alice.version = 2;
    alice.place.goes();
    alice.place.comes();
    expect(await until(() => isConnected(two), 5_000)).toBeLessThan(600);
  });

  test.each([
    [2, 'version-behind'],
    [0, 'version-ahead'],
  ] as const)('of the session itself, %d here, are told so by a knock', async (version, code) => {
    const told: string[] = [];
    const sent: string[] = [];
    const [self, peer] = await Promise.all([generateX25519().then(dhKey), generateX25519().then(dhKey)]);
    const psk = async () => new Uint8Array(32);
    const [id, peerId] = ['A'.repeat(22), 'B'.repeat(22)];
    const handshake = new Handshake({
      self: { id, identity: self },
      peerId,
      credentials: { identityKey: peer.publicKey, psk, lastTs: 5 },
      send: ({ type }) => sent.push(type) > 0,
      onFresh: () => told.push('fresh'),
      onTs: () => told.push('ts'),
      onOtherVersion: (what) => told.push(what),
    });
    const prologue = noisePrologue(peerId, id);
    const knock = async (payload: object) => {
      const options = { prologue, self: peer, peer: self.publicKey, psk };
      const { message } = await initiate(options, new TextEncoder().encode(JSON.stringify(payload)));
      handshake.receive({ type: 'knock', noise: toBase64Url(message) });
      await caughtUp();
    };
    // A recording of the time before an update.
    await knock({ v: version, ts: 5 });
    expect(told).toEqual([]);
    await knock({ v: version, ts: 6, more: 'of it' });
    // So the peer knows too, which can't read an answer. What comes right after it is one to that, and has none.
    expect([told, sent]).toEqual([[code], ['knock']]);
    await knock({ v: version, ts: 7 });
    expect([told, sent]).toEqual([[code, code], ['knock']]);
  });
});

describe('what goes wrong in the middle', () => {
  test('a link that ends in the moment in which it opens is followed by another at once', async () => {
    const { alice, bob, server } = two;
    server.relayWorks = false;
    let dying = 1;
    server.onOpening = (ends) => {
      if (dying-- > 0) for (const { connection } of ends) connection.close();
    };
    alice.place.comes();
    bob.place.comes();
    expect(await until(() => isConnected(two), 10_000)).toBeLessThan(1_000);
    expect(server.connections.map(([end]) => end.isClosed)).toEqual([true, false]);
  });

  test('one that always does is tried again ever more rarely', async () => {
    const { alice, bob, server } = two;
    server.relayWorks = false;
    server.onOpening = (ends) => {
      for (const { connection } of ends) connection.close();
    };
    alice.place.comes();
    bob.place.comes();
    await pass(120_000, 200);
    expect(server.connections.length).toBeLessThan(24);
    expect(server.connections.every(([end]) => end.isClosed)).toBe(true);
  });

  test('who is on the server anew in the middle of a race waits for nothing of it', async () => {
    const { alice, bob, server } = two;
    server.relayWorks = false;
    let isLost = true;
    server.fate = ({ type }) => (type === 'sealed' && isLost ? 'lost' : 'arrives');
    alice.place.comes();
    bob.place.comes();
    await until(() => server.connections.length === 1, 2_000);
    await pass(500);
    isLost = false;
    bob.place.goes();
    bob.place.comes();
    expect(await until(() => isConnected(two), 20_000)).toBeLessThan(700);
    // And what came of the race before is closed.
    await pass(15_000, 500);
    expect(server.connections.filter(([end]) => !end.isClosed).length).toBe(1);
  });

  test.each([['alice'], ['bob']] as const)(
    'a socket of %s that comes and goes restarts no race that is nearly won',
    async (name) => {
      const { alice, bob, server } = two;
      const { place } = two[name];
      server.directWorks = server.relayWorks = false;
      alice.place.comes();
      bob.place.comes();
      await until(() => server.connections.length === 1, 2_000);
      const startedAt = performance.now();
      const flapping = setInterval(() => {
        place.goes();
        place.comes();
      }, 1_500);
      await pass(3_000);
      for (const end of server.connections[0] ?? []) end.opens();
      await until(() => isConnected(two), 5_000);
      expect(performance.now() - startedAt).toBeLessThan(3_500);
      await pass(5_000);
      clearInterval(flapping);
      expect(server.connections.map(([end]) => end.isClosed)).toEqual([false]);
    },
  );

  test('a race that needs nothing of the server, and comes to nothing, is followed by another within seconds', async () => {
    const { alice, bob, server } = two;
    server.directWorks = server.relayWorks = false;
    alice.place.comes();
    bob.place.comes();
    await until(() => server.connections.length === 1, 2_000);
    await pass(500);
    server.directWorks = true;
    alice.place.goes();
    alice.place.comes();
    const tookMs = await until(() => isConnected(two), 20_000);
    expect(tookMs).toBeGreaterThan(1_900);
    expect(tookMs).toBeLessThan(2_700);
  });

  test.each([
    ['nobody has answered', 10],
    ['the dial is under way', 150],
    ['the relay is', 2_300],
  ])('who forgets the peer when %s leaves nothing behind', async (_, ms) => {
    const { alice, bob, server } = two;
    server.directWorks = false;
    // Nobody comes to the relay.
    server.fate = ({ type, src }) => (type === 'sealed' && src === bob.place.id ? 'lost' : 'arrives');
    alice.place.comes();
    bob.place.comes();
    await pass(ms, 10);
    alice.leaves();
    bob.leaves();
    await pass(50);
    expect(server.connections.map(([end]) => end.isClosed)).toEqual(server.connections.map(() => true));
    await pass(6_000, 500);
    expect(vi.getTimerCount()).toBe(0);
    expect([alice.session.link, bob.session.link]).toEqual([null, null]);
  });
});

test('whatever happens to sockets, links and the way between: once it is over both are on the same link, and on no other', async () => {
  const who = fc.constantFrom('alice' as const, 'bob' as const);
  const step = fc.oneof(
    fc.record({ act: fc.constantFrom('goes', 'comes', 'deaf', 'mute', 'close', 'retry'), who }),
    fc.record({ act: fc.constantFrom('direct', 'relay', 'both', 'none'), who }),
    fc.record({ act: fc.constant('wait'), who, ms: fc.constantFrom(50, 400, 3_000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
      const all = await createMemoryPeers();
      const { alice, bob, server } = all;
      alice.place.comes();
      bob.place.comes();
      for (const { act, who, ...rest } of steps) {
        const { place } = all[who];
        const end = server.connections.at(-1)?.[who === 'alice' ? 0 : 1];
        if (act === 'goes') place.goes();
        else if (act === 'comes') place.comes();
        else if (act === 'deaf') place.isDeaf = true;
        else if (act === 'mute') end?.mute();
        else if (act === 'close') end?.connection.close();
        else if (act === 'retry') all[who].retries();
        else if (act !== 'wait') {
          server.directWorks = act === 'direct' || act === 'both';
          server.relayWorks = act === 'relay' || act === 'both';
        } else await pass('ms' in rest ? rest.ms : 0, 200);
      }
      server.directWorks = server.relayWorks = true;
      for (const { place } of [alice, bob]) {
        place.goes();
        place.comes();
      }
      await talk(all, 10_000);
      expect(alice.session.link?.path).toBe(bob.session.link?.path);
      alice.leaves();
      bob.leaves();
      await pass(6_000, 1_000);
      expect(server.connections.filter(([end, other]) => !end.isClosed && !other.isClosed)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
