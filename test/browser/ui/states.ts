import type {
  AppState,
  IncomingShare,
  ItemOf,
  Mark,
  OutgoingShare,
  PeerState,
  ShareAsked,
  TimelineItem,
  Transfer,
} from '../../../extension/core/session/state.ts';
import type { ErrorCode } from '../../../extension/core/shared/errors.ts';

/** What Alice's browser knows, in the situations that the design shows. All of it is made at noon, so that days and times stay put. */

export const ALICE_ID = 'alicealicealicealicea1';
export const BOB_ID = 'bobbobbobbobbobbobbobb';
export const CAROL_ID = 'carolcarolcarolcarolca';
export const SHARE_ID = 'shareshareshareshares1';
/** The clock of the page: 14 November 2026, 09:52, of a computer in UTC. */
export const NOW = Date.UTC(2026, 10, 14, 9, 52);
/** A long secret of somebody’s. */
export const SECRET = 'pairwise1:AW6G26G26G26G26G26G26G0AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHw';
export const WORDS = ['river', 'candle', 'orbit', 'velvet', 'ladder', 'pepper'];
const MINUTE_MS = 60_000;
const MEGABYTE = 1e6;

export const itemId = (index: number) => `item${String(index).padStart(18, '0')}`;

export function chat(
  index: number,
  mine: boolean,
  text: string,
  change: { mark?: Mark; at?: number } = {},
): ItemOf<'chat'> {
  const mark = change.mark ?? (mine ? 'read' : 'delivered');
  return { kind: 'chat', id: itemId(index), peerId: BOB_ID, mine, at: change.at ?? NOW + index, text, mark };
}

export function link(index: number, mine: boolean, url: string, title: string, mark: Mark = 'read'): ItemOf<'link'> {
  return { kind: 'link', id: itemId(index), peerId: BOB_ID, mine, at: NOW + index, url, title, mark };
}

export function file(
  index: number,
  mine: boolean,
  name: string,
  megabytes: number,
  transfer: Transfer,
  tree: Partial<Pick<ItemOf<'file'>, 'form' | 'count'>> = {},
): ItemOf<'file'> {
  const sizeBytes = Math.round(megabytes * MEGABYTE);
  return {
    kind: 'file',
    form: 'file',
    count: 1,
    manifestBytes: 0,
    modifiedAt: NOW,
    ...tree,
    id: itemId(index),
    peerId: BOB_ID,
    mine,
    at: NOW + index,
    name,
    sizeBytes,
    mime: '',
    transfer,
  };
}

export function peer(change: Partial<PeerState> = {}): PeerState {
  return {
    id: BOB_ID,
    name: 'Bob',
    presence: 'online',
    lastSeenAt: NOW - MINUTE_MS,
    connection: { state: 'connected', path: 'direct', rttMs: 12 },
    typing: false,
    unread: 0,
    words: WORDS,
    blocked: false,
    acceptUpToBytes: null,
    timeline: [],
    hasOlder: false,
    ...change,
  };
}

export function app(change: Partial<AppState> = {}): AppState {
  return {
    me: { id: ALICE_ID, name: 'Alice' },
    settings: { downloadFolder: 'Pairwise', keepPartialsDays: 7, pauseOnPassword: true, pauseOnNavigation: false },
    server: { url: 'https://pairwise.example.org', status: 'online', kind: 'pairwise', problem: null, services: null },
    pairing: { step: 'idle' },
    peers: [peer()],
    outgoingShare: null,
    incomingShares: [],
    asks: [],
    fetches: [],
    notices: [],
    ...change,
  };
}

export const done = {
  state: 'done',
  startedAt: NOW,
  verifiedAt: NOW,
  savedAt: NOW,
  downloadId: 7,
  place: 'Downloads/Pairwise',
  repeatedBytes: 0,
  badBlocks: 0,
} as const;
/** What has been done is shown where it is, what I sent is only known to have arrived. */
const arrived = { ...done, downloadId: null, place: '' } as const;
export const moving = {
  state: 'moving',
  bytes: 417 * MEGABYTE,
  bytesPerSecond: 14.2 * MEGABYTE,
  secondsLeft: 18,
} as const;
const part = { bytes: 417 * MEGABYTE } as const;

