import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { idOf } from '../support/device.ts';
import { dial, join, offer } from '../support/raw-client.ts';

const running: RunningServer[] = [];

async function start(config: Partial<Config> = {}): Promise<string> {
  const server = await startServer({ port: 0, logLevel: 'silent', ...config });
  running.push(server);
  return server.url;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

test('without the setting nobody comes in without a signed token, and there are no ids to be had', async () => {
  const url = await start();
  for (const name of ['carol', 'pairwise-4821', 'a'.repeat(21), 'a'.repeat(23), 'a'.repeat(64)]) {
    expect(await dial(url, name, { stock: true }).refused).toBe(403);
  }
  expect((await fetch(`${url}/peerjs/id`)).status).toBe(404);
});

describe('with ALLOW_STOCK_CLIENTS', () => {
  const STOCK = { allowStockClients: true };

  test('stock clients talk to each other and to ours', async () => {
    const url = await start(STOCK);
    const id = await (await fetch(`${url}/peerjs/id`)).text();
    const [carol, dave] = await Promise.all([join(url, id, { stock: true }), join(url, 'dave', { stock: true })]);
    const alice = await join(url, 'alice');
    carol.send(offer('dave', { n: 1 }));
    expect(await dave.next()).toEqual({ type: 'OFFER', src: id, dst: 'dave', payload: { n: 1 } });
    carol.send(offer(alice.id, { n: 2 }));
    expect(await alice.next()).toMatchObject({ src: id, payload: { n: 2 } });
    alice.send(offer('dave', { n: 3 }));
    expect(await dave.next()).toMatchObject({ src: idOf('alice'), payload: { n: 3 } });
  });

  test('no id of 22 characters is theirs, the hash of a key or not', async () => {
    const url = await start(STOCK);
    for (const id of [idOf('alice'), 'a'.repeat(22), `${'-'.repeat(21)}_`]) {
      expect(await dial(url, id, { stock: true }).refused).toBe(401);
    }
    for (const id of ['a'.repeat(21), 'a'.repeat(23), 'pairwise-4821']) await join(url, id, { stock: true });
  });

  test('no nameplate is theirs, neither to open nor to claim', async () => {
    const url = await start(STOCK);
    const alice = await join(url, 'alice');
    alice.send({ type: 'nameplate-open', n: 1, sidH: 'AAECAwQFBgcICQoLDA0ODw' });
    const nameplate = String((await alice.next()).nameplate);
    for (const request of [
      { type: 'nameplate-open', n: 1, sidH: 'AAECAwQFBgcICQoLDA0ODw' },
      { type: 'nameplate-claim', n: 1, nameplate },
      { type: 'nameplate-close', n: 1 },
    ]) {
      const carol = await join(url, 'carol', { stock: true });
      carol.send(request);
      expect(await carol.closed).toEqual({ code: 1008, reason: 'message refused' });
    }
    const bob = await join(url, 'bob');
    bob.send({ type: 'nameplate-claim', n: 1, nameplate });
    expect(await bob.next()).toMatchObject({ type: 'nameplate-claimed', hostId: alice.id });
  });

  test('same id and token: the newcomer gets OPEN, the old socket is closed', async () => {
    const url = await start(STOCK);
    const before = await join(url, 'carol', { stock: true });
    const newcomer = await join(url, 'carol', { stock: true });
    expect(await before.closed).toEqual({ code: 4001, reason: 'connected again elsewhere' });
    expect(await newcomer.flush()).toEqual([]);
  });

  test('other token: ID-TAKEN, and the holder keeps everything', async () => {
    const url = await start(STOCK);
    const [alice, carol] = await Promise.all([join(url, 'alice'), join(url, 'carol', { stock: true })]);
    const thief = dial(url, 'carol', { stock: true, token: 'stolen' });
    expect(await thief.next()).toEqual({ type: 'ID-TAKEN', payload: { msg: 'ID is taken' } });
    await thief.closed;
    alice.send(offer('carol', { n: 1 }));
    expect(await carol.next()).toMatchObject({ payload: { n: 1 } });
    carol.send(offer(alice.id, { n: 2 }));
    expect(await alice.next()).toMatchObject({ src: 'carol', payload: { n: 2 } });
  });

  test('a repeated parameter: one of the two values, for every part of the server', async () => {
    const url = await start(STOCK);
    const alice = await join(url, 'alice', { stock: true });
    const double = dial(url, 'bob&id=carol', { stock: true });
    expect(await double.next()).toEqual({ type: 'OPEN' });
    alice.send(offer('carol', { n: 1 }));
    expect(await double.next()).toEqual({ type: 'OFFER', src: 'alice', dst: 'carol', payload: { n: 1 } });
    double.send(offer('alice', { n: 2 }));
    expect(await alice.next()).toMatchObject({ src: 'carol' });
  });
});
