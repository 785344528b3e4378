import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type FakeSharer, LivePair } from '../support/live-pair.ts';
import { openViewerPage, showsTabToBob } from '../support/viewer-page.ts';

const OFFER = { kind: 'description', type: 'offer', sdp: 'v=0' } as const;
const ANSWER = { kind: 'description', type: 'answer', sdp: 'v=0' } as const;

let pair: LivePair;
beforeEach(async () => {
  pair = await LivePair.start();
  return () => pair.disconnect();
});

const shown = () => showsTabToBob(pair);
const viewer = () => openViewerPage(pair);

describe('a viewer page that is being opened', () => {
  const open = () => pair.bob.live.incoming.expect(pair.bob.peerId, pair.bob.isShown?.shareId ?? '');

  test('finds what the sharer has said meanwhile, in order and once', async () => {
    const { alice, bob } = pair;
    await shown();
    open();
    open();
    await alice.until('asked', () => alice.sharer.watches === 1);
    alice.sharer.says(OFFER);
    alice.sharer.says({ kind: 'candidate', candidate: null });
    await bob.until('kept', () => bob.heard.filter(({ type }) => type === 'share-signal').length === 2);
    const page = viewer();
    expect(page.heard).toEqual(['ready', 'description', 'candidate']);
    expect(alice.sharer.watches).toBe(1);
    // From now on it hears by itself, and is heard.
    alice.sharer.says({ kind: 'candidate', candidate: null });
    await bob.until('heard', () => page.heard.length === 4);
    page.watch.signal(ANSWER);
    await alice.until('answered', () => alice.sharer.signals.length === 1);
    page.watch.leave();
    await alice.until('left', () => alice.shows?.status === 'offered');
  });

  test('that never comes leaves the sharer alone', async () => {
    const { alice } = pair;
    await shown();
    vi.useFakeTimers();
    try {
      open();
      vi.advanceTimersByTime(10_000);
    } finally {
      vi.useRealTimers();
    }
    await alice.until('asked', () => alice.sharer.watches === 1);
    await alice.until('left', () => alice.shows?.status === 'offered');
  });

  test.each([
    ['the sharer has let go of', (sharer: FakeSharer) => sharer.fails('share-unreachable')],
    [
      'more was said to than an offer takes',
      (sharer: FakeSharer) => {
        for (let more = 0; more <= 64; more += 1) sharer.says({ kind: 'candidate', candidate: null });
      },
    ],
  ])('that %s asks anew', async (_, happens) => {
    const { alice, bob } = pair;
    await shown();
    open();
    await alice.until('asked', () => alice.sharer.watches === 1);
    const before = bob.heard.length;
    happens(alice.sharer);
    await bob.until('told', () => bob.heard.length > before + (alice.sharer.viewer === null ? 0 : 64));
    const page = viewer();
    expect(page.heard).toEqual(['ready']);
    await alice.until('asked again', () => alice.sharer.watches === 2);
  });

  test('of a share that is over is told so', async () => {
    const { alice, bob } = pair;
    await shown();
    const shareId = bob.isShown?.shareId ?? '';
    open();
    alice.live.outgoing.stop();
    await bob.until('over', () => bob.isShown === undefined);
    bob.live.incoming.expect(bob.peerId, shareId);
    expect(viewer().heard).toEqual(['stopped']);
  });
});
