import { expect, test } from 'vitest';
import { EPOCH_BYTES, encodeFrame } from '../../extension/core/protocol/frames.ts';
import type { Hello } from '../../extension/core/protocol/messages.ts';
import type { Session } from '../../extension/core/session/session.ts';
import { newId } from '../../extension/core/shared/ids.ts';
import { createMemoryLinks } from '../support/memory-link.ts';
import { recordSession } from '../support/recorded-session.ts';

class Person {
  readonly events: string[];
  readonly texts: string[];
  readonly session: Session;

  constructor(leads: boolean, version = 1) {
    const greeting: Hello = { type: 'hello', version, name: 'Someone', presence: 'online', shareId: null };
    const recorded = recordSession(leads, () => greeting);
    this.session = recorded.session;
    this.texts = recorded.texts;
    this.events = recorded.events;
  }

  says(text: string): Promise<void> {
    return this.session.channel.send({ type: 'chat', id: newId(), at: 1, text });
  }
}

async function connected() {
  const [alice, bob] = [new Person(true), new Person(false)];
  const links = createMemoryLinks();
  const greeted = await Promise.all([alice.session.attach(links.a), bob.session.attach(links.b)]);
  expect(greeted).toEqual([true, true]);
  return { alice, bob, links };
}

test('a session moves to another link without a moment in which it is not connected', async () => {
  const { alice, bob, links } = await connected();
  const next = createMemoryLinks();
  await Promise.all([alice.session.attach(next.a), bob.session.attach(next.b)]);
  expect(alice.session.link).toBe(next.a);
  expect(bob.session.link).toBe(next.b);
  await Promise.all([alice.says('hello'), bob.says('well')]);
  // Either may be the first to close what both have left.
  await Promise.all([links.a.closed, links.b.closed]);
  expect([alice.events, bob.events]).toEqual([
    ['connected', 'switched'],
    ['connected', 'switched'],
  ]);
});

test('the old link stays in use while the other side is not on the new one', async () => {
  const { alice, bob, links } = await connected();
  const next = createMemoryLinks();
  void alice.session.attach(next.a);
  await Promise.all([alice.says('over the old one'), bob.says('this too')]);
  expect(alice.session.link).toBe(links.a);
  next.cut();
  await Promise.all([alice.says('and on'), bob.says('and on')]);
  expect(bob.texts).toEqual(['over the old one', 'and on']);
  expect([...alice.events, ...bob.events]).toEqual(['connected', 'connected']);
});

test('both use the same of two links, whichever answers first', async () => {
  const { alice, bob } = await connected();
  const [relay, direct] = [createMemoryLinks(), createMemoryLinks()];
  // Bob hears of the later one first.
  relay.pause();
  const slow = [alice.session.attach(relay.a), bob.session.attach(relay.b)];
  await Promise.all([alice.session.attach(direct.a), bob.session.attach(direct.b)]);
  relay.resume();
  expect(await Promise.all(slow)).toEqual([false, false]);
  expect(alice.session.link).toBe(direct.a);
  expect(bob.session.link).toBe(direct.b);
  await alice.says('still here');
  expect([...alice.events, ...bob.events]).not.toContain('disconnected');
});

test('the link that was left a moment ago is used again when the new one breaks at once', async () => {
  const { alice, bob, links } = await connected();
  const next = createMemoryLinks();
  await Promise.all([alice.session.attach(next.a), bob.session.attach(next.b)]);
  next.cut();
  await Promise.all([alice.says('back'), bob.says('back')]);
  expect(alice.session.link).toBe(links.a);
  expect([...alice.events, ...bob.events]).not.toContain('disconnected');
});

test('a peer that was started anew is met on its new link although the old one looks alive', async () => {
  const { alice, bob } = await connected();
  const reborn = new Person(true);
  const links = createMemoryLinks();
  await Promise.all([reborn.session.attach(links.a), bob.session.attach(links.b)]);
  await Promise.all([reborn.says('new life'), bob.says('welcome')]);
  expect(bob.session.link).toBe(links.b);
  expect(bob.texts).toEqual(['new life']);
  expect(bob.events).toEqual(['connected', 'disconnected', 'connected']);
  alice.session.close();
});

test('who leaves a moment after a switch is on none of its links any more', async () => {
  const { alice, bob, links } = await connected();
  const next = createMemoryLinks();
  await Promise.all([alice.session.attach(next.a), bob.session.attach(next.b)]);
  alice.session.leave();
  expect(alice.events).toEqual(['connected', 'switched', 'disconnected']);
  expect(await Promise.all([links.a.closed, next.a.closed])).toEqual(['bye', 'bye']);
  expect(alice.session.link).toBe(null);
  bob.session.close();
});

test('another version is told as the one who has to be updated, on both sides, and its link is not used', async () => {
  const { alice, links } = await connected();
  const other = new Person(false, 2);
  const next = createMemoryLinks();
  const greeted = [alice.session.attach(next.a), other.session.attach(next.b)];
  expect(await Promise.all(greeted)).toEqual(['version-behind', 'version-ahead']);
  await Promise.all([next.a.closed, next.b.closed]);
  expect([alice.events, other.events]).toEqual([['connected'], []]);
  expect(alice.session.link).toBe(links.a);
});

test('a link on which the peer has greeted but not opened takes nobody’s place, and counts once when it has', async () => {
  const { alice, links } = await connected();
  const next = createMemoryLinks();
  void alice.session.attach(next.a);
  const lane = next.b.lane('control');
  const greeting = { type: 'hello', version: 1, name: 'Someone', presence: 'online', shareId: null } as const;
  await lane.send(encodeFrame({ type: 'notice', body: greeting }));
  links.cut();
  await expect.poll(() => alice.events).toEqual(['connected', 'disconnected']);
  const open = { first: 1, peerEpoch: new Uint8Array(EPOCH_BYTES), received: 0 };
  await lane.send(encodeFrame({ type: 'open', epoch: new Uint8Array(EPOCH_BYTES).fill(7), ...open }));
  await expect.poll(() => alice.events).toEqual(['connected', 'disconnected', 'connected']);
  await lane.send(encodeFrame({ type: 'data', seq: 1, body: { type: 'chat', id: newId(), at: 1, text: 'heard' } }));
  await expect.poll(() => alice.texts).toEqual(['heard']);
});
