import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { MediaSignal } from '../../extension/core/protocol/messages.ts';
import { IncomingShares } from '../../extension/core/session/incoming-shares.ts';
import type { EndedShare } from '../../extension/core/session/live.ts';
import { isCaptured } from '../../extension/core/session/share-source.ts';
import { FakeStream, LivePair } from '../support/live-pair.ts';
import { openViewerPage, showsTabToBob } from '../support/viewer-page.ts';

const OFFER = { kind: 'description', type: 'offer', sdp: 'v=0' } as const;

let pair: LivePair;
beforeEach(async () => {
  pair = await LivePair.start();
  return () => pair.disconnect();
});

const shown = () => showsTabToBob(pair);
const viewer = () => openViewerPage(pair);

describe('showing something', () => {
  test('offers what it is; stopping ends it on both sides, with nothing captured', async () => {
    const { alice, bob } = pair;
    await shown();
    expect(alice.shows).toMatchObject({
      status: 'offered',
      title: 'Tide tables',
      tabId: 7,
      source: 'tab',
      hasAudio: true,
    });
    expect(bob.isShown).toMatchObject({ status: 'offered', title: 'Tide tables', source: 'tab', hasAudio: true });
    expect(bob.told).toEqual(['shows Tide tables']);
    expect(alice.audible).toBe(1);
    expect(isCaptured(alice.store.now)).toBe(true);
    alice.live.outgoing.stop();
    expect(isCaptured(alice.store.now)).toBe(false);
    expect(alice.shows).toBeNull();
    expect(alice.audible).toBe(0);
    expect(alice.captured.map(({ isLive }) => isLive)).toEqual([false]);
    await bob.until('over', () => bob.isShown === undefined);
    expect(bob.heard.at(-1)).toMatchObject({ type: 'share-stop', why: 'stopped' });
    for (const person of [alice, bob]) await person.until('remembered', () => person.remembered().length === 1);
    expect([alice.remembered(), bob.remembered()]).toEqual([['I showed Tide tables'], ['they showed Tide tables']]);
  });

  test.each([
    ['window', 'window'],
    ['monitor', 'screen'],
    ['browser', 'tab'],
  ])('a picked %s is a %s, without a tab to reach into', async (surface, source) => {
    const { alice, bob } = pair;
    alice.nextStream = () => new FakeStream({ surface, sound: false });
    await alice.picksSource();
    await bob.until('shown', () => bob.isShown !== undefined);
    expect(bob.isShown).toMatchObject({ source, hasAudio: false, title: '', pointing: false });
    expect(alice.shows).toMatchObject({ tabId: null, reach: 'none' });
    expect(alice.audible).toBe(0);
    expect(alice.entered).toEqual([]);
    expect(alice.released).toBe(0);
    alice.live.outgoing.stop();
    expect(alice.released).toBe(1);
    // The history of both says what it was.
    for (const person of [alice, bob]) {
      await person.until('remembered', () => person.remembered().length === 1);
      expect(person.store.peer(person.peerId)?.timeline[0]).toMatchObject({ kind: 'share', source });
    }
  });

  test('a picker that is cancelled is passed over in silence, and captures nothing', async () => {
    const { alice } = pair;
    alice.hasPicker = true;
    const picking = alice.picksSource();
    await alice.until('open', () => alice.picks !== null);
    expect(alice.shows?.status).toBe('starting');
    expect(isCaptured(alice.store.now)).toBe(false);
    alice.picks?.(null);
    await picking;
    expect(alice.shows).toBeNull();
    expect(alice.notices()).toEqual([]);
    expect(alice.captured).toEqual([]);
  });

  test('stopping while the picker is open leaves nothing, and the next share begins', async () => {
    const { alice, bob } = pair;
    alice.hasPicker = true;
    const picking = alice.picksSource();
    await alice.until('open', () => alice.picks !== null);
    alice.live.outgoing.stop();
    await picking;
    expect(alice.shows).toBeNull();
    expect(alice.notices()).toEqual([]);
    alice.hasPicker = false;
    await shown();
    expect(bob.isShown?.title).toBe('Tide tables');
  });

  test.each([
    ['stopped', () => pair.alice.live.outgoing.stop()],
    ['left for another source', () => void pair.alice.showsTab(9, 'Third')],
  ])('what was picked in the moment in which the share is %s is let go of', async (_, happens) => {
    const { alice } = pair;
    await alice.showsTab();
    let picked: FakeStream | undefined;
    alice.nextStream = () => {
      alice.nextStream = () => new FakeStream();
      queueMicrotask(happens);
      picked = new FakeStream({ surface: 'monitor' });
      return picked;
    };
    await alice.picksSource();
    expect(picked?.isLive).toBe(false);
    expect(alice.released).toBe(1);
    expect(alice.notices()).toEqual([]);
  });

  test('a capture that fails is one sentence and no share', async () => {
    const { alice, bob } = pair;
    alice.captureFails = 'capture-failed';
    await alice.showsTab();
    expect(alice.notices()).toEqual(['capture-failed']);
    expect(alice.told).toEqual(['not shown: capture-failed']);
    expect(alice.shows).toBeNull();
    expect(bob.heard).toEqual([]);
  });

  test('a capture that can’t be used leaves nothing captured and nothing in the way', async () => {
    const { alice, bob } = pair;
    alice.soundFails = true;
    await alice.showsTab();
    expect(alice.notices()).toEqual(['internal']);
    expect(alice.shows).toBeNull();
    expect(alice.captured.map(({ isLive }) => isLive)).toEqual([false]);
    alice.soundFails = false;
    await alice.showsTab();
    await bob.until('shown', () => bob.isShown !== undefined);
  });

  test('twice at once is one share, without a word', async () => {
    const { alice, bob } = pair;
    await Promise.all([alice.showsTab(), alice.showsTab()]);
    // What the worker says to the second click: the tab is captured already.
    alice.live.outgoing.failed(alice.peerId, { code: 'share-busy', tabId: 7, title: 'Tide tables' });
    await bob.until('shown', () => bob.isShown !== undefined);
    expect(alice.captured).toHaveLength(1);
    expect(alice.notices()).toEqual([]);
    expect(alice.told).toEqual([]);
  });

  test('a tab that another extension captures is named so, whatever is shown meanwhile', async () => {
    const { alice } = pair;
    const taken = { code: 'share-busy', tabId: 8, title: 'Recorded' } as const;
    alice.live.outgoing.failed(alice.peerId, taken);
    expect(alice.notices()).toEqual(['capture-taken']);
    await shown();
    alice.store.change({ notices: [] });
    alice.live.outgoing.failed(alice.peerId, taken);
    expect(alice.notices()).toEqual(['capture-taken']);
    expect(alice.told).toEqual(['not shown: capture-taken', 'not shown: capture-taken']);
    expect(alice.shows?.title).toBe('Tide tables');
  });

  test('a tab that somebody else is shown already is refused', async () => {
    const { alice } = pair;
    await shown();
    alice.live.outgoing.failed('C'.repeat(22), { code: 'share-busy', tabId: 7, title: 'Tide tables' });
    expect(alice.notices()).toEqual(['share-busy']);
  });

  test('to somebody else while this peer is shown something is refused', async () => {
    const { alice } = pair;
    await shown();
    const other = 'C'.repeat(22);
    const [peer] = alice.store.now.peers;
    if (peer) alice.store.change({ peers: [peer, { ...peer, id: other }] });
    await alice.live.outgoing.showTab(other, { streamId: 'two', tabId: 8, title: 'Another' });
    expect(alice.store.now.notices).toMatchObject([{ code: 'share-busy', peerId: other }]);
    expect(alice.told).toEqual(['not shown: share-busy']);
    expect(alice.captured).toHaveLength(1);
    expect(alice.shows?.title).toBe('Tide tables');
  });

  test('a source that ends by itself ends the share, and the viewer learns why', async () => {
    const { alice, bob } = pair;
    await shown();
    const page = viewer();
    alice.sharer.sourceEnds();
    expect(alice.shows).toBeNull();
    expect(alice.audible).toBe(0);
    await bob.until('over', () => bob.isShown === undefined);
    expect(page.heard).toEqual(['ready', 'source-ended']);
  });

  test('a tab from the browser’s dialog is not said to be closed when it ends: its own bar ends it too', async () => {
    const { alice, bob } = pair;
    await alice.picksSource();
    await bob.until('offered', () => bob.isShown !== undefined);
    const page = viewer();
    expect(alice.shows).toMatchObject({ source: 'tab', tabId: null });
    alice.sharer.sourceEnds();
    await bob.until('over', () => bob.isShown === undefined);
    expect(page.heard).toEqual(['ready', 'stopped']);
  });

  test('a peer that has no codec for it ends the share with a sentence', async () => {
    const { alice, bob } = pair;
    await shown();
    const page = viewer();
    alice.sharer.fails('share-no-codec');
    expect(alice.notices()).toEqual(['share-no-codec']);
    expect(alice.shows).toBeNull();
    expect(alice.captured[0]?.isLive).toBe(false);
    await bob.until('over', () => bob.isShown === undefined);
    expect(page.heard).toEqual(['ready', 'failed']);
  });

  test('a connection that broke down is a sentence, and the share can be watched again', async () => {
    const { alice, bob } = pair;
    await shown();
    const page = viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    alice.sharer.fails('share-unreachable');
    expect(alice.notices()).toEqual(['share-unreachable']);
    expect(alice.shows?.status).toBe('offered');
    await bob.until('told', () => page.heard.includes('dropped'));
    expect(page.heard).toEqual(['ready', 'dropped']);
    viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    expect(bob.isShown?.status).toBe('watching');
  });

  test('only the page that the sharer let go of is told, once, and nothing goes back', async () => {
    const { alice, bob } = pair;
    await shown();
    const id = bob.isShown?.shareId ?? '';
    const page = viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    const said = alice.heard.length;
    for (const message of [
      { id, viewer: 'g'.repeat(22) },
      { id: 'n'.repeat(22), viewer: alice.sharer.viewer ?? '' },
      { id, viewer: alice.sharer.viewer ?? '' },
    ])
      await alice.session.channel.send({ type: 'share-leave', ...message });
    expect(page.heard).toEqual(['ready', 'dropped']);
    expect(alice.heard).toHaveLength(said);
  });
});

