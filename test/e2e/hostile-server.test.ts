import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { kindOf, withByteTurned, withSealed } from '../support/alter.ts';
import { altered } from '../support/alter.ts';
import { type ConnectionCount, countConnections } from '../support/connections.ts';
import { HostileServer, type Passing, type Tricks } from '../support/hostile-server.ts';
import { Mallory } from '../support/mallory.ts';
import { addMiddleScript, Middle } from '../support/middle.ts';
import { pair, type Subject } from '../support/subject.ts';
import { meetSubjects, type Subjects } from '../support/subjects.ts';

// Alice and Bob are paired and meet on a server that belongs to an attacker.

let server: HostileServer;
let subjects: Subjects;
let alice: Subject;
let bob: Subject;
/** Of each, since the test began. */
let counts: Array<() => Promise<ConnectionCount>>;
let ids: { alice: string; bob: string };
let lines = 0;

beforeAll(async () => {
  server = await HostileServer.start();
  subjects = await meetSubjects(server.url);
  ({ alice, bob } = subjects);
  await pair(alice, bob);
  ids = { alice: await alice.id(), bob: await bob.id() };
  await server.stop();
});
afterAll(() => subjects.close());

beforeEach(async () => {
  server = await HostileServer.start();
  counts = [];
  for (const subject of [alice, bob]) counts.push(await countConnections(await subject.browser.offscreen()));
});
afterEach(() => server.stop());

/** Both go to the server, which does this to them. Their old connection ends with that. */
async function meetUnder(tricks: Tricks): Promise<void> {
  server.tricks = tricks;
  await Promise.all([alice.movesTo(server.url), bob.movesTo(server.url)]);
}

async function bothConnected(): Promise<void> {
  await Promise.all([alice.peer(), bob.peer()]);
}

/** A line that nobody has said before. */
async function sayDelivered(): Promise<void> {
  const text = `line ${++lines}`;
  await alice.says(text);
  await bob.hears(text);
  expect((await bob.lines()).filter((line) => line === text)).toEqual([text]);
}

/** While the server attacks: nobody is connected, and what is said stays here. When it stops, all is well, and each line is there once. */
async function nothingUntilItStops(isEnough: () => boolean): Promise<void> {
  const text = `line ${++lines}`;
  await alice.says(text);
  await expect.poll(isEnough, { timeout: 90_000, message: 'messages to attack' }).toBe(true);
  for (const subject of [alice, bob]) {
    expect((await subject.state()).peers[0]?.connection.state).not.toBe('connected');
    expect((await subject.state()).peers).toHaveLength(1);
  }
  expect(await bob.lines()).not.toContain(text);
  server.tricks = {};
  await bothConnected();
  await bob.hears(text);
  expect((await bob.lines()).filter((line) => line === text)).toEqual([text]);
}

const passedOf = (kind: string) => server.passed.filter((message) => kindOf(message) === kind).length;

test('the attack that reads and alters plain PeerJS finds nothing to take hold of', async () => {
  const page = await alice.browser.browser.newPage();
  await addMiddleScript(page);
  const middle = new Middle(server, page);
  await Promise.all([alice.movesTo(server.url), bob.movesTo(server.url)]);
  await bothConnected();
  await alice.says('pay 10');
  await bob.hears('pay 10');
  expect(await bob.lines()).not.toContain('pay 10 (altered)');
  expect(middle.taken).toBe(0);
  expect(await middle.read()).toEqual([]);
  await page.close();
});

test('rerouted to somebody with other keys, who answers everything: not connected, until it stops', async () => {
  const mallory = await Mallory.in(server);
  const knocks: Passing[] = [];
  await meetUnder({
    pass: (message) => {
      if (kindOf(message) !== 'knock') return [];
      knocks.push(message);
      // Each gets its own knock back, somebody else's as an answer, and random bytes of the right size.
      mallory.answers(message);
      return [{ ...message, src: message.dst, dst: message.src }];
    },
  });
  await nothingUntilItStops(() => [ids.alice, ids.bob].every((id) => knocks.filter(({ src }) => src === id).length > 1));
});

/** Each kind of message of a meeting, and what is done to every one of that kind. */
const ALTERATIONS: ReadonlyArray<[what: string, kind: string, change: (message: Passing) => Passing]> = [
  ['the ephemeral key of a knock', 'knock', (message) => withByteTurned(message, 0)],
  ['the sealed part of a knock', 'knock', (message) => withByteTurned(message, 40)],
  ['the ephemeral key of a welcome', 'welcome', (message) => withByteTurned(message, 0)],
  ['the tag of a welcome', 'welcome', (message) => withByteTurned(message, 40)],
  ['the session of a sealed message', 'sealed', (message) => withSealed(message, ({ s }) => ({ s: altered(s, 0) }))],
  ['the number of a sealed message', 'sealed', (message) => withSealed(message, ({ n }) => ({ n: Number(n) + 1 }))],
  ['the text of a sealed message', 'sealed', (message) => withSealed(message, ({ c }) => ({ c: altered(c, 0) }))],
  ['the sender of a sealed message', 'sealed', (message) => ({ ...message, src: message.dst, dst: message.src })],
];

test.each(ALTERATIONS)('%s altered: not connected, until it stops', async (_, kind, change) => {
  await meetUnder({ pass: (message) => [kindOf(message) === kind ? change(message) : message] });
  await nothingUntilItStops(() => passedOf(kind) > 1);
});
