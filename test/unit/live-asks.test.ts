import { beforeEach, describe, expect, test } from 'vitest';
import { LivePair, type LivePerson } from '../support/live-pair.ts';

let pair: LivePair;
beforeEach(async () => {
  pair = await LivePair.start();
  return () => pair.disconnect();
});

/** Bob asks Alice. */
async function asked(): Promise<void> {
  const { alice, bob } = pair;
  bob.live.asks.ask(bob.peerId);
  await alice.until('asked', () => alice.store.now.asks.length > 0);
}

const asks = (person: LivePerson, count: number) =>
  person.until(`${count} asks`, () => person.store.now.asks.length === count);

/** Whatever either side has said by now has arrived. */
async function settled(): Promise<void> {
  const { alice, bob } = pair;
  for (const { session } of [bob, alice, bob]) await session.channel.send({ type: 'typing' });
}

describe('asking to see something', () => {
  test('is a card for the other side, told once, and the wish stands at this side', async () => {
    const { alice, bob } = pair;
    await asked();
    bob.live.asks.ask(bob.peerId);
    bob.live.asks.ask(bob.peerId);
    const [mine] = bob.store.now.asks;
    expect(bob.store.now.asks).toEqual([{ id: mine?.id, peerId: bob.peerId, mine: true, at: mine?.at }]);
    expect(alice.store.now.asks).toMatchObject([{ id: mine?.id, peerId: alice.peerId, mine: false }]);
    expect(alice.told).toEqual(['asks']);
  });

  test('is answered by any share to that peer', async () => {
    const { alice, bob } = pair;
    await asked();
    await alice.showsTab();
    expect(alice.store.now.asks).toEqual([]);
    await bob.until('shown', () => bob.isShown !== undefined);
    expect(bob.store.now.asks).toEqual([]);
    expect(bob.notices()).toEqual([]);
  });

  test('stays while the answer has only been tried', async () => {
    const { alice, bob } = pair;
    await asked();
    alice.captureFails = 'capture-cancelled';
    await alice.picksSource();
    expect(alice.store.now.asks).toHaveLength(1);
    expect(bob.store.now.asks).toHaveLength(1);
  });

  test('that is declined is gone on both sides, and the one who asked is told', async () => {
    const { alice, bob } = pair;
    await asked();
    alice.live.asks.end(alice.store.now.asks[0]?.id ?? '');
    expect(alice.store.now.asks).toEqual([]);
    await bob.until('declined', () => bob.store.now.asks.length === 0);
    expect(bob.notices()).toEqual(['ask-declined']);
    expect(alice.notices()).toEqual([]);
  });

  test('that is taken back leaves no card', async () => {
    const { alice, bob } = pair;
    await asked();
    bob.live.asks.end(bob.store.now.asks[0]?.id ?? '');
    expect(bob.store.now.asks).toEqual([]);
    await alice.until('taken back', () => alice.store.now.asks.length === 0);
    expect([...alice.notices(), ...bob.notices()]).toEqual([]);
  });

  test('is void with the link, and not asked again by the next one', async () => {
    const { alice, bob } = pair;
    await asked();
    pair.disconnect();
    for (const person of [alice, bob]) await person.until('void', () => person.store.now.asks.length === 0);
    await pair.connect();
    await bob.showsTab();
    await alice.until('shown', () => alice.isShown !== undefined);
    expect(alice.store.now.asks).toEqual([]);
    expect(alice.told).toEqual(['asks', 'shows Tide tables']);
  });

  test('that was lost with a link that another one took the place of is asked again, once', async () => {
    const { alice, bob } = pair;
    pair.goSilent();
    bob.live.asks.ask(bob.peerId);
    await pair.goOn();
    await asks(alice, 1);
    expect(alice.store.now.asks).toMatchObject([{ id: bob.store.now.asks[0]?.id, mine: false }]);
    await pair.goOn();
    await settled();
    expect(alice.store.now.asks).toHaveLength(1);
    expect(bob.store.now.asks).toHaveLength(1);
    expect(alice.told).toEqual(['asks']);
  });

  test('that is declined or taken back while the link is lost is gone on both sides with the next one', async () => {
    const { alice, bob } = pair;
    await asked();
    pair.goSilent();
    alice.live.asks.end(alice.store.now.asks[0]?.id ?? '');
    await pair.goOn();
    await asks(bob, 0);
    expect(bob.notices()).toEqual(['ask-declined']);
    await settled();
    // What Bob said again in between was no new question.
    expect(alice.store.now.asks).toEqual([]);
    expect(alice.told).toEqual(['asks']);

    await asked();
    pair.goSilent();
    bob.live.asks.end(bob.store.now.asks[0]?.id ?? '');
    await pair.goOn();
    await asks(alice, 0);
    expect(alice.notices()).toEqual([]);
  });

  test('that comes once more after its end is over', async () => {
    const { alice, bob } = pair;
    const say = (type: 'share-ask' | 'share-ask-end', id: string) => bob.session.channel.send({ type, id });
    const [first, second] = ['x'.repeat(22), 'y'.repeat(22)];
    await say('share-ask', first);
    await say('share-ask-end', first);
    await say('share-ask', first);
    expect(alice.store.now.asks).toEqual([]);
    await say('share-ask', second);
    expect(alice.store.now.asks).toMatchObject([{ id: second }]);
    expect(alice.told).toEqual(['asks', 'asks']);
  });

  test('needs somebody to ask', () => {
    const { bob } = pair;
    pair.disconnect();
    return bob
      .until('apart', () => bob.session.link === null)
      .then(() => expect(() => bob.live.asks.ask(bob.peerId)).toThrow('peer-offline'));
  });

  test('both ways at once are two questions', async () => {
    const { alice, bob } = pair;
    await asked();
    alice.live.asks.ask(alice.peerId);
    await bob.until('asked', () => bob.store.now.asks.length === 2);
    await alice.showsTab();
    await bob.until('shown', () => bob.isShown !== undefined);
    expect(bob.store.now.asks).toMatchObject([{ mine: false }]);
    expect(alice.store.now.asks).toMatchObject([{ mine: true }]);
  });

  test('is no question to somebody who is showing something', async () => {
    const { alice, bob } = pair;
    // Asked while the share was on its way: the one who asks doesn't know of it yet.
    await alice.showsTab();
    bob.session.channel.notify({ type: 'share-ask', id: 'q'.repeat(22) });
    await alice.until('heard', () => alice.heard.some(({ type }) => type === 'share-ask'));
    expect(alice.store.now.asks).toEqual([]);
    await bob.until('shown', () => bob.isShown !== undefined);
    bob.live.asks.ask(bob.peerId);
    expect(bob.store.now.asks).toEqual([]);
  });

  test('again and again by a peer is one card, told once', async () => {
    const { alice, bob } = pair;
    for (const letter of ['x', 'y', 'z']) {
      bob.session.channel.notify({ type: 'share-ask', id: letter.repeat(22) });
    }
    await alice.until('heard', () => alice.heard.length === 3);
    expect(alice.store.now.asks).toMatchObject([{ id: 'z'.repeat(22) }]);
    expect(alice.told).toEqual(['asks']);
  });
});