describe('another source for the same share', () => {
  test('is the same share with another picture; the first one ends', async () => {
    const { alice, bob } = pair;
    await shown();
    viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    const before = alice.shows?.shareId;
    alice.nextStream = () => new FakeStream({ surface: 'monitor', sound: false });
    await alice.picksSource();
    expect(alice.shows).toMatchObject({
      shareId: before,
      status: 'live',
      source: 'screen',
      tabId: null,
      hasAudio: false,
    });
    expect(alice.captured.map(({ isLive }) => isLive)).toEqual([false, true]);
    expect(alice.audible).toBe(0);
    await bob.until('told', () => bob.isShown?.source === 'screen');
    expect(bob.isShown).toMatchObject({ shareId: before, status: 'watching', hasAudio: false });
    expect(bob.told).toEqual(['shows Tide tables']);
  });

  test('that can’t be captured leaves the first one', async () => {
    const { alice, bob } = pair;
    await shown();
    alice.captureFails = 'capture-failed';
    await alice.showsTab(8, 'Second');
    expect(alice.notices()).toEqual(['capture-failed']);
    expect(alice.shows).toMatchObject({ title: 'Tide tables', tabId: 7 });
    expect(alice.captured[0]?.isLive).toBe(true);
    expect(alice.audible).toBe(1);
    expect(bob.isShown?.title).toBe('Tide tables');
  });

  test('of two choices the later one counts', async () => {
    const { alice } = pair;
    await shown();
    alice.hasPicker = true;
    const first = alice.picksSource();
    await alice.until('open', () => alice.picks !== null);
    alice.hasPicker = false;
    await alice.showsTab(8, 'Second');
    await first;
    expect(alice.shows?.title).toBe('Second');
    expect(alice.notices()).toEqual([]);
    expect(alice.captured.map(({ isLive }) => isLive)).toEqual([false, true]);
  });

  test('while the person holds it stays held; held for a password it goes on', async () => {
    const { alice } = pair;
    await shown();
    alice.live.outgoing.running?.pause(true);
    await alice.showsTab(8, 'Second');
    expect(alice.shows?.pause).toBe('person');
    expect(alice.sharer.isPaused).toBe(true);
    alice.live.outgoing.running?.pause(false);
    const page = alice.live.outgoing.pageConnected(8, { post: () => {}, close: () => {} });
    page?.password(true);
    expect(alice.shows?.pause).toBe('password');
    await alice.showsTab(9, 'Third');
    expect(alice.shows?.pause).toBeNull();
    await alice.until('goes on', () => !alice.sharer.isPaused);
  });

  test('picked when the first one has just ended captures nothing', async () => {
    const { alice, bob } = pair;
    await shown();
    alice.hasPicker = true;
    const picking = alice.picksSource();
    await alice.until('open', () => alice.picks !== null);
    alice.sharer.sourceEnds();
    await picking;
    expect(alice.shows).toBeNull();
    expect(alice.captured.map(({ isLive }) => isLive)).toEqual([false]);
    expect(alice.notices()).toEqual([]);
    await bob.until('over', () => bob.isShown === undefined);
  });
});

