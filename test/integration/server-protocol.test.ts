import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { dial, join, joinByHand, offer } from '../support/raw-client.ts';

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
      alice.send({ type, dst: 'bob', payload, src: 'carol', extra: 1 });
      expect(await bob.next()).toEqual({ type, src: 'alice', dst: 'bob', payload });
    }
    alice.send({ type: 'LEAVE', dst: 'bob' });
    expect(await bob.next()).toEqual({ type: 'LEAVE', src: 'alice', dst: 'bob' });
  });

  test('messages for someone who is about to connect wait, in order, behind OPEN', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    for (const n of [1, 2, 3]) alice.send(offer('bob', { n }));
    expect(await alice.flush()).toEqual([]);
    const bob = await join(url, 'bob');
    for (const n of [1, 2, 3])
      expect(await bob.next()).toEqual({ type: 'OFFER', src: 'alice', dst: 'bob', payload: { n } });
  });

  test('nobody comes: the sender is told EXPIRE once', async () => {
    const url = await start({ pendingTimeoutMs: 50 });
    const alice = await join(url, 'alice');
    alice.send(offer('nobody'));
    alice.send(offer('nobody'));
    expect(await alice.next()).toEqual({ type: 'EXPIRE', src: 'nobody', dst: 'alice' });
    expect(await alice.flush()).toEqual([]);
  });

  test('no room for more: the sender is told EXPIRE at once, and what waits still arrives', async () => {
    const url = await start({ pendingTimeoutMs: 600_000 });
    const alice = await join(url, 'alice');
    for (let n = 0; n < 33; n++) alice.send(offer('bob', { n }));
    expect(await alice.next()).toEqual({ type: 'EXPIRE', src: 'bob', dst: 'alice' });
    const bob = await join(url, 'bob');
    for (let n = 0; n < 32; n++) expect(await bob.next()).toMatchObject({ payload: { n } });
    expect(await bob.flush()).toEqual([]);
  });

  test('a client without heartbeats is taken for gone, one with them stays', async () => {
    const url = await start({ aliveTimeoutMs: 1000 });
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
    alice.send(offer('bob'));
    expect(await alice.next()).toEqual({ type: 'EXPIRE', src: 'bob', dst: 'alice' });
  });
});

describe('the same id again', () => {
  test('same token: the newcomer gets OPEN every time, the old socket is closed, messages go to the newcomer', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    let bob = await join(url, 'bob');
    for (let round = 0; round < 10; round++) {
      const newcomer = await join(url, 'bob');
      expect(await bob.closed).toEqual({ code: 4001, reason: 'connected again elsewhere' });
      bob = newcomer;
      alice.send(offer('bob', { round }));
      expect(await bob.next()).toMatchObject({ src: 'alice', payload: { round } });
    }
  });

  test('same token while the old connection is dead but not closed', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    const dead = await joinByHand(url, 'bob');
    dead.pause();
    const bob = await join(url, 'bob');
    alice.send(offer('bob', { n: 1 }));
    expect(await bob.next()).toMatchObject({ payload: { n: 1 } });
    dead.destroy();
    alice.send(offer('bob', { n: 2 }));
    expect(await bob.next()).toMatchObject({ payload: { n: 2 } });
  });

  test('other token: ID-TAKEN, and the holder keeps everything', async () => {
    const url = await start();
    const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
    const thief = dial(url, 'bob', { token: 'stolen' });
    expect(await thief.next()).toEqual({ type: 'ID-TAKEN', payload: { msg: 'ID is taken' } });
    await thief.closed;
    alice.send(offer('bob', { n: 1 }));
    expect(await bob.next()).toMatchObject({ payload: { n: 1 } });
    bob.send(offer('alice', { n: 2 }));
    expect(await alice.next()).toMatchObject({ src: 'bob', payload: { n: 2 } });
  });

  test('a repeated parameter: one of the two values, for every part of the server', async () => {
    const url = await start();
    const alice = await join(url, 'alice');
    const double = dial(url, 'bob&id=carol');
    expect(await double.next()).toEqual({ type: 'OPEN' });
    alice.send(offer('carol', { n: 1 }));
    expect(await double.next()).toEqual({ type: 'OFFER', src: 'alice', dst: 'carol', payload: { n: 1 } });
    double.send(offer('alice', { n: 2 }));
    expect(await alice.next()).toMatchObject({ src: 'carol' });
  });
});
