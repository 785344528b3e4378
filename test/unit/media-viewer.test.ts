import { expect, test } from 'vitest';
import type { MediaStats } from '../../extension/core/media/stats.ts';
import type { AppState, IncomingShare, PeerState } from '../../extension/core/session/state.ts';
import { aboutShare } from '../../extension/ui/viewer/about.ts';
import { isoDuration, orUnknown, percent, picture, rate } from '../../extension/ui/viewer/format.ts';
import { stillName } from '../../extension/ui/viewer/still.ts';

test.each([
  [-5_000, 'PT0S'],
  [0, 'PT0S'],
  [59_999, 'PT59S'],
  [60_000, 'PT60S'],
  [36_061_000, 'PT36061S'],
])('a program reads %d ms as %s', (elapsedMs, iso) => {
  expect(isoDuration(elapsedMs)).toBe(iso);
});

test.each([
  [null, '–'],
  [0, '0 kbit/s'],
  [999_000, '999 kbit/s'],
  [1_000_000, '1.0 Mbit/s'],
  [2_140_000, '2.1 Mbit/s'],
])('a rate of %s is %s', (bitsPerSecond, shown) => {
  expect(rate(bitsPerSecond)).toBe(shown);
});

test('shares and times have their units, and a dash where nothing was measured', () => {
  expect([percent(0), percent(0.004), percent(1), percent(null)]).toEqual(['0.0 %', '0.4 %', '100.0 %', '–']);
  expect([orUnknown('VP8'), orUnknown(null)]).toEqual(['VP8', '–']);
});

test('a picture has its size before it has a rate', () => {
  const none: MediaStats = {
    width: null,
    height: null,
    fps: null,
    codec: null,
    bitsPerSecond: null,
    lostShare: null,
    rttMs: null,
    path: null,
    turnOver: null,
  };
  expect(picture(none)).toBe('–');
  expect(picture({ ...none, width: 2_560, height: 1_440 })).toBe('2560 × 1440');
  expect(picture({ ...none, width: 2_560, height: 1_440, fps: 29.6 })).toBe('2560 × 1440, 30 fps');
});

const PEER = 'bobbobbobbobbobbobbobb';
const SHARE = 'shareshareshareshares1';

function state(peers: readonly Partial<PeerState>[], shares: readonly Partial<IncomingShare>[]): AppState {
  const peer: PeerState = {
    id: PEER,
    name: 'Bob',
    presence: 'online',
    lastSeenAt: null,
    connection: { state: 'offline' },
    typing: false,
    unread: 0,
    words: ['river', 'candle', 'orbit', 'velvet', 'ladder', 'pepper'],
    blocked: false,
    acceptUpToBytes: null,
    timeline: [],
    hasOlder: false,
  };
  const share: IncomingShare = {
    shareId: SHARE,
    peerId: PEER,
    title: 'Tides',
    hasAudio: false,
    source: 'tab',
    page: null,
    pause: null,
    trouble: null,
    pointing: true,
    startedAt: 1_000,
    status: 'watching',
  };
  return {
    me: { id: 'alicealicealicealicea1', name: 'Alice' },
    settings: { downloadFolder: 'Pairwise', keepPartialsDays: 7, pauseOnPassword: true, pauseOnNavigation: false },
    server: { url: 'http://127.0.0.1:9000', status: 'online', kind: 'pairwise', problem: null, services: null },
    pairing: { step: 'idle' },
    peers: peers.map((change) => ({ ...peer, ...change })),
    outgoingShare: null,
    incomingShares: shares.map((change) => ({ ...share, ...change })),
    asks: [],
    fetches: [],
    notices: [],
  };
}

test('a share is known by its id and by who shows it', () => {
  const known = aboutShare(state([{}], [{}]), PEER, SHARE, null);
  expect(known).toMatchObject({
    peerName: 'Bob',
    title: 'Tides',
    hasAudio: false,
    source: 'tab',
    page: null,
    pause: null,
    trouble: null,
    pointing: true,
    startedAt: 1_000,
    myName: 'Alice',
    isKnown: true,
  });
  expect(aboutShare(state([{}], [{ peerId: 'someoneelsesomeoneelse' }]), PEER, SHARE, null)?.isKnown).toBe(false);
  expect(aboutShare(state([{}], [{ shareId: 'anothershareanothersha' }]), PEER, SHARE, null)?.isKnown).toBe(false);
  expect(aboutShare(state([], []), PEER, SHARE, null)).toBeNull();
});

test('what changes of a share is shown as it is now', () => {
  const before = aboutShare(state([{}], [{}]), PEER, SHARE, null);
  const change = {
    title: 'Ferries',
    page: 'https://ferry.example/',
    pause: 'password',
    trouble: 'black',
    pointing: false,
  } as const;
  expect(aboutShare(state([{}], [change]), PEER, SHARE, before)).toMatchObject(change);
});

test('after the share its title stays, and the name follows a renaming', () => {
  const before = aboutShare(state([{}], [{}]), PEER, SHARE, null);
  const after = aboutShare(state([{ name: 'Robert' }], []), PEER, SHARE, before);
  expect(after).toMatchObject({ peerName: 'Robert', title: 'Tides', startedAt: 1_000, isKnown: false });
  expect(aboutShare(state([], []), PEER, SHARE, after)).toMatchObject({ peerName: 'Robert', isKnown: false });
});

test('a still is named after the title and the time, fit for every file system', () => {
  const at = new Date(2026, 10, 2, 9, 5, 7);
  expect(stillName('Tides: this week / next', at)).toBe('Tides_ this week _ next 2026-11-02 09.05.07.png');
  expect(stillName('', at)).toBe('2026-11-02 09.05.07.png');
  const long = stillName('潮'.repeat(300), at);
  expect(long).toMatch(/^潮+ 2026-11-02 09\.05\.07\.png$/);
  expect(new TextEncoder().encode(long).length).toBeLessThan(256);
});