describe('while it is shown', () => {
  test('what changes is told: pause, sound, trouble', async () => {
    const { alice, bob } = pair;
    await shown();
    const running = alice.live.outgoing.running;
    running?.pause(true);
    expect(alice.sharer.isPaused).toBe(true);
    await bob.until('held', () => bob.isShown?.pause === 'person');
    running?.pause(false);
    expect(alice.sharer.isPaused).toBe(false);
    await bob.until('goes on', () => bob.isShown?.pause === null);
    running?.setSound(false);
    expect(alice.sharer.hasSound).toBe(false);
    await bob.until('silent', () => bob.isShown?.hasAudio === false);
    expect(alice.shows).toMatchObject({ hasAudio: true, soundOn: false });
    alice.sharer.options.onTrouble('black');
    await bob.until('black', () => bob.isShown?.trouble === 'black');
    alice.sharer.options.onTrouble(null);
    await bob.until('fine', () => bob.isShown?.trouble === null);
  });

  test('what only concerns this side is not told', async () => {
    const { alice, bob } = pair;
    await shown();
    const before = bob.heard.length;
    alice.live.outgoing.running?.setQuality('smooth');
    alice.sharer.options.onContent('film');
    alice.sharer.options.onPeerVoice(true);
    expect(alice.shows).toMatchObject({ quality: 'smooth', content: 'film', peerVoice: true });
    expect(alice.sharer.quality).toBe('smooth');
    alice.live.outgoing.running?.pause(true);
    await bob.until('held', () => bob.isShown?.pause === 'person');
    expect(bob.heard.length).toBe(before + 1);
  });

  test('a title that changes all the time is told now and then, and the last one at the end', async () => {
    const { alice, bob } = pair;
    await shown();
    const page = alice.live.outgoing.pageConnected(7, { post: () => {}, close: () => {} });
    for (let n = 0; n <= 500; n++)
      page?.seen({ origin: 'https://tides.example', url: 'https://tides.example/', title: `Tide ${n}` });
    await bob.until('the last', () => bob.isShown?.title === 'Tide 500');
    expect(bob.heard.length).toBeLessThan(6);
  });

  test('is told again on every link, and asks the sharer to bring the picture back', async () => {
    const { alice, bob } = pair;
    await shown();
    pair.disconnect();
    await alice.until('apart', () => alice.session.link === null);
    alice.live.outgoing.running?.pause(true);
    await pair.connect();
    await bob.until('told', () => bob.isShown?.pause === 'person');
    expect(alice.sharer.looks).toBe(1);
    expect(bob.told).toEqual(['shows Tide tables']);
  });

  test('looks for a new path when the network of either side changes', async () => {
    const { alice, bob } = pair;
    await shown();
    viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    alice.live.networkChanged();
    expect(alice.sharer.looks).toBe(1);
    bob.live.networkChanged();
    await alice.until('asked', () => alice.sharer.signals.length > 0);
    expect(alice.sharer.signals).toEqual([{ kind: 'restart' }]);
  });

  test('goes on over the relay as long as its picture has a way of its own', async () => {
    const { alice } = pair;
    await shown();
    viewer();
    vi.useFakeTimers();
    try {
      alice.sharer.options.onHealth('connected');
      pair.goOver('relay');
      alice.live.connected(alice.peerId, null);
      alice.sharer.options.onAnswered();
      vi.advanceTimersByTime(60_000);
      expect(alice.shows).not.toBeNull();
      expect(alice.notices()).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('over the relay without any way for the picture both sides are told within ten seconds, and nothing is captured any more', async () => {
    const { alice, bob } = pair;
    pair.goOver('relay');
    await shown();
    const page = viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    vi.useFakeTimers();
    try {
      alice.sharer.options.onHealth('connecting');
      alice.sharer.options.onAnswered();
      vi.advanceTimersByTime(7_900);
      expect(alice.notices()).toEqual([]);
      vi.advanceTimersByTime(100);
    } finally {
      vi.useRealTimers();
    }
    expect(alice.notices()).toEqual(['share-needs-turn']);
    expect(alice.shows).toBeNull();
    expect(alice.captured.map(({ isLive }) => isLive)).toEqual([false]);
    expect(alice.audible).toBe(0);
    await bob.until('over', () => bob.isShown === undefined);
    expect(page.heard).toEqual(['ready', 'needs-turn']);
    // Everything else goes on.
    await alice.session.channel.send({ type: 'chat', id: 'c'.repeat(22), at: 1, text: 'Then in words' });
    expect(bob.session.link?.path).toBe('relay');
    await shown();
  });

  test('a share that ended without a link is over at the next one', async () => {
    const { alice, bob } = pair;
    await shown();
    const page = viewer();
    pair.disconnect();
    await alice.until('apart', () => alice.session.link === null);
    alice.live.outgoing.stop();
    await pair.connect();
    await bob.until('over', () => bob.isShown === undefined);
    expect(page.heard).toEqual(['ready', 'stopped']);
  });

  test('both show each other something at the same time', async () => {
    const { alice, bob } = pair;
    await shown();
    await bob.showsTab(3, 'Harbour map');
    await alice.until('shown', () => alice.isShown?.title === 'Harbour map');
    const page = viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    expect(bob.shows?.status).toBe('offered');
    bob.live.outgoing.stop();
    await alice.until('one is over', () => alice.isShown === undefined);
    expect(alice.shows?.status).toBe('live');
    expect(page.heard).toEqual(['ready']);
  });

  test('the peer is forgotten: nothing is captured any more', async () => {
    const { alice } = pair;
    await shown();
    alice.live.removed(alice.peerId);
    expect(alice.shows).toBeNull();
    expect(alice.captured[0]?.isLive).toBe(false);
  });
});

describe('watching', () => {
  test('a second viewer page takes the share over, and the first may not speak any more', async () => {
    const { alice, bob } = pair;
    await shown();
    const first = viewer();
    const second = viewer();
    expect(first.heard).toEqual(['ready', 'replaced']);
    first.watch.leave();
    expect(bob.isShown?.status).toBe('watching');
    await alice.until('two asked', () => alice.heard.filter(({ type }) => type === 'share-watch').length === 2);
    const names = alice.heard.flatMap((message) => (message.type === 'share-watch' ? [message.viewer] : []));
    await alice.until('the second is shown it', () => alice.sharer.viewer === names[1]);
    second.watch.leave();
    expect(bob.isShown?.status).toBe('dismissed');
    await alice.until('nobody watches', () => alice.shows?.status === 'offered');
  });

  test('closed and opened again is watched again', async () => {
    const { alice } = pair;
    await shown();
    viewer().watch.leave();
    const again = viewer();
    await alice.until('watched', () => alice.heard.filter(({ type }) => type === 'share-watch').length === 2);
    await alice.until('live', () => alice.shows?.status === 'live');
    expect(again.heard).toEqual(['ready']);
  });

  test('a thousand times a moment costs no more than a few connections', async () => {
    const { alice, bob } = pair;
    await shown();
    const id = bob.isShown?.shareId ?? '';
    const names = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(22, 'v'));
    for (const name of names) bob.session.channel.notify({ type: 'share-watch', id, viewer: name });
    await alice.until('the last is shown it', () => alice.sharer.viewer === names.at(-1));
    expect(alice.sharer.watches).toBeLessThan(10);
  });

  test('a viewer page gets the newest servers with the next description', async () => {
    const { alice, bob } = pair;
    await shown();
    bob.iceServers = [{ urls: ['stun:one.example'] }];
    const page = viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    const say = () => alice.sharer.says(OFFER);
    say();
    await bob.until('heard', () => page.heard.length === 2);
    bob.iceServers = [{ urls: ['stun:two.example'] }];
    say();
    say();
    await bob.until('heard', () => page.heard.length === 5);
    expect(page.heard).toEqual(['ready', 'description', 'servers stun:two.example', 'description', 'description']);
  });

  test('closed while there was no link, it is known to be closed with the next one', async () => {
    const { alice, bob } = pair;
    await shown();
    const page = viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    pair.disconnect();
    await bob.until('apart', () => bob.session.link === null);
    page.watch.leave();
    await pair.connect();
    expect(alice.shows?.status).toBe('live');
    // It looks for a new path, as a sharer does on every link.
    alice.sharer.says(OFFER);
    await alice.until('nobody watches', () => alice.shows?.status === 'offered');
    // One opened now is the one that is shown it.
    viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    expect(alice.sharer.viewer).not.toBeNull();
  });

  test('in a browser that was started anew nobody watches', async () => {
    const { alice, bob } = pair;
    await shown();
    viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    await pair.restartBob();
    expect(pair.bob).not.toBe(bob);
    alice.sharer.says(OFFER);
    await alice.until('nobody watches', () => alice.shows?.status === 'offered');
  });

  test('only an offer to a page that is gone is answered, once each, and the answer ends it', async () => {
    const { alice, bob } = pair;
    await shown();
    const id = bob.isShown?.shareId ?? '';
    const gone = 'g'.repeat(22);
    const signals: MediaSignal[] = [
      { kind: 'candidate', candidate: null },
      { kind: 'restart' },
      { kind: 'description', type: 'answer', sdp: 'v=0' },
      OFFER,
    ];
    for (const signal of signals) await alice.session.channel.send({ type: 'share-signal', id, viewer: gone, signal });
    await alice.session.channel.send({ type: 'share-signal', id: 'n'.repeat(22), viewer: gone, signal: OFFER });
    await alice.until('answered', () => alice.heard.length === 2);
    expect(alice.heard).toEqual([
      { type: 'share-leave', id, viewer: gone },
      { type: 'share-leave', id: 'n'.repeat(22), viewer: gone },
    ]);
    expect(bob.heard.filter(({ type }) => type === 'share-leave')).toEqual([]);
    expect(alice.shows?.status).toBe('offered');
  });

  test('put off is known to the one who shows it, until it is watched after all', async () => {
    const { alice, bob } = pair;
    await shown();
    bob.live.incoming.dismiss(bob.isShown?.shareId ?? '');
    await alice.until('declined', () => alice.shows?.status === 'declined');
    expect(bob.isShown?.status).toBe('dismissed');
    expect(alice.captured[0]?.isLive).toBe(true);
    // Another source, or a pause, is no other answer.
    await alice.showsTab(8, 'Second');
    expect(alice.shows?.status).toBe('declined');
    viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    alice.sharer.leave(alice.sharer.viewer ?? '');
    expect(alice.shows?.status).toBe('offered');
  });

  test('put off and opened again is waited for, also before there is a picture', async () => {
    const { alice, bob } = pair;
    await shown();
    const id = bob.isShown?.shareId ?? '';
    bob.live.incoming.dismiss(id);
    await alice.until('declined', () => alice.shows?.status === 'declined');
    alice.sharer.isSlow = true;
    await bob.session.channel.send({ type: 'share-watch', id, viewer: 'v'.repeat(22) });
    expect(alice.shows?.status).toBe('offered');
  });

  test('put off while there was no link is known with the next one', async () => {
    const { alice, bob } = pair;
    await shown();
    pair.disconnect();
    await bob.until('apart', () => bob.session.link === null);
    bob.live.incoming.dismiss(bob.isShown?.shareId ?? '');
    await pair.connect();
    await alice.until('declined', () => alice.shows?.status === 'declined');
    expect(alice.heard.filter(({ type }) => type === 'share-decline')).toHaveLength(1);
  });

  test('put off, it stays so with the next link', async () => {
    const { alice, bob } = pair;
    await shown();
    bob.live.incoming.dismiss(bob.isShown?.shareId ?? '');
    await alice.until('declined', () => alice.shows?.status === 'declined');
    pair.disconnect();
    await bob.until('apart', () => bob.session.link === null);
    await pair.connect();
    await alice.until('said again', () => alice.heard.filter(({ type }) => type === 'share-decline').length === 2);
    expect(alice.shows?.status).toBe('declined');
  });

  test('a refusal of what is not shown, or is being watched, changes nothing', async () => {
    const { alice, bob } = pair;
    const id = 's'.repeat(22);
    await bob.session.channel.send({ type: 'share-decline', id });
    await shown();
    await bob.session.channel.send({ type: 'share-decline', id });
    expect(alice.shows?.status).toBe('offered');
    viewer();
    await alice.until('live', () => alice.shows?.status === 'live');
    await bob.session.channel.send({ type: 'share-decline', id: alice.shows?.shareId ?? '' });
    expect(alice.shows?.status).toBe('live');
    expect([alice.notices(), bob.heard.filter(({ type }) => type !== 'share-offer')]).toEqual([[], []]);
  });

  test('what is over already says so', () => {
    expect(viewer().heard).toEqual(['stopped']);
  });

  test('a share that nobody here knows is ended at once', async () => {
    const { alice, bob } = pair;
    const id = 's'.repeat(22);
    await bob.session.channel.send({ type: 'share-watch', id, viewer: 'v'.repeat(22) });
    await bob.until('answered', () => bob.heard.length > 0);
    expect(bob.heard).toEqual([{ type: 'share-stop', id, why: 'stopped' }]);
    expect(alice.sharers).toEqual([]);
  });

  test('asked for without a link it is asked for with the next one', async () => {
    const { alice, bob } = pair;
    await shown();
    pair.disconnect();
    await bob.until('apart', () => bob.session.link === null);
    const page = viewer();
    expect(page.heard).toEqual(['ready']);
    await pair.connect();
    await alice.until('live', () => alice.shows?.status === 'live');
    expect(page.heard).toEqual(['ready', 'ready']);
  });

  test('a peer that stays away for two minutes has stopped showing; a shorter loss heals', () => {
    vi.useFakeTimers();
    try {
      const { bob } = pair;
      const ended: EndedShare[] = [];
      const shares = new IncomingShares({
        store: bob.store,
        iceServers: () => [],
        session: () => null,
        onOffered: () => {},
        onEnded: (share) => ended.push(share),
      });
      const id = 's'.repeat(22);
      const offer = {
        type: 'share-offer',
        id,
        title: 'Tide tables',
        source: 'tab',
        hasAudio: false,
        page: null,
        pause: null,
        trouble: null,
        pointing: false,
      } as const;
      shares.offered(bob.peerId, offer);
      shares.disconnected(bob.peerId);
      vi.advanceTimersByTime(119_000);
      shares.connected(bob.peerId, id);
      vi.advanceTimersByTime(240_000);
      expect(bob.isShown?.shareId).toBe(id);
      shares.disconnected(bob.peerId);
      vi.advanceTimersByTime(120_000);
      expect(bob.isShown).toBeUndefined();
      expect(ended).toMatchObject([{ shareId: id, mine: false }]);
    } finally {
      vi.useRealTimers();
    }
  });
});
