import { expect } from 'vitest';
import { altered, kindOf, withByteTurned, withSealed } from '../support/alter.ts';
import type { Passing } from '../support/hostile-server.ts';
import { Mallory } from '../support/mallory.ts';
import { meetingTest } from '../support/meeting.ts';
import { addMiddleScript, Middle } from '../support/middle.ts';

// Alice and Bob are paired and meet on a server that belongs to an attacker, who alters what they say.

meetingTest('the attack that alters plain PeerJS finds nothing to take hold of', async ({ meeting }) => {
  const { alice, bob, server } = meeting;
  const page = await alice.browser.browser.newPage();
  await addMiddleScript(page);
  const middle = new Middle(server, page);
  await meeting.under(server.tricks);
  await meeting.bothConnected();
  await alice.says('pay 10');
  await bob.hears('pay 10');
  expect(await bob.lines()).not.toContain('pay 10 (altered)');
  expect(middle.taken).toBe(0);
  expect(await middle.read()).toEqual([]);
  await page.close();
});

meetingTest('rerouted to somebody who has other keys and answers everything', async ({ meeting }) => {
  const { ids, server } = meeting;
  const mallory = await Mallory.in(server);
  await meeting.under({
    pass: (message) => {
      if (kindOf(message) !== 'knock') return [];
      void mallory.answersKnock(message);
      // Everybody gets their own knock back, too.
      return [{ ...message, src: message.dst, dst: message.src }];
    },
  });
  await meeting.fails(() => [ids.dials, ids.waits].every((id) => meeting.passed('knock', id) > 2));
});

/** Each part of the messages that make a connection, and what is done to it in every one of them. */
const ALTERATIONS: ReadonlyArray<[what: string, kind: string, change: (message: Passing) => Passing]> = [
  ['the ephemeral key of a knock', 'knock', (message) => withByteTurned(message, 0)],
  ['the sealed part of a knock', 'knock', (message) => withByteTurned(message, 40)],
  ['the ephemeral key of a welcome', 'welcome', (message) => withByteTurned(message, 0)],
  ['the tag of a welcome', 'welcome', (message) => withByteTurned(message, 40)],
  ['the session of a sealed message', 'sealed', (message) => withSealed(message, ({ s }) => ({ s: altered(s, 0) }))],
  ['the number of a sealed message', 'sealed', (message) => withSealed(message, ({ n }) => ({ n: Number(n) + 1 }))],
  ['the text of a sealed message', 'sealed', (message) => withSealed(message, ({ c }) => ({ c: altered(c, 0) }))],
  ['the way of a sealed message', 'sealed', (message) => ({ ...message, src: message.dst, dst: message.src })],
];

for (const [what, kind, change] of ALTERATIONS) {
  meetingTest(`${what} altered`, async ({ meeting }) => {
    await meeting.under({ pass: (message) => [kindOf(message) === kind ? change(message) : message] });
    await meeting.fails(() => meeting.passed(kind) > 2, kind === 'sealed');
  });
}
