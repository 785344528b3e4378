import { beforeEach, describe, expect, test } from 'vitest';
import { LivePair, type LivePerson } from '../support/live-pair.ts';

let alice: LivePerson;
beforeEach(async () => {
  const pair = await LivePair.start();
  ({ alice } = pair);
  await alice.showsTab();
  return () => pair.disconnect();
});

const turns = (on: boolean) => alice.live.outgoing.running?.setVoice(on);
const answers = (allowed: boolean) => alice.live.outgoing.running?.microphoneAnswered(allowed);
const live = () => alice.microphones.filter(({ readyState }) => readyState === 'live');

describe('my voice beside what I show', () => {
  test('is off until it is switched on, and nothing listens once it is off again', async () => {
    expect(alice.shows?.voice).toBe('off');
    expect(alice.microphones).toEqual([]);
    await turns(true);
    expect(alice.shows?.voice).toBe('on');
    expect(alice.sharer.voice).toBe(live()[0]);
    await turns(false);
    expect(alice.shows?.voice).toBe('off');
    expect(alice.sharer.voice).toBeNull();
    expect(live()).toEqual([]);
  });

  test('ends with the share', async () => {
    await turns(true);
    alice.live.outgoing.stop();
    expect(alice.microphones).toHaveLength(1);
    expect(live()).toEqual([]);
  });

  test('ends with the source', async () => {
    await turns(true);
    alice.sharer.sourceEnds();
    expect(alice.microphones).toHaveLength(1);
    expect(live()).toEqual([]);
  });

  test('stays through a pause and another source', async () => {
    await turns(true);
    alice.live.outgoing.running?.pause(true);
    await alice.showsTab(8, 'Second');
    expect(alice.shows?.voice).toBe('on');
    expect(live()).toHaveLength(1);
  });

  test('where the browser must ask, a page of ours does; the answer goes on', async () => {
    alice.microphone = 'prompt';
    await turns(true);
    expect(alice.shows?.voice).toBe('asking');
    expect(alice.microphonePages).toBe(1);
    expect(alice.notices()).toEqual([]);
    alice.microphone = 'granted';
    await answers(true);
    expect(alice.shows?.voice).toBe('on');
    expect(live()).toHaveLength(1);
  });

  test('refused on that page it is off, with a sentence', async () => {
    alice.microphone = 'prompt';
    await turns(true);
    await answers(false);
    expect(alice.shows?.voice).toBe('off');
    expect(alice.notices()).toEqual(['microphone-denied']);
  });

  test('an answer that nobody waits for any more switches nothing on', async () => {
    alice.microphone = 'prompt';
    await turns(true);
    await turns(false);
    alice.microphone = 'granted';
    await answers(true);
    expect(alice.shows?.voice).toBe('off');
    expect(alice.microphones).toEqual([]);
  });

  test('allowed on the page and refused all the same is a sentence, not another page', async () => {
    alice.microphone = 'prompt';
    await turns(true);
    await answers(true);
    expect(alice.shows?.voice).toBe('off');
    expect(alice.microphonePages).toBe(1);
    expect(alice.notices()).toEqual(['microphone-denied']);
  });

  test.each([
    ['denied', 'microphone-denied'],
    ['missing', 'microphone-missing'],
  ] as const)('a microphone that is %s is a sentence', async (microphone, code) => {
    alice.microphone = microphone;
    await turns(true);
    expect(alice.shows?.voice).toBe('off');
    expect(alice.notices()).toEqual([code]);
    expect(alice.microphonePages).toBe(0);
  });

  test('switched off while it is being opened leaves nothing that listens', async () => {
    const opening = turns(true);
    await turns(false);
    await opening;
    expect(alice.shows?.voice).toBe('off');
    expect(live()).toEqual([]);
    expect(alice.notices()).toEqual([]);
  });

  test('unplugged it is off, with a sentence', async () => {
    await turns(true);
    alice.microphones[0]?.ends();
    expect(alice.shows?.voice).toBe('off');
    expect(alice.sharer.voice).toBeNull();
    expect(alice.notices()).toEqual(['microphone-missing']);
  });
});
