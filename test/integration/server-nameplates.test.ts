import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MemoryBackplane } from '../../peer-server/backplane/memory.ts';
import { type Config, completeConfig } from '../../peer-server/config.ts';
import { type NameplateAnswer, NameplateAnswerSchema } from '../../peer-server/protocol.ts';
import { type RunningServer, startServer } from '../../peer-server/server.ts';
import { idOf } from '../support/device.ts';
import { join, type RawClient } from '../support/raw-client.ts';

const running: RunningServer[] = [];
const SID_H = 'AAECAwQFBgcICQoLDA0ODw';
const OTHER_SID_H = 'Dw4NDAsKCQgHBgUEAwIBAA';
const MINUTE_MS = 60_000;

async function start(config: Partial<Config> = {}): Promise<string> {
  const server = await startServer({ port: 0, logLevel: 'silent', trustedProxies: ['127.0.0.1'], ...config });
  running.push(server);
  return server.url;
}

let people = 0;
/** Somebody with an address of their own, so that no budget of an address is in the way. */
function stranger(url: string): Promise<RawClient> {
  people++;
  return join(url, `stranger-${people}`, { address: `198.51.${people >> 8}.${people & 255}` });
}

let n = 0;
async function ask(client: RawClient, request: object): Promise<NameplateAnswer> {
  n++;
  client.send({ ...request, n });
  const answer = v.parse(NameplateAnswerSchema, await client.next());
  expect(answer.n).toBe(n);
  return answer;
}

async function open(host: RawClient, sidH = SID_H): Promise<string> {
  const answer = await ask(host, { type: 'nameplate-open', sidH });
  if (answer.type !== 'nameplate-opened') throw new Error(`not opened: ${JSON.stringify(answer)}`);
  return answer.nameplate;
}

const claim = (client: RawClient, nameplate: string) => ask(client, { type: 'nameplate-claim', nameplate });
const refused = (code: string) => ({ type: 'nameplate-refused', n: expect.any(Number), code });
const claimed = (host: RawClient, sidH = SID_H) => ({
  type: 'nameplate-claimed',
  n: expect.any(Number),
  hostId: host.id,
  sidH,
});

/** A number that isn't any of these. */
function unusedNameplate(...used: string[]): string {
  return used.includes('0000') ? unusedNameplate(...used, '0001') : '0000';
}

/** Claims of unknown nameplates, each from another address, until so many have failed. */
async function failClaims(url: string, count: number, unknown: string): Promise<void> {
  for (let failed = 0; failed < count; failed++) {
    const guesser = await stranger(url);
    expect(await claim(guesser, unknown)).toEqual(refused('unknown'));
    await guesser.close();
  }
}

