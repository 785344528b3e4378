import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { idOf } from '../support/device.ts';
import { dial, join, joinByHand, offer } from '../support/raw-client.ts';

const ALICE = idOf('alice');
const BOB = idOf('bob');
const running: RunningServer[] = [];

async function start(config: Partial<Config> = {}): Promise<string> {
  const server = await startServer({ port: 0, logLevel: 'silent', ...config });
  running.push(server);
  return server.url;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe('signalling', () => {
  test('a message reaches its receiver with the real sender, whatever it claims', async () => {
    const url = await start();
    const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
    const payload = { sdp: { type: 'offer', sdp: 'v=0\r\n' }, connectionId: 'dc_1' };
    for (const type of ['OFFER', 'ANSWER', 'CANDIDATE']) {
      alice.send({ type, dst: BOB, payload, src: 'carol', extra: 1 });
      expect(await bob.next()).toEqual({ type, src: ALICE, dst: BOB, payload });
    }
  });

  test('LEAVE is sent to nobody, whoever asks for it', async () => {
    const url = await start({ pendingTimeoutMs: 10 });
    const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
    alice.send({ type: 'LEAVE', dst: BOB });
    alice.send({ type: 'LEAVE', dst: 'nobody' });
    alice.send(offer('nobody'));
    expect(await alice.next()).toMatchObject({ type: 'EXPIRE' });
    expect(await alice.flush()).toEqual([]);
    expect(await bob.flush()).toEqual([]);
  });

  test('messages for someone who is about to connect wait, in order, behind OPEN', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    for (const n of [1, 2, 3]) alice.send(offer(BOB, { n }));
    expect(await alice.flush()).toEqual([]);
    const bob = await join(url, 'bob');
    for (const n of [1, 2, 3])
      expect(await bob.next()).toEqual({ type: 'OFFER', src: ALICE, dst: BOB, payload: { n } });
  });

  test('nobody comes: the sender is told EXPIRE once', async () => {
    const url = await start({ pendingTimeoutMs: 50 });
    const alice = await join(url, 'alice');
    alice.send(offer('nobody'));
    alice.send(offer('nobody'));
    expect(await alice.next()).toEqual({ type: 'EXPIRE', src: 'nobody', dst: ALICE });
    expect(await alice.flush()).toEqual([]);
  });

  test('no room for more: the sender is told EXPIRE at once, and what waits still arrives', async () => {
    const url = await start({ pendingTimeoutMs: 600_000 });
    const alice = await join(url, 'alice');
    for (let n = 0; n < 33; n++) alice.send(offer(BOB, { n }));
    expect(await alice.next()).toEqual({ type: 'EXPIRE', src: BOB, dst: ALICE });
    const bob = await join(url, 'bob');
    for (let n = 0; n < 32; n++) expect(await bob.next()).toMatchObject({ payload: { n } });
    expect(await bob.flush()).toEqual([]);
  });

  test('a client without heartbeats is taken for gone, one with them stays', async () => {
    // Longer than a busy computer keeps this process, clients and server both, from running.
    const url = await start({ aliveTimeoutMs: 5000 });
    const [alive, silent] = await Promise.all([join(url, 'alive'), join(url, 'silent')]);
    const beat = setInterval(() => alive.send({ type: 'HEARTBEAT' }), 100);
    await silent.closed;
    clearInterval(beat);
    expect(await alive.flush()).toEqual([]);
  });

  test('one who disconnects is absent for the others at once, and nobody is told LEAVE', async () => {
    const url = await start({ pendingTimeoutMs: 20 });
    const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
    await bob.close();
    alice.send(offer(BOB));
    expect(await alice.next()).toEqual({ type: 'EXPIRE', src: BOB, dst: ALICE });
  });
});

describe('the same id again', () => {
  test('the newcomer gets OPEN every time, the old socket is closed, messages go to the newcomer', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    let bob = await join(url, 'bob');
    for (let round = 0; round < 10; round++) {
      const newcomer = await join(url, 'bob');
      expect(await bob.closed).toEqual({ code: 4001, reason: 'connected again elsewhere' });
      bob = newcomer;
      alice.send(offer(BOB, { round }));
      expect(await bob.next()).toMatchObject({ src: ALICE, payload: { round } });
    }
  });

  test('while the old connection is dead but not closed', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    const dead = await joinByHand(url, 'bob');
    dead.pause();
    const bob = await join(url, 'bob');
    alice.send(offer(BOB, { n: 1 }));
    expect(await bob.next()).toMatchObject({ payload: { n: 1 } });
    dead.destroy();
    alice.send(offer(BOB, { n: 2 }));
    expect(await bob.next()).toMatchObject({ payload: { n: 2 } });
  });

  test('ten at the same moment: one of them stays and works, the others are told', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    const bobs = Array.from({ length: 10 }, () => dial(url, 'bob'));
    const winner = await Promise.race(
      bobs.map(async (bob, index) => {
        const others = bobs.filter((_, other) => other !== index);
        await Promise.all(others.map(({ closed }) => closed));
        return bob;
      }),
    );
    alice.send(offer(BOB, { n: 1 }));
    expect(await winner.next()).toEqual({ type: 'OPEN' });
    expect(await winner.next()).toMatchObject({ src: ALICE, payload: { n: 1 } });
    for (const bob of bobs) if (bob !== winner) expect(await bob.closed).toMatchObject({ code: 4001 });
  });

  test('what is said before OPEN has come is not lost', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    const payload = { sdp: 'x'.repeat(200) };
    const socket = await joinByHand(url, 'bob', {}, JSON.stringify(offer(ALICE, payload)));
    expect(await alice.next()).toEqual({ type: 'OFFER', src: BOB, dst: ALICE, payload });
    socket.destroy();
  });
});
