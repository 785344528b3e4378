import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { SendPace } from '../../extension/core/signalling/send-pace.ts';
import { parseServerAddress } from '../../extension/core/signalling/server-address.ts';
import { probeServer } from '../../extension/core/signalling/server-info.ts';
import { startServer } from '../../peer-server/server.ts';
import { join } from '../support/raw-client.ts';
import { startServerProcess } from '../support/server-process.ts';

// What a client takes the server for that answers at an address.

const kindOf = (url: string) => probeServer(parseServerAddress(url));

async function answers(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

test('ours', async () => {
  const server = await startServer({ port: 0, logLevel: 'silent' });
  onTestFinished(() => server.close());
  expect(await kindOf(server.url)).toMatchObject({ kind: 'pairwise' });
});

test('an unmodified PeerJS server, which lets every page read its ids', async () => {
  const server = await startServerProcess({}, { script: 'test/support/bare-peer.ts' });
  onTestFinished(() => server.stop());
  expect(await kindOf(server.url)).toEqual({ kind: 'stock' });
  const { headers } = await fetch(`${server.url}/peerjs/id`, { headers: { Origin: 'chrome-extension://abc' } });
  expect(headers.get('Access-Control-Allow-Origin')).toBe('chrome-extension://abc');
});

test.each([
  ['a proxy whose server is down', 502],
  ['a web server that knows neither', 404],
])('%s is none', async (_, status) => {
  const url = await answers((_request, response) => void response.writeHead(status).end());
  await expect(kindOf(url)).rejects.toMatchObject({ code: 'server-unreachable' });
});

test('no client that says a lot at once is cut off for it: it keeps to what the server says that it takes', async () => {
  const { url, close } = await startServer({ port: 0, logLevel: 'silent', messageBurst: 12, messagesPerSecond: 100 });
  onTestFinished(close);
  const server = await probeServer(parseServerAddress(url));
  if (server.kind === 'stock') throw new Error('It is ours.');
  expect(server.rate).toEqual({ burst: 12, perSecond: 100 });

  const alice = await join(url, 'alice');
  const pace = new SendPace((message) => alice.send(Object(message)));
  pace.start(server.rate);
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  for (const n of numbers) pace.send({ type: 'ping', n });
  for (const n of numbers) expect(await alice.next()).toEqual({ type: 'pong', n });

  const bob = await join(url, 'bob');
  for (const n of numbers) bob.send({ type: 'ping', n });
  expect(await bob.closed).toEqual({ code: 1008, reason: 'too many messages' });
});
