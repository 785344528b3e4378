import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ListenError, startServer } from '../../peer-server/server.ts';
import { device } from '../support/device.ts';
import { join, offer, signedToken } from '../support/raw-client.ts';
import { runServerToEnd, startServerProcess } from '../support/server-process.ts';

/** Containers are often started without it. */
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

describe('npm run server', () => {
  test('prints where it is, and only that', async () => {
    const server = await startServerProcess();
    expect(server.output()).toBe(`Pairwise signalling server: ${server.url}\n`);
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await server.stop();
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s: clients are told, nobody gets LEAVE, exit code 0', async (signal) => {
    const server = await startServerProcess();
    const [alice, bob] = await Promise.all([join(server.url, 'alice'), join(server.url, 'bob')]);
    server.kill(signal);
    for (const client of [alice, bob]) {
      expect(await client.closed).toEqual({ code: 1001, reason: 'server stops' });
      await expect(client.next()).rejects.toThrow('closed while waiting');
    }
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test('a client that does not answer holds up the stop for a second at most', async () => {
    const server = await startServerProcess();
    const hung = await join(server.url, 'hung');
    hung.stopReading();
    server.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    hung.terminate();
  });

  test('a wrong setting: one sentence and exit code 1', async () => {
    const { code, output } = await runServerToEnd({ PORT: 'abc' });
    expect(output).toBe('PORT is "abc", but must be a whole number from 0 to 65535.\n');
    expect(code).toBe(1);
  });

  test('a taken port: one sentence and exit code 1', async () => {
    const first = await startServer({ port: 0, logLevel: 'silent' });
    const { code, output } = await runServerToEnd({ PORT: String(first.port), LOG_LEVEL: 'silent' });
    expect(output).toBe(`Port ${first.port} on 127.0.0.1 is taken by another program.\n`);
    expect(code).toBe(1);
    await first.close();
  });

  test('an address of another computer: one sentence and exit code 1', async () => {
    const { code, output } = await runServerToEnd({ HOST: '192.0.2.1', LOG_LEVEL: 'silent' });
    expect(output).toBe('192.0.2.1 is not an address of this computer.\n');
    expect(code).toBe(1);
  });

  test('the log says what happened and never to whom', async () => {
    const server = await startServerProcess({ LOG_LEVEL: 'trace', PENDING_TIMEOUT_MS: '20' });
    const { host } = new URL(server.url);
    const tokens = [signedToken('alice', { host }), signedToken('bob', { host })];
    const sidH = 'c2VjcmV0LXNpZC1ob3N0MQ';
    const [alice, bob] = await Promise.all([
      join(server.url, 'alice', { token: tokens[0] ?? '', address: '203.0.113.9' }),
      join(server.url, 'bob', { token: tokens[1] ?? '', address: '203.0.113.9' }),
    ]);
    alice.send(offer(bob.id, { sdp: 'secret-payload' }));
    await bob.next();
    alice.send(offer('id-of-nobody', { sdp: 'secret-payload' }));
    await alice.next();
    alice.send({ type: 'nameplate-open', n: 1, sidH });
    const nameplate = String((await alice.next()).nameplate);
    bob.send({ type: 'nameplate-claim', n: 1, nameplate });
    await bob.next();
    bob.send('secret-payload');
    await bob.closed;
    server.kill('SIGTERM');
    await server.exited;
    expect(server.output()).toContain('client disconnected by us');
    const ids = [alice.id, bob.id, 'id-of-nobody'];
    const keys = [device('alice').publicKey, device('bob').publicKey];
    for (const secret of [...ids, ...keys, ...tokens, 'secret-payload', '203.0.113.9', sidH, `"${nameplate}"`])
      expect(server.output()).not.toContain(secret);
  });
});

describe('startServer', () => {
  test('the next port is found by whoever asks for it', async () => {
    const first = await startServer({ port: 0, logLevel: 'silent' });
    const second = startServer({ port: first.port, logLevel: 'silent' });
    await expect(second).rejects.toBeInstanceOf(ListenError);
    await expect(second).rejects.toMatchObject({ code: 'address-in-use' });
    await first.close();
  });

  test('after close the port is free, and clients of the old server find the new one', async () => {
    const first = await startServer({ port: 0, logLevel: 'silent' });
    const before = await join(first.url, 'alice');
    await Promise.all([first.close(), first.close(), before.closed]);
    const second = await startServer({ port: first.port, logLevel: 'silent' });
    expect(second.url).toBe(first.url);
    const after = await join(second.url, 'alice');
    expect(await after.flush()).toEqual([]);
    await second.close();
  });

  test.skipIf(!hasIpv6)('IPv6', async () => {
    const server = await startServer({ host: '::1', port: 0, logLevel: 'silent' });
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await server.close();
  });
});