const MORNING: TimelineItem[] = [
  chat(1, false, 'Morning! Which day has the lowest tide?', { at: NOW - 20 * MINUTE_MS }),
  { ...link(2, true, 'https://tides.example.org/harbour', 'Tide tables for the harbour'), at: NOW - 12 * MINUTE_MS },
  chat(3, true, 'Saturday, just after nine. The film from last year is on its way.', { at: NOW - 11 * MINUTE_MS }),
  file(4, false, 'boat-hire.pdf', 1.8, done),
  file(5, true, 'low-tide-walk.mp4', 673, moving),
];

export const sharing: OutgoingShare = {
  shareId: SHARE_ID,
  peerId: BOB_ID,
  title: 'Tide tables for the harbour',
  source: 'tab',
  tabId: 7,
  page: null,
  pause: null,
  trouble: null,
  quality: 'auto',
  content: null,
  soundOn: true,
  voice: 'off',
  peerVoice: false,
  pointing: true,
  reach: 'page',
  hasAudio: true,
  startedAt: NOW - 4 * MINUTE_MS - 12_000,
  status: 'live',
};

const TALK = [
  chat(1, false, 'Can you scroll to Saturday?'),
  chat(2, true, 'Here. See the dip?'),
  chat(3, false, 'Yes! Lowest at 09:06 then.'),
];
/** Alice shows something to Bob. */
export const showing = (change: Partial<OutgoingShare> = {}) =>
  app({ peers: [peer({ timeline: TALK })], outgoingShare: { ...sharing, ...change } });

/** Bob shows something to Alice. */
export const shown = (change: Partial<IncomingShare> = {}): IncomingShare => ({
  shareId: SHARE_ID,
  peerId: BOB_ID,
  title: 'Harbour map',
  hasAudio: true,
  source: 'tab',
  page: null,
  pause: null,
  trouble: null,
  pointing: true,
  startedAt: NOW,
  status: 'offered',
  ...change,
});

/** Somebody asks to be shown something. */
export const asking = (mine: boolean): ShareAsked => ({ id: itemId(80), peerId: BOB_ID, mine, at: NOW });

const offlineBob = peer({
  presence: 'offline',
  connection: { state: 'offline' },
  lastSeenAt: Date.UTC(2026, 10, 14, 8, 20),
  timeline: [
    chat(1, false, 'Off to the ferry, back tonight.', { at: Date.UTC(2026, 10, 14, 8, 20) }),
    chat(2, true, 'Safe trip! Here is all you need.', { mark: 'waiting' }),
    link(3, true, 'https://ferry.example', 'Ferry times, winter', 'waiting'),
    file(4, true, 'route-and-tickets.zip', 48.3, { state: 'waiting' }),
  ],
});

/** Bob is there, and no link came about. */
function failed(code: ErrorCode, server: Partial<AppState['server']> = {}): AppState {
  const state = app({ peers: [{ ...offlineBob, presence: 'online', connection: { state: 'failed', code } }] });
  return { ...state, server: { ...state.server, ...server } };
}

const many = Array.from({ length: 30 }, (_, index) =>
  chat(index + 1, index % 3 === 0, `Line ${index + 1} of a longer talk about tides`, {
    at: NOW - (30 - index) * MINUTE_MS,
  }),
);