beforeEach(() => {
  // Timers go on as they are: only what the clock says is ours.
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe('the life of a nameplate', () => {
  test('opened by one, claimed by another, who learns the host and its half of the session id', async () => {
    const url = await start();
    const [alice, bob] = await Promise.all([join(url, 'alice'), join(url, 'bob')]);
    alice.send({ type: 'nameplate-open', n: 7, sidH: SID_H });
    const opened = await alice.next();
    expect(opened).toEqual({
      type: 'nameplate-opened',
      n: 7,
      nameplate: expect.stringMatching(/^\d{4}$/),
      ttlMs: 300_000,
      threeWords: false,
    });
    bob.send({ type: 'nameplate-claim', n: 0, nameplate: opened.nameplate });
    expect(await bob.next()).toEqual({ type: 'nameplate-claimed', n: 0, hostId: idOf('alice'), sidH: SID_H });
    expect(await alice.flush()).toEqual([]);
  });

  test('claimed, expired, closed and never opened look the same', async () => {
    const url = await start({ nameplateTtlMs: MINUTE_MS });
    const host = await stranger(url);
    const used: string[] = [];
    const expectGone = async (nameplate: string) => {
      expect(await claim(await stranger(url), nameplate)).toEqual(refused('unknown'));
      used.push(nameplate);
    };

    const first = await open(host);
    expect(await claim(await stranger(url), first)).toEqual(claimed(host));
    await expectGone(first);

    const second = await open(host);
    vi.advanceTimersByTime(MINUTE_MS);
    await expectGone(second);

    const third = await open(host);
    expect(await ask(host, { type: 'nameplate-close' })).toMatchObject({ type: 'nameplate-closed' });
    expect(await ask(host, { type: 'nameplate-close' })).toMatchObject({ type: 'nameplate-closed' });
    await expectGone(third);

    await expectGone(unusedNameplate(...used));
  });

  test('lives until its last millisecond', async () => {
    const url = await start({ nameplateTtlMs: MINUTE_MS });
    const host = await stranger(url);
    const nameplate = await open(host);
    vi.advanceTimersByTime(MINUTE_MS - 1);
    expect(await claim(await stranger(url), nameplate)).toEqual(claimed(host));
  });

  test('two who claim it at the same moment: one gets it', async () => {
    const url = await start();
    for (let round = 0; round < 5; round++) {
      const [host, left, right] = await Promise.all([stranger(url), stranger(url), stranger(url)]);
      const nameplate = await open(host);
      for (const client of [left, right]) client.send({ type: 'nameplate-claim', n: round, nameplate });
      const answers = await Promise.all([left.next(), right.next()]);
      expect(answers.map(({ type }) => type).sort()).toEqual(['nameplate-claimed', 'nameplate-refused']);
    }
  });

  test('one for each socket: the next takes the place of the one before', async () => {
    const url = await start();
    const host = await stranger(url);
    const first = await open(host, SID_H);
    const second = await open(host, OTHER_SID_H);
    if (first !== second) expect(await claim(await stranger(url), first)).toEqual(refused('unknown'));
    expect(await claim(await stranger(url), second)).toEqual(claimed(host, OTHER_SID_H));
  });

  test('two asked for in one breath: only the second is there', async () => {
    const url = await start();
    const host = await stranger(url);
    for (const sidH of [SID_H, OTHER_SID_H]) host.send({ type: 'nameplate-open', n: 1, sidH });
    const [first, second] = [String((await host.next()).nameplate), String((await host.next()).nameplate)];
    if (first !== second) expect(await claim(await stranger(url), first)).toEqual(refused('unknown'));
    expect(await claim(await stranger(url), second)).toEqual(claimed(host, OTHER_SID_H));
  });

  test('it dies with its socket, also when the same device is already back', async () => {
    const url = await start();
    const gone = await stranger(url);
    const first = await open(gone);
    await gone.close();
    expect(await claim(await stranger(url), first)).toEqual(refused('unknown'));

    const before = await join(url, 'alice');
    const second = await open(before);
    const after = await join(url, 'alice');
    await before.closed;
    expect(await claim(await stranger(url), second)).toEqual(refused('unknown'));
    expect(await claim(await stranger(url), await open(after))).toEqual(claimed(after));
  });

  test('numbers are spread, so that nobody can tell the next one', async () => {
    const url = await start({ nameplatesPerAddressPerMinute: 1000 });
    const host = await stranger(url);
    const seen = new Set<string>();
    for (let count = 0; count < 100; count++) seen.add(await open(host));
    expect(seen.size).toBeGreaterThan(90);
    const values = [...seen].map(Number);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(5000);
  });
});

test('all numbers taken: refused, until one is free', async () => {
  const config = completeConfig({ port: 0, logLevel: 'silent' });
  const backplane = new MemoryBackplane(config);
  const server = await startServer(config, backplane);
  running.push(server);
  const taken = { hostId: idOf('alice'), sidH: OTHER_SID_H, threeWords: false, owner: 'somebody' };
  for (let number = 0; number < 10_000; number++) {
    await backplane.nameplates.open(String(number).padStart(4, '0'), taken, MINUTE_MS);
  }
  const bob = await join(server.url, 'bob');
  expect(await ask(bob, { type: 'nameplate-open', sidH: SID_H })).toEqual(refused('full'));
  for (let number = 0; number < 5000; number++) await backplane.nameplates.close(`${4000 + number}`, 'somebody');
  const nameplate = Number(await open(bob));
  expect(nameplate).toBeGreaterThanOrEqual(4000);
  expect(nameplate).toBeLessThan(9000);
});

describe('nobody lists nameplates', () => {
  test.each([
    { type: 'nameplate-list', n: 1 },
    { type: 'nameplate-claim', n: 1 },
    { type: 'nameplate-claim', n: 1, nameplate: '*' },
    { type: 'nameplate-claim', n: 1, nameplate: ['0001', '0002'] },
    { type: 'nameplate-open', n: 1, sidH: 'short' },
    { type: 'nameplate-opened', n: 1, nameplate: '0001', ttlMs: 1, threeWords: false },
  ])('%j ends the connection', async (request) => {
    const url = await start();
    const mallory = await join(url, 'mallory');
    mallory.send(request);
    expect(await mallory.closed).toEqual({ code: 1008, reason: 'message refused' });
  });
});

describe('guessing is expensive', () => {
  test('five nameplates a minute for one address, and the last of them stays', async () => {
    const url = await start();
    const host = await join(url, 'alice', { address: '203.0.113.1' });
    let nameplate = '';
    for (let count = 0; count < 5; count++) nameplate = await open(host);
    const neighbour = await join(url, 'mallory', { address: '203.0.113.1' });
    for (const client of [host, neighbour]) {
      expect(await ask(client, { type: 'nameplate-open', sidH: SID_H })).toEqual(refused('too-many'));
    }
    expect(await claim(await stranger(url), nameplate)).toEqual(claimed(host));
    vi.advanceTimersByTime(MINUTE_MS);
    await open(neighbour);
  });

  test('ten claims in ten minutes for one address, good ones and bad ones', async () => {
    const url = await start({ nameplatesPerAddressPerMinute: 100 });
    const host = await stranger(url);
    const guesser = await join(url, 'mallory', { address: '203.0.113.1' });
    for (let count = 0; count < 5; count++) {
      const nameplate = await open(host);
      expect(await claim(guesser, nameplate)).toEqual(claimed(host));
      expect(await claim(guesser, nameplate)).toEqual(refused('unknown'));
    }
    const nameplate = await open(host);
    const again = await join(url, 'mallory', { address: '203.0.113.1' });
    expect(await claim(again, nameplate)).toEqual(refused('too-many'));
    vi.advanceTimersByTime(9 * MINUTE_MS);
    expect(await claim(again, nameplate)).toEqual(refused('too-many'));
    vi.advanceTimersByTime(MINUTE_MS);
    expect(await claim(again, await open(host))).toEqual(claimed(host));
  });

  test('60 failed claims a minute from everywhere: then two words are too few, and three are enough', async () => {
    const url = await start();
    const [before, later] = await Promise.all([stranger(url), stranger(url)]);
    const twoWords = await open(before);
    await failClaims(url, 60, unusedNameplate(twoWords));

    // Nobody gets a code of two words, and nobody learns whether there is one.
    expect(await claim(await stranger(url), twoWords)).toEqual(refused('busy'));
    expect(await claim(await stranger(url), unusedNameplate(twoWords))).toEqual(refused('busy'));

    const opened = await ask(later, { type: 'nameplate-open', sidH: OTHER_SID_H });
    if (opened.type !== 'nameplate-opened') throw new Error('not opened');
    expect(opened.threeWords).toBe(true);
    expect(await claim(await stranger(url), opened.nameplate)).toEqual(claimed(later, OTHER_SID_H));
    expect(await claim(await stranger(url), opened.nameplate)).toEqual(refused('busy'));

    vi.advanceTimersByTime(MINUTE_MS);
    expect(await claim(await stranger(url), twoWords)).toEqual(claimed(before));
    expect(await ask(later, { type: 'nameplate-open', sidH: SID_H })).toMatchObject({ threeWords: false });
  });

  test('claims that succeed use up nothing of it', async () => {
    const url = await start({ failedClaimsPerMinute: 1, nameplatesPerAddressPerMinute: 100 });
    const host = await stranger(url);
    for (let count = 0; count < 5; count++)
      expect(await claim(await stranger(url), await open(host))).toEqual(claimed(host));
    expect(await ask(host, { type: 'nameplate-open', sidH: SID_H })).toMatchObject({ threeWords: false });
  });

  test('a hundred guesses at the same moment are held to it too', async () => {
    const url = await start({ failedClaimsPerMinute: 5 });
    const nameplate = await open(await stranger(url));
    const guessers = await Promise.all(Array.from({ length: 40 }, () => stranger(url)));
    for (const guesser of guessers) {
      guesser.send({ type: 'nameplate-claim', n: 1, nameplate: unusedNameplate(nameplate) });
    }
    const answers = await Promise.all(guessers.map((guesser) => guesser.next()));
    expect(answers.filter(({ code }) => code === 'unknown')).toHaveLength(5);
    expect(answers.filter(({ code }) => code === 'busy')).toHaveLength(35);
  });
});
