import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { kindOf, withByteTurned } from '../support/alter.ts';
import { HostileServer, type Passing } from '../support/hostile-server.ts';
import { Mallory } from '../support/mallory.ts';
import { revealed } from '../support/scan.ts';
import type { Subject } from '../support/subject.ts';
import { meetSubjects, type Subjects } from '../support/subjects.ts';

// Two strangers pair over a server that belongs to an attacker. Whatever it does, nobody is stored who isn't the other one.

let server: HostileServer;
let subjects: Subjects;
let alice: Subject;
let bob: Subject;

beforeAll(async () => {
  server = await HostileServer.start();
  subjects = await meetSubjects(server.url);
  ({ alice, bob } = subjects);
  await server.stop();
});
afterAll(() => subjects.close());

beforeEach(async () => {
  server = await HostileServer.start();
  await Promise.all([alice.movesTo(server.url), bob.movesTo(server.url)]);
});
afterEach(async () => {
  await Promise.all([alice.closesPopup(), bob.closesPopup()]);
  await Promise.all([alice.startsOver(), bob.startsOver()]);
  await server.stop();
});

const WRONG = 'zoo-zoo';
const wordsOf = (code: string) => code.slice('0000-'.length);
const countOf = (kind: string) => server.passed.filter((message) => kindOf(message) === kind).length;

/** One sentence for each way to fail, as it stands in the popup of the one who shows a code and the one who types it. */
const SENTENCES: Record<string, readonly [host: string, guest: string]> = {
  'code-wrong': ['Somebody entered a wrong code, so this one is used up.', 'That code doesn’t match.'],
  'code-unknown': ['', 'Nobody is showing this code.'],
  'pairing-declined': [
    'The pairing was declined, so nothing was paired.',
    'The pairing was declined, so nothing was paired.',
  ],
  'pairing-interrupted': ['The connection broke while pairing.', 'The connection broke while pairing.'],
  'server-unreachable': ['Pairwise can’t reach its server.', 'Pairwise can’t reach its server.'],
  tampered: [
    'A message was altered on the way, so Pairwise refused it.',
    'A message was altered on the way, so Pairwise refused it.',
  ],
};

/** Alice, who shows the code, is told this. */
async function aliceIsTold(code: string): Promise<void> {
  expect(await alice.failure()).toBe(code);
  await alice.sees(SENTENCES[code]?.[0] ?? 'a sentence');
}

async function bobIsTold(code: string): Promise<void> {
  expect(await bob.failure()).toBe(code);
  await bob.sees(SENTENCES[code]?.[1] ?? 'a sentence');
}

async function nobodyIsStored(): Promise<void> {
  for (const subject of [alice, bob]) {
    expect((await subject.state()).peers).toEqual([]);
    const stored = (await subject.panel()).evaluate(
      () =>
        new Promise<unknown[]>((resolve, reject) => {
          const opening = indexedDB.open('pairwise');
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const all = opening.result.transaction('peers').objectStore('peers').getAll();
            all.onsuccess = () => {
              opening.result.close();
              resolve(all.result.map(({ id }) => id));
            };
          };
        }),
    );
    expect(await stored).toEqual([]);
  }
}

test('a guess burns the code: both sides see it, and the right words come too late', async () => {
  const mallory = await Mallory.in(server);
  const code = await alice.hosts();
  const host = server.newestHost ?? { hostId: '', sidH: '' };
  expect(await mallory.guesses(host, WRONG)).toEqual({ code: 'code-wrong' });
  await aliceIsTold('code-wrong');
  // The server still leads there; nobody answers.
  mallory.guesses(host, wordsOf(code));
  await bob.ask('pair-join', { code });
  await bobIsTold('code-unknown');
  expect(countOf('pair 2')).toBe(1);
  await nobodyIsStored();
});

test('in the middle with two exchanges and one guess for each side: both are told that the code is wrong', async () => {
  const mallory = await Mallory.in(server);
  const code = await alice.hosts();
  const host = server.newestHost ?? { hostId: '', sidH: '' };
  server.tricks = { lead: () => ({ ...host, hostId: mallory.id }) };
  const posing = mallory.poses(await bob.id(), host.sidH, WRONG);
  await bob.ask('pair-join', { code });
  expect(await mallory.guesses(host, WRONG)).toEqual({ code: 'code-wrong' });
  expect(await posing).toEqual({ code: 'code-wrong' });
  await Promise.all([aliceIsTold('code-wrong'), bobIsTold('code-wrong')]);
  await nobodyIsStored();
});

test('in the middle and knowing the code: the six words differ, and whoever says no stores nothing', async () => {
  const mallory = await Mallory.in(server, 'Alice');
  const code = await alice.hosts();
  const host = server.newestHost ?? { hostId: '', sidH: '' };
  server.tricks = { lead: () => ({ ...host, hostId: mallory.id }) };
  const posing = mallory.poses(await bob.id(), host.sidH, wordsOf(code));
  await bob.ask('pair-join', { code });
  await mallory.guesses(host, wordsOf(code));
  const posed = await posing;
  const [shownToAlice, shownToBob] = await Promise.all([alice.words(), bob.words()]);
  expect(shownToAlice).toHaveLength(6);
  expect(shownToBob).toHaveLength(6);
  expect(shownToAlice).not.toEqual(shownToBob);
  await Promise.all([alice.ask('pair-confirm', { accept: false }), bob.ask('pair-cancel', {})]);
  await aliceIsTold('pairing-declined');
  if ('last' in posed) await posed.last();
  // Bob has handled what came before this one’s answer.
  server.tricks = {};
  await bob.ask('pair-join', { code: `4821-${WRONG}` });
  await bobIsTold('code-unknown');
  await nobodyIsStored();
});