/** The names are those of the design board where it has the same screen. */
export const states: Record<string, AppState | null> = {
  a: app({ peers: [] }),
  b: app({
    peers: [],
    pairing: { step: 'hosting', form: 'code', code: '4821-acid-zebra', expiresAt: NOW + 231_000, lifetimeMs: 300_000 },
  }),
  'b-qr': app({
    peers: [],
    pairing: { step: 'hosting', form: 'secret', code: SECRET, expiresAt: NOW + 231_000, lifetimeMs: 300_000 },
  }),
  'b-guessed': app({ peers: [], pairing: { step: 'failed', role: 'host', code: 'code-wrong' } }),
  'b-urgent': app({
    peers: [],
    pairing: { step: 'hosting', form: 'code', code: '4821-acid-zebra', expiresAt: NOW + 9_000, lifetimeMs: 300_000 },
  }),
  'b-expired': app({ peers: [], pairing: { step: 'failed', role: 'host', code: 'code-expired' } }),
  c: app({ peers: [] }),
  'c-wrong': app({ peers: [], pairing: { step: 'failed', role: 'join', code: 'code-wrong' } }),
  d: app({ peers: [], pairing: { step: 'confirm', name: 'Bob', words: WORDS } }),
  'd-joining': app({ peers: [], pairing: { step: 'confirming', words: WORDS } }),
  e: app({ peers: [peer({ timeline: MORNING })] }),
  'e-long': app({ peers: [peer({ timeline: many, hasOlder: true })] }),
  f: app({
    peers: [
      peer({
        connection: { state: 'connected', path: 'turn', rttMs: 38 },
        typing: true,
        timeline: [
          file(1, false, 'Coast photos, all of them from the last three years.zip', 1300, { state: 'offered' }),
          chat(2, false, 'Have a look at the map, I marked the path.'),
        ],
      }),
    ],
    incomingShares: [shown()],
  }),
  g: showing({ title: 'Tide tables for the harbour' }),
  'g-starting': showing({ status: 'starting', title: '', tabId: null }),
  'g-offered': showing({ status: 'offered' }),
  'g-declined': showing({ status: 'declined' }),
  'g-paused': showing({ pause: 'person' }),
  'g-password': showing({ pause: 'password' }),
  'g-navigation': showing({ pause: 'navigation', voice: 'on' }),
  'g-black': showing({ trouble: 'black', content: 'film' }),
  'g-frozen': showing({ trouble: 'frozen', source: 'window', title: 'Charts', tabId: null, reach: 'none' }),
  'g-lost': showing({ reach: 'lost', title: 'A very long title of a page about the tides of the harbour' }),
  'g-screen': showing({ source: 'screen', title: '', tabId: null, reach: 'none', hasAudio: false, quality: 'smooth' }),
  'g-voices': showing({ voice: 'on', peerVoice: true, pointing: false, soundOn: false }),
  'g-asking-voice': showing({ voice: 'asking' }),
  'g-unreached': {
    ...showing({ pause: 'person' }),
    peers: [{ ...offlineBob, connection: { state: 'connecting' }, timeline: TALK }],
  },
  'g-failed': { ...failed('peer-unreachable'), outgoingShare: sharing },
  // Bob is on screen, and Carol sees something.
  'g-blocked': app({
    peers: [
      { ...offlineBob, blocked: true, connection: { state: 'failed', code: 'peer-blocked' } },
      peer({ id: CAROL_ID, name: 'Carol' }),
    ],
    outgoingShare: { ...sharing, peerId: CAROL_ID },
  }),
  'g-code': {
    ...showing(),
    pairing: { step: 'hosting', form: 'code', code: '4821-acid-zebra', expiresAt: NOW + 231_000, lifetimeMs: 300_000 },
  },
  'g-confirm': { ...showing(), pairing: { step: 'confirm', name: 'Carol', words: WORDS } },
  asked: app({ peers: [peer({ timeline: MORNING.slice(0, 3) })], asks: [asking(false)] }),
  'asked-first': app({ asks: [asking(false)] }),
  'asked-more': {
    ...showing(),
    asks: [asking(false)],
    incomingShares: [shown({ source: 'screen', title: '', pause: 'person' })],
  },
  asking: app({ peers: [peer({ timeline: MORNING.slice(0, 3) })], asks: [asking(true)] }),
  'share-open': app({
    peers: [peer({ timeline: TALK })],
    incomingShares: [shown({ source: 'window', title: 'Charts', status: 'watching', hasAudio: false })],
  }),
  h: app({ peers: [offlineBob] }),
  ...Object.fromEntries(
    (
      [
        ['turn', { path: 'turn', rttMs: 38 }],
        ['relay', { path: 'relay', rttMs: 74 }],
        ['suspect', { path: 'direct', rttMs: 12, isSuspect: true }],
      ] as const
    ).map(([name, way]) => [
      `e-${name}`,
      app({ peers: [peer({ timeline: MORNING.slice(0, 3), connection: { state: 'connected', ...way } })] }),
    ]),
  ),
  'e-connecting': app({ peers: [peer({ timeline: MORNING.slice(0, 3), connection: { state: 'connecting' } })] }),
  'h-nothing': app({ peers: [{ ...offlineBob, timeline: MORNING.slice(0, 1) }] }),
  'i-path': failed('peer-unreachable', { services: { stun: true, turn: true, relay: true } }),
  'i-local': failed('peer-unreachable', { services: { stun: false, turn: false, relay: false } }),
  'i-udp': failed('udp-blocked', { services: { stun: true, turn: false, relay: false } }),
  'i-udp-all': failed('udp-blocked', { services: { stun: true, turn: true, relay: true } }),
  'i-webrtc': failed('webrtc-blocked', { services: { stun: true, turn: true, relay: false } }),
  'i-relay-full': failed('relay-full', { services: { stun: true, turn: false, relay: true } }),
  'i-version': failed('version-behind'),
  'i-version-there': failed('version-ahead'),
  'i-other': failed('timed-out'),
  'i-server': failed('peer-unreachable', {
    status: 'unreachable',
    problem: 'server-unreachable',
    services: { stun: true, turn: true, relay: true },
  }),
  'i-clock': failed('peer-unreachable', {
    status: 'unreachable',
    problem: 'server-unreachable',
    clockAheadMs: -73 * MINUTE_MS,
  }),
  'no-server': app({
    peers: [],
    server: {
      url: 'https://pairwise.example.org',
      status: 'unreachable',
      kind: null,
      problem: 'server-unreachable',
      services: null,
    },
  }),
  i: app({
    peers: [{ ...offlineBob, presence: 'online', connection: { state: 'failed', code: 'peer-unreachable' } }],
  }),
  blocked: app({
    peers: [{ ...offlineBob, blocked: true, connection: { state: 'failed', code: 'peer-blocked' } }],
  }),
  unpaired: app({ peers: [{ ...offlineBob, connection: { state: 'failed', code: 'peer-unpaired' } }] }),
  k: app({
    peers: [peer({ presence: 'away', connection: { state: 'connected', path: 'relay', rttMs: 74 } })],
    pairing: { step: 'paired', peerId: BOB_ID },
  }),
  files: app({
    peers: [
      peer({
        timeline: [
          file(1, true, 'low-tide-walk.mp4', 673, { state: 'failed', code: 'file-changed', bytes: 417 * MEGABYTE }),
          file(2, true, 'a-very-long-name-for-a-report-2026-final.pdf', 2.4, { state: 'offered' }),
          file(3, false, 'map.png', 0.4, { state: 'declined', byMe: true }),
          file(4, true, 'notes', 0.0005, { state: 'cancelled', byMe: false }),
          file(5, false, 'boat-hire.pdf', 1.8, { state: 'saving', savedCount: 0 }),
          file(6, true, 'route.gpx', 0.2, arrived),
          {
            kind: 'share',
            id: itemId(7),
            peerId: BOB_ID,
            mine: false,
            at: NOW + 7,
            title: 'Harbour map',
            source: 'window',
            durationMs: 12 * MINUTE_MS,
          },
        ],
      }),
    ],
  }),
  'files-moving': app({
    peers: [
      peer({
        connection: { state: 'connected', path: 'relay', rttMs: 74 },
        timeline: [
          file(1, true, 'low-tide-walk.mp4', 673, moving),
          file(2, false, 'Coast photos', 1_210, { ...moving, secondsLeft: null }, { form: 'folder', count: 312 }),
          file(3, false, 'Coast photos', 1_210, { state: 'saving', savedCount: 120 }, { form: 'folder', count: 312 }),
          file(
            4,
            true,
            'IMG_20260714_093812_of_the_harbour_and_the_ferry.jpeg',
            88,
            { state: 'waiting' },
            { form: 'files', count: 12 },
          ),
        ],
      }),
    ],
  }),
  'files-held': app({
    peers: [
      peer({
        timeline: [
          file(1, true, 'low-tide-walk.mp4', 673, { state: 'paused', ...part, byMe: true, byPeer: false }),
          file(2, false, 'high-tide-walk.mp4', 673, { state: 'paused', ...part, byMe: false, byPeer: true }),
          file(
            3,
            true,
            'Coast photos',
            1_210,
            { state: 'paused', ...part, byMe: true, byPeer: true },
            { form: 'folder', count: 312 },
          ),
          file(4, false, 'ferry.mp4', 673, { state: 'interrupted', ...part, needsSource: false }),
        ],
      }),
    ],
  }),
  'files-interrupted': app({
    peers: [
      {
        ...offlineBob,
        timeline: [
          file(1, false, 'ferry.mp4', 673, { state: 'interrupted', ...part, needsSource: false }),
          file(2, true, 'low-tide-walk.mp4', 673, { state: 'interrupted', ...part, needsSource: true }),
          file(
            3,
            true,
            'Coast photos',
            1_210,
            { state: 'interrupted', ...part, needsSource: true },
            { form: 'folder', count: 312 },
          ),
          file(
            4,
            true,
            'IMG_20260714.jpeg',
            88,
            { state: 'interrupted', bytes: 1e6, needsSource: true },
            { form: 'files', count: 12 },
          ),
        ],
      },
    ],
  }),
  'files-saved': app({
    peers: [
      peer({
        timeline: [
          file(1, false, 'a-very-long-name-for-a-report-2026-final.pdf', 2.4, done),
          file(
            2,
            false,
            'Coast photos',
            1_210,
            { ...done, place: 'Downloads/Pairwise/Coast photos' },
            { form: 'folder', count: 312 },
          ),
          file(3, false, 'Harbour', 80, { state: 'ready' }, { form: 'folder', count: 10_000 }),
          file(
            4,
            false,
            'Ferry',
            80,
            { ...done, downloadId: null, place: 'Ferry pictures' },
            { form: 'folder', count: 10_000 },
          ),
          file(5, false, 'ferry.mp4', 673, { state: 'failed', code: 'storage-full', ...part }),
          file(6, true, 'tide.mp4', 673, { state: 'failed', code: 'file-stalled', ...part }),
        ],
      }),
    ],
  }),
  'files-offered': app({
    peers: [
      peer({
        timeline: [
          file(1, false, 'Coast photos', 1_300, { state: 'offered' }, { form: 'folder', count: 214 }),
          file(2, false, 'IMG_20260714.jpeg', 48.3, { state: 'offered' }, { form: 'files', count: 12 }),
          chat(3, false, 'Have a look at the map, I marked the path.'),
        ],
      }),
    ],
  }),
  notices: app({
    peers: [peer({ timeline: MORNING.slice(0, 3) })],
    notices: [
      { id: itemId(90), code: 'capture-forbidden', peerId: BOB_ID, subject: 'Extensions', at: NOW },
      { id: itemId(91), code: 'message-invalid', peerId: BOB_ID, subject: '', at: NOW },
    ],
  }),
  server: app({
    peers: [offlineBob],
    server: {
      url: 'http://127.0.0.1:9000',
      status: 'unreachable',
      kind: null,
      problem: 'server-unreachable',
      services: null,
    },
  }),
  stock: app({
    peers: [offlineBob],
    server: { url: 'https://peerjs.example.org', status: 'online', kind: 'stock', problem: null, services: null },
  }),
  changed: app({
    peers: [offlineBob],
    server: {
      url: 'https://pairwise.example.org',
      status: 'unreachable',
      kind: null,
      problem: 'server-changed',
      services: null,
    },
  }),
  peers: app({
    peers: [
      peer({ timeline: MORNING.slice(0, 3) }),
      peer({ id: CAROL_ID, name: 'Carol', presence: 'away', unread: 3 }),
    ],
  }),
  texts: app({
    peers: [
      peer({
        name: 'بوب \u202Egnp.exe',
        timeline: [
          chat(1, false, 'שלום! see https://tides.example.org/harbour?day=sat#low (nine o’clock).'),
          chat(2, true, 'Three\nlines\n\nand a gap; https://xn--e1afmkfd.example/ too', { mark: 'delivered' }),
          file(3, false, 'photo\u202Egpj.exe', 2, done),
          link(4, false, 'https://a.very.long.host.name.that.goes.on.and.on.example.co.uk/path', ''),
          chat(5, false, `${'w'.repeat(120)}`),
        ],
      }),
    ],
  }),
  loading: null,
};
