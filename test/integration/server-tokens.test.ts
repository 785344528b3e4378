import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Config } from '../../peer-server/config.ts';
import { DeviceIdSchema, ServerInfoSchema, socketTokenInput } from '../../peer-server/protocol.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { device, idOf } from '../support/device.ts';
import { dial, join, offer, peerUrl, RawClient, type RawClientOptions, signedToken } from '../support/raw-client.ts';

const running: RunningServer[] = [];
const SECOND_MS = 1000;

async function start(config: Partial<Config> = {}): Promise<{ url: string; host: string }> {
  const server = await startServer({ port: 0, logLevel: 'silent', ...config });
  running.push(server);
  return { url: server.url, host: new URL(server.url).host };
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Tries to come in as bob with this token: 401 or, where it is good, undefined. */
function bobWith(url: string, token: string, options: RawClientOptions = {}): Promise<number | undefined> {
  return dial(url, 'bob', { ...options, token }).refused;
}

test('an id is the hash of a key', () => {
  const hash = createHash('sha256')
    .update(Buffer.from(device('bob').publicKey, 'base64url'))
    .digest();
  expect(idOf('bob')).toBe(hash.subarray(0, 16).toString('base64url'));
  expect(v.is(DeviceIdSchema, idOf('bob'))).toBe(true);
  expect(Buffer.from(socketTokenInput('a.example', 'ID', 17))).toEqual(
    Buffer.from('pairwise/ws-auth/v1\0a.example\0ID\x0017', 'latin1'),
  );
});

describe('a token that is refused with 401', () => {
  test.each<[string, (host: string) => string]>([
    ['random text', () => 'k3jd83kdj3'],
    ['without a signature', (host) => signedToken('bob', { host }).split('.').slice(0, 2).join('.')],
    ['with a fourth part', (host) => `${signedToken('bob', { host })}.x`],
    ['with a forged signature', (host) => signedToken('bob', { host }).replace(/[^.]{86}$/, `${'A'.repeat(85)}A`)],
    ['signed by another key', (host) => forged('bob', 'mallory', host)],
    ['of another device for itself', (host) => signedToken('mallory', { host })],
    ['of another device for this id', (host) => signedToken('mallory', { host, id: idOf('bob') })],
    ['signed for another id', (host) => signedToken('bob', { host, id: idOf('alice') })],
    ['signed for another host', () => signedToken('bob', { host: 'evil.example' })],
    ['signed for another port', (host) => signedToken('bob', { host: host.replace(/\d+$/, '1') })],
    ['61 seconds old', (host) => signedToken('bob', { host, timeMs: Date.now() - 61 * SECOND_MS })],
    // It comes into its time while a busy computer is slow to look at it: a second would not be enough.
    ['90 seconds early', (host) => signedToken('bob', { host, timeMs: Date.now() + 90 * SECOND_MS })],
    [
      'with another time than it signs',
      (host) => signedToken('bob', { host }).replace(/\d(?=\.[^.]+$)/, (digit) => String((Number(digit) + 1) % 10)),
    ],
    [
      'of a key that is no point',
      (host) => `${'_'.repeat(42)}8.${Date.now()}.${signedToken('bob', { host }).slice(-86)}`,
    ],
  ])('%s', async (_, token) => {
    const { url, host } = await start();
    expect(await bobWith(url, token(host))).toBe(401);
    expect(await bobWith(url, signedToken('bob', { host }))).toBeUndefined();
  });

  test('one whose host is only in the Host header, where public hosts are configured', async () => {
    const { url, host } = await start({ publicHosts: ['one.example', 'two.example:8443'] });
    for (const name of ['evil.example', host]) {
      const headers = { Host: name };
      const forwarded = new RawClient(peerUrl(url, idOf('bob'), signedToken('bob', { host: name })), 'bob', {
        headers,
      });
      expect(await forwarded.refused).toBe(401);
    }
    expect(await bobWith(url, signedToken('bob', { host: 'one.example' }))).toBeUndefined();
    expect(await bobWith(url, signedToken('bob', { host: 'two.example:8443' }))).toBeUndefined();
  });

  test('one that was used before, in any spelling', async () => {
    const { url, host } = await start();
    const token = signedToken('bob', { host });
    const bob = await join(url, 'bob', { token });
    expect(await bobWith(url, token)).toBe(401);
    expect(
      await bobWith(
        url,
        token.replace(/.$/, (last) => ({ A: 'B', Q: 'R', g: 'h', w: 'x' })[last] ?? ''),
      ),
    ).toBe(401);
    await bob.close();
    expect(await bobWith(url, token)).toBe(401);
  });

  test('one of two that come at the same moment with the same token', async () => {
    const { url, host } = await start();
    const token = signedToken('bob', { host });
    const statuses = await Promise.all(Array.from({ length: 10 }, () => bobWith(url, token)));
    expect(statuses.filter((status) => status === undefined)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(9);
  });

  test('as long as it is valid: a minute early, used, and again two minutes later', async () => {
    const { url, host } = await start();
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const token = signedToken('bob', { host, timeMs: Date.now() + 60 * SECOND_MS });
    expect(await bobWith(url, token)).toBeUndefined();
    vi.advanceTimersByTime(120 * SECOND_MS);
    expect(await bobWith(url, token)).toBe(401);
    expect(await bobWith(url, signedToken('bob', { host, timeMs: Date.now() - 59 * SECOND_MS }))).toBeUndefined();
  });
});

/** The id and key of one device with the signature of another. */
function forged(victim: string, signer: string, host: string): string {
  const [publicKey, timeMs] = signedToken(victim, { host }).split('.');
  const signature = device(signer).sign(socketTokenInput(host, idOf(victim), Number(timeMs)));
  return `${publicKey}.${timeMs}.${signature}`;
}

describe('a clock that is wrong', () => {
  /** What a client does: once more, with the time that the server says. */
  async function joinWithClock(url: string, host: string, clockErrorMs: number): Promise<RawClient> {
    const clock = () => Date.now() + clockErrorMs;
    const first = dial(url, 'bob', { token: signedToken('bob', { host, timeMs: clock() }) });
    if ((await first.refused) === undefined) return first;
    const info = v.parse(ServerInfoSchema, await (await fetch(`${url}/pairwise`)).json());
    const offsetMs = info.timeMs - clock();
    return join(url, 'bob', { token: signedToken('bob', { host, timeMs: clock() + offsetMs }) });
  }

  test.each([-3600 * SECOND_MS, 3600 * SECOND_MS])('by %i ms: the second try succeeds', async (clockErrorMs) => {
    const { url, host } = await start();
    const bob = await joinWithClock(url, host, clockErrorMs);
    expect(await bob.flush()).toEqual([]);
  });

  test('a refusal says the time, in its Date and to the millisecond', async () => {
    const { url, host } = await start();
    const before = Date.now();
    const { status, date, body } = await dial(url, 'bob', { token: signedToken('bob', { host, timeMs: 1e12 }) })
      .refusal;
    expect(status).toBe(401);
    expect(Math.abs(Date.parse(date ?? '') - before)).toBeLessThan(5 * SECOND_MS);
    const { error, timeMs } = JSON.parse(body);
    expect(error).toBe('token');
    expect(timeMs).toBeGreaterThanOrEqual(before);
    expect(timeMs).toBeLessThanOrEqual(Date.now());
  });
});

describe('who an id belongs to', () => {
  test('its owner, whoever was there first: nobody else gets as far as the id', async () => {
    const { url, host } = await start({ allowStockClients: true });
    for (const token of ['random', signedToken('mallory', { host })]) expect(await bobWith(url, token)).toBe(401);
    const alice = await join(url, 'alice');
    alice.send(offer(idOf('bob'), { n: 1 }));
    expect(await alice.flush()).toEqual([]);
    expect(await bobWith(url, 'random')).toBe(401);
    const bob = await join(url, 'bob');
    expect(await bob.next()).toMatchObject({ payload: { n: 1 } });
    for (const token of ['random', signedToken('mallory', { host })]) expect(await bobWith(url, token)).toBe(401);
    alice.send(offer(idOf('bob'), { n: 2 }));
    expect(await bob.next()).toMatchObject({ payload: { n: 2 } });
  });

  test('a refusal does not tell whether the id is connected', async () => {
    const { url } = await start();
    const answer = async () => {
      const { status, body } = await dial(url, 'bob', { token: 'random' }).refusal;
      return { status, error: JSON.parse(body).error };
    };
    const absent = await answer();
    await join(url, 'bob');
    expect(await answer()).toEqual(absent);
  });

  test('refused tokens count among the connects of their address', async () => {
    const { url, host } = await start({ connectsPerAddressPerMinute: 5 });
    for (let n = 0; n < 5; n++) expect(await bobWith(url, forged('bob', 'mallory', host))).toBe(401);
    expect(await bobWith(url, signedToken('bob', { host }))).toBe(429);
  });
});
