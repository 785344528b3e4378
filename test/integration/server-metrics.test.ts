import { afterEach, expect, test } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { ListenError, type RunningServer, startServer } from '../../peer-server/server.ts';
import { idOf } from '../support/device.ts';
import { dial, ended, join, joinByHand, offer } from '../support/raw-client.ts';
import { RelayClient, relayPair } from '../support/relay-client.ts';

const running: RunningServer[] = [];

async function start(config: Partial<Config> = {}): Promise<{ url: string; metricsUrl: string }> {
  const server = await startServer({ port: 0, metricsPort: 0, logLevel: 'silent', ...config });
  running.push(server);
  if (server.metricsUrl === null) throw new Error('no metrics');
  return { url: server.url, metricsUrl: server.metricsUrl };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** The lines that are ours, without explanations. */
async function figures(metricsUrl: string): Promise<string[]> {
  const text = await (await fetch(metricsUrl)).text();
  return text.split('\n').filter((line) => line.startsWith('pairwise_'));
}

test('off unless asked for', async () => {
  const server = await startServer({ port: 0, logLevel: 'silent' });
  running.push(server);
  expect(server.metricsUrl).toBeNull();
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
});

test('on a listener of its own, and nothing else there', async () => {
  const { url, metricsUrl } = await start();
  expect(new URL(metricsUrl).host).not.toBe(new URL(url).host);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  expect((await fetch(metricsUrl.replace('metrics', 'healthz'))).status).toBe(404);
  expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(404);
  const answer = await fetch(metricsUrl);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await answer.text()).toContain('process_resident_memory_bytes');
});

test('a taken port: the server does not start, and its own port is free again', async () => {
  const { metricsUrl } = await start();
  const metricsPort = Number(new URL(metricsUrl).port);
  const starting = startServer({ port: 0, metricsPort, logLevel: 'silent' });
  await expect(starting).rejects.toBeInstanceOf(ListenError);
});

test('what happens is counted', async () => {
  const { url, metricsUrl } = await start({ trustedProxies: ['127.0.0.1'], turnTtlMs: 60_000 });
  const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
  alice.send(offer(bob.id));
  await bob.next();
  alice.send({ type: 'ice-servers', n: 1 });
  await alice.next();
  expect(await dial(url, 'carol', { token: 'wrong' }).refused).toBe(401);
  expect(await new RelayClient(url, 'wrong').refused).toBe(401);
  const mallory = await join(url, 'mallory');
  mallory.send('not json');
  await mallory.closed;
  const [left, right] = await relayPair(url, { names: ['erin', 'frank'] });
  left.send(Buffer.alloc(1000));
  left.send(Buffer.alloc(24));
  await right.next();
  await right.next();
  expect(await figures(metricsUrl)).toEqual(
    expect.arrayContaining([
      'pairwise_clients 2',
      'pairwise_upgrades_refused_total{reason="token"} 1',
      'pairwise_upgrades_refused_total{reason="ticket"} 1',
      'pairwise_clients_cut_total{reason="message refused"} 1',
      'pairwise_messages_total{type="OFFER"} 1',
      'pairwise_messages_total{type="ice-servers"} 1',
      'pairwise_ice_lists_total 1',
      'pairwise_relay_tickets_total 2',
      'pairwise_relay_sockets 2',
      'pairwise_relay_rooms_waiting 0',
      'pairwise_relay_rooms_joined 1',
      'pairwise_relay_frames_total 2',
      'pairwise_relay_bytes_total 1024',
    ]),
  );
  await left.close();
  await right.closed;
  await expect.poll(() => figures(metricsUrl)).toContain('pairwise_relay_rooms_ended_total{code="4404"} 1');
});

test('no figure says who: neither ids nor addresses nor rooms', async () => {
  const { url, metricsUrl } = await start({ trustedProxies: ['127.0.0.1'] });
  const address = '203.0.113.77';
  const pair = await relayPair(url, { addresses: [address, address] });
  const alice = await join(url, 'alice', { address });
  alice.send({ type: 'HELLO', dst: idOf('bob') });
  await alice.closed;
  const text = await (await fetch(metricsUrl)).text();
  for (const secret of [idOf('alice'), idOf('bob'), address, '203.0', '127.0.0.1', 'HELLO']) {
    expect(text).not.toContain(secret);
  }
  for (const { socket } of pair) socket.terminate();
});

test('a client that reads too slowly is counted when it is cut off', async () => {
  const { url, metricsUrl } = await start({ maxBufferedBytes: 64 * 1024, messageBurst: 1_000 });
  const alice = await join(url, 'alice');
  const slow = await joinByHand(url, 'slow');
  slow.pause();
  const cut = ended(slow);
  const piece = 'x'.repeat(60_000);
  // The two kernels' buffers swallow some megabytes before anything waits in the server.
  for (let n = 0; n < 300; n++) alice.send(offer(idOf('slow'), { piece }));
  await expect.poll(() => figures(metricsUrl)).toContain('pairwise_clients_cut_total{reason="too much left unread"} 1');
  slow.resume();
  await cut;
});