/** One byte of each field of the four messages, and what both sides then say. */
const ALTERATIONS = [
  ['pair 1', 'the joiner’s random', 2, 'code-wrong', 'code-wrong'],
  ['pair 1', 'the joiner’s share', 18, 'tampered', 'pairing-interrupted'],
  ['pair 2', 'the host’s share', 2, 'pairing-interrupted', 'tampered'],
  ['pair 2', 'the host’s tag', 34, 'code-wrong', 'code-wrong'],
  ['pair 3', 'the joiner’s tag', 2, 'code-wrong', 'code-wrong'],
  ['pair 3', 'the joiner’s card', 66, 'tampered', 'pairing-interrupted'],
] as const;

test.each(ALTERATIONS)('%s altered in %s: refused', async (kind, _, index, atAlice, atBob) => {
  server.tricks = { pass: (message) => [kindOf(message) === kind ? withByteTurned(message, index) : message] };
  await bob.ask('pair-join', { code: await alice.hosts() });
  await Promise.all([aliceIsTold(atAlice), bobIsTold(atBob)]);
  await nobodyIsStored();
});

test('the last message altered: the one who typed stores nothing, and pairing again works', async () => {
  server.tricks = { pass: (message) => [kindOf(message) === 'pair 4' ? withByteTurned(message, 2) : message] };
  await bob.ask('pair-join', { code: await alice.hosts() });
  await alice.words();
  await alice.ask('pair-confirm', { accept: true });
  await bobIsTold('tampered');
  expect((await bob.state()).peers).toEqual([]);
  server.tricks = {};
  await bob.ask('pair-join', { code: await alice.hosts() });
  await alice.words();
  await alice.ask('pair-confirm', { accept: true });
  await Promise.all([alice.peer(), bob.peer()]);
});

test('an answer that never comes: both sides give up and say so', async () => {
  server.tricks = { pass: (message) => (kindOf(message) === 'pair 2' ? [] : [message]) };
  await bob.ask('pair-join', { code: await alice.hosts() });
  await bobIsTold('code-unknown');
  await aliceIsTold('pairing-interrupted');
  await nobodyIsStored();
});

test('every message twice and out of order: paired once', async () => {
  const held: Passing[] = [];
  server.tricks = {
    // Everything old again behind everything new.
    pass: (message) => {
      held.unshift(message);
      return [message, ...held];
    },
  };
  const code = await alice.hosts();
  await bob.ask('pair-join', { code });
  const words = await alice.words();
  expect(await bob.words()).toEqual(words);
  await alice.ask('pair-confirm', { accept: true });
  await Promise.all([alice.peer(), bob.peer()]);
  expect((await alice.state()).peers).toHaveLength(1);
  expect((await bob.state()).peers).toHaveLength(1);
  expect(revealed(server.heard, [wordsOf(code), words.join(' '), words.join('-'), 'Alice'])).toEqual([]);
});

const GARBAGE = [
  '{"type":',
  'null',
  '{"type":"nameplate-opened"}',
  JSON.stringify({ type: 'nameplate-opened', n: 1, nameplate: '9'.repeat(50_000), ttlMs: 1, threeWords: false }),
  JSON.stringify({ type: 'nameplate-claimed', n: 1, hostId: { toString: 1 }, sidH: [] }),
  '['.repeat(50_000) + ']'.repeat(50_000),
  new Uint8Array(1_000),
];

test('garbage instead of an answer: a sentence, no harm, and a code as soon as the server behaves', async () => {
  const ids = await Promise.all([alice.id(), bob.id()]);
  const problemsBefore = alice.problems().length;
  server.tricks = {
    answer: () => {
      for (const data of GARBAGE) for (const id of ids) server.say(id, data);
      return '0,0,0';
    },
  };
  await alice.ask('pair-host', { form: 'code' });
  await aliceIsTold('server-unreachable');
  expect(alice.problems().slice(problemsBefore)).toEqual([]);
  await nobodyIsStored();
  server.tricks = {};
  expect(await alice.hosts()).toMatch(/^\d{4}-/);
});

/** Bob types a code and comes to Mallory, who knows it, and agrees. */
async function bobPairsWith(mallory: Mallory): Promise<void> {
  const code = await alice.hosts();
  const host = server.newestHost ?? { hostId: '', sidH: '' };
  server.tricks = { lead: () => ({ ...host, hostId: mallory.id }) };
  const posing = mallory.poses(await bob.id(), host.sidH, wordsOf(code));
  await bob.ask('pair-join', { code });
  const posed = await posing;
  if ('code' in posed) throw new Error(posed.code);
  await bob.words();
  await posed.last();
}

test('a known device that comes with another identity is refused loudly, and what was stored stays', async () => {
  const mallory = await Mallory.in(server, 'Carol');
  await bobPairsWith(mallory);
  await bob.until('is paired', ({ pairing }) => pairing.step === 'paired');
  const { words } = await bob.peer('offline');
  await bobPairsWith(await mallory.withOtherIdentity());
  expect(await bob.failure()).toBe('identity-mismatch');
  await bob.sees('came with a key that isn’t its own');
  expect((await bob.peer('offline')).words).toEqual(words);
});
