import { expect } from 'vitest';
import { kindOf } from '../support/alter.ts';
import type { Passing } from '../support/hostile-server.ts';
import { meetingTest } from '../support/meeting.ts';

// Alice and Bob are paired and meet on a server that repeats, drops, delays, reorders and invents.

meetingTest('recordings of an earlier meeting connect nobody and end nothing', async ({ meeting }) => {
  const { server } = meeting;
  await meeting.under({});
  await meeting.bothConnected();
  const recorded = [...server.passed];
  expect(new Set(recorded.map(kindOf))).toEqual(new Set(['knock', 'welcome', 'sealed']));
  const before = await meeting.counts();
  const replay = () => {
    for (const message of [...recorded, ...recorded.toReversed()]) server.deliver(message);
  };

  // While they are connected.
  replay();
  await meeting.arrives(await meeting.says());
  await meeting.settled();
  expect(await meeting.counts()).toEqual(before);

  // While they look for each other, and hear nothing else.
  const text = await meeting.loses(() => {
    server.tricks = { pass: () => [] };
  });
  const apart = await meeting.counts();
  replay();
  await meeting.knockAgain();
  replay();
  await meeting.settled();
  expect((await meeting.counts()).map(({ made }) => made)).toEqual(apart.map(({ made }) => made));
  for (const subject of [meeting.alice, meeting.bob]) {
    expect((await subject.state()).peers[0]?.connection.state).not.toBe('connected');
  }
  server.tricks = {};
  await meeting.bothConnected();
  await meeting.arrives(text);
});

meetingTest('a knock that was held back, delivered later and twice, replaces nothing', async ({ meeting }) => {
  const { server } = meeting;
  const held: Passing[] = [];
  await meeting.under({
    pass: (message) => {
      if (kindOf(message) !== 'knock' || held.length >= 2) return [message];
      held.push(message);
      return [];
    },
  });
  await expect.poll(() => held.length, { timeout: 60_000 }).toBe(2);
  await meeting.knockAgain();
  await meeting.bothConnected();
  const before = await meeting.counts();
  for (const message of [...held, ...held]) server.deliver(message);
  await meeting.arrives(await meeting.says());
  await meeting.settled();
  expect(await meeting.counts()).toEqual(before);
});

/** What a bad line does to every message, for a while. */
const BAD_LINES: ReadonlyArray<[what: string, line: () => (message: Passing) => readonly Passing[]]> = [
  ['drops every second message', () => everySecond()],
  ['delivers every message a message late', () => oneLate()],
  ['delivers messages in pairs, the later first', () => inPairs()],
  ['delivers every message three times', () => (message) => [message, message, message]],
];

for (const [what, line] of BAD_LINES) {
  meetingTest(`a line that ${what}: connected when it is over, and every line once`, async ({ meeting }) => {
    await meeting.under({ pass: line() });
    const text = await meeting.says();
    for (let rounds = 0; rounds < 3; rounds++) await meeting.knockAgain();
    await expect.poll(() => meeting.server.passed.length, { timeout: 60_000 }).toBeGreaterThan(3);
    meeting.server.tricks = {};
    await meeting.bothConnected();
    await meeting.arrives(text);
  });
}

function everySecond(): (message: Passing) => readonly Passing[] {
  let count = 0;
  return (message) => (count++ % 2 === 0 ? [] : [message]);
}

function oneLate(): (message: Passing) => readonly Passing[] {
  let late: Passing | null = null;
  return (message) => {
    const now = late ? [late] : [];
    late = message;
    return now;
  };
}

function inPairs(): (message: Passing) => readonly Passing[] {
  let first: Passing | null = null;
  return (message) => {
    const now = first ? [message, first] : [];
    first = first ? null : message;
    return now;
  };
}
