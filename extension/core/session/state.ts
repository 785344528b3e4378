import * as v from 'valibot';
import { CONTENTS, WISHES } from '../media/quality/settings.ts';
import { fileDetails, SharePause, ShareSource, ShareTrouble } from '../protocol/messages.ts';
import * as limits from '../shared/limits.ts';
import {
  ErrorCodeSchema,
  FileName,
  HttpUrl,
  ItemId,
  maybeText,
  Name,
  PeerId,
  SizeBytes,
  TimeMs,
  text,
} from '../shared/schemas.ts';

/*
 * What the views know: one serialisable tree, kept by the offscreen document and fed to every view.
 * Times are milliseconds since 1970 on this computer's clock, sizes are bytes, rates are bytes a second.
 */

/** waiting: kept here until the peer is back · sent: handed to the link · delivered: the other Pairwise has it · read: it was on screen. */
export const Mark = v.picklist(['waiting', 'sent', 'delivered', 'read']);

export const Transfer = v.variant('state', [
  /** Kept until the peer is online; the offer has not gone out. */
  v.object({ state: v.literal('waiting') }),
  /** Offered, nobody has answered. On the receiving side this is the request card. */
  v.object({ state: v.literal('offered') }),
  /** Bytes are moving. `bytes` counts what the receiver has, of `sizeBytes`. */
  v.object({
    state: v.literal('moving'),
    bytes: SizeBytes,
    bytesPerSecond: v.number(),
    secondsLeft: v.nullable(v.number()),
  }),
  /** Somebody holds it; it goes on when nobody does. */
  v.object({ state: v.literal('paused'), bytes: SizeBytes, byMe: v.boolean(), byPeer: v.boolean() }),
  /**
   * The link is gone, or one side was started anew: it goes on by itself, or, `needsSource`, once the person chooses the files again.
   * `isRemembered`: it is known where the file lies, and the person only has to allow reading it.
   */
  v.object({
    state: v.literal('interrupted'),
    bytes: SizeBytes,
    needsSource: v.boolean(),
    isRemembered: v.exactOptional(v.boolean()),
  }),
  /**
   * What the receiver has is hashed, which takes a while with gigabytes: after a restart on the receiving side, and on both once the sender
   * has been given its files again. `bytes` are done, of `sizeBytes`. Never kept.
   */
  v.object({ state: v.literal('checking'), bytes: SizeBytes, sizeBytes: SizeBytes }),
  /** Receiving side: whole and checked, but too many files for Downloads: the person chooses a folder, or a zip. */
  v.object({ state: v.literal('ready') }),
  /** Receiving side: whole and checked in private storage, being written to Downloads or the chosen folder. */
  v.object({ state: v.literal('saving'), savedCount: v.number() }),
  /**
   * `verifiedAt`: the last block was checked. `savedAt`: it stands in Downloads (equal on the sending side). `downloadId`: the
   * browser's number of the (first) file. `place`: where it was saved, as a person would name it, empty on the sending side.
   * `repeatedBytes`: arrived more than once. `badBlocks`: arrived wrong and were asked for again.
   */
  v.object({
    state: v.literal('done'),
    startedAt: TimeMs,
    verifiedAt: TimeMs,
    savedAt: TimeMs,
    downloadId: v.nullable(v.number()),
    place: maybeText(limits.MAX_TITLE_LENGTH),
    repeatedBytes: v.number(),
    badBlocks: v.number(),
  }),
  v.object({ state: v.literal('declined'), byMe: v.boolean() }),
  v.object({ state: v.literal('cancelled'), byMe: v.boolean() }),
  v.object({ state: v.literal('failed'), code: ErrorCodeSchema, bytes: SizeBytes }),
]);

const itemBase = { id: ItemId, peerId: PeerId, mine: v.boolean(), at: TimeMs };

export const TimelineItem = v.variant('kind', [
  v.object({ ...itemBase, kind: v.literal('chat'), text: text(limits.MAX_TEXT_LENGTH), mark: Mark }),
  v.object({
    ...itemBase,
    kind: v.literal('link'),
    url: HttpUrl,
    title: maybeText(limits.MAX_TITLE_LENGTH),
    mark: Mark,
  }),
  v.object({
    ...itemBase,
    kind: v.literal('file'),
    ...fileDetails,
    transfer: Transfer,
  }),
  /** "Bob showed you a tab · 12 min", once a share has ended. */
  v.object({
    ...itemBase,
    kind: v.literal('share'),
    title: maybeText(limits.MAX_TITLE_LENGTH),
    /** Absent in items that were kept before it was: those were mostly tabs. */
    source: v.exactOptional(ShareSource),
    durationMs: v.pipe(v.number(), v.minValue(0)),
  }),
]);

/** How this device stands towards one peer. */
export const Connection = v.variant('state', [
  v.object({
    state: v.literal('connected'),
    path: v.picklist(['direct', 'turn', 'relay']),
    rttMs: v.nullable(v.number()),
    /** No sign of life for some seconds: a new path is looked for, and this one may still come back. */
    isSuspect: v.exactOptional(v.boolean()),
  }),
  /** Both are on the server and a link is being made. */
  v.object({ state: v.literal('connecting') }),
  /** The peer doesn't answer, or this device has no server to ask. */
  v.object({ state: v.literal('offline') }),
  /** The peer answered, but no link came about. */
  v.object({ state: v.literal('failed'), code: ErrorCodeSchema }),
]);

/** What two people compare: six words of the BIP-39 English list. */
export const VerifierWords = v.pipe(v.array(text(8)), v.length(6));

export const PeerState = v.object({
  id: PeerId,
  name: Name,
  presence: v.picklist(['online', 'away', 'offline']),
  lastSeenAt: v.nullable(TimeMs),
  connection: Connection,
  typing: v.boolean(),
  unread: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Six words that the peer sees too, if nobody is in between. */
  words: VerifierWords,
  blocked: v.boolean(),
  /** What this peer sends is accepted without asking up to this size; null: always ask. */
  acceptUpToBytes: v.nullable(SizeBytes),
  /** The newest items, oldest first, at most `SNAPSHOT_ITEMS`. Whatever still waits or moves is always among them. */
  timeline: v.array(TimelineItem),
  /** Whether older items can be asked for with `history-page`. */
  hasOlder: v.boolean(),
});

export const PairingState = v.variant('step', [
  v.object({ step: v.literal('idle') }),
  /** A code was asked for and the server has not confirmed it yet. */
  v.object({ step: v.literal('preparing') }),
  /** `code` is four digits and words, or the long text for pasting and for a QR picture. */
  v.object({
    step: v.literal('hosting'),
    form: v.picklist(['code', 'secret']),
    code: text(128),
    expiresAt: TimeMs,
    lifetimeMs: v.number(),
  }),
  /** Somebody had the code I showed; I decide. */
  v.object({ step: v.literal('confirm'), name: Name, words: VerifierWords }),
  v.object({ step: v.literal('joining') }),
  /** I had the code; the one who showed it decides. */
  v.object({ step: v.literal('confirming'), words: VerifierWords }),
  v.object({ step: v.literal('paired'), peerId: PeerId }),
  v.object({ step: v.literal('failed'), role: v.picklist(['host', 'join']), code: ErrorCodeSchema }),
]);

/** How the picture is kept, see core/media/quality/settings.ts. */
export const ShareQuality = v.picklist(WISHES);

/** What I show. */
export const OutgoingShare = v.object({
  shareId: ItemId,
  peerId: PeerId,
  title: maybeText(limits.MAX_TITLE_LENGTH),
  source: ShareSource,
  hasAudio: v.boolean(),
  startedAt: TimeMs,
  /** starting: capture or picker is open · offered: the peer hasn't opened it · declined: it would rather not now · live: it watches. */
  status: v.picklist(['starting', 'offered', 'declined', 'live']),
  /** The tab that is shown, where it is one and known. */
  tabId: v.nullable(v.number()),
  /** Its address, where leave to know it lasts. */
  page: v.nullable(HttpUrl),
  pause: v.nullable(SharePause),
  trouble: v.nullable(ShareTrouble),
  quality: ShareQuality,
  /** What is mostly on the picture, as measured; null until then. */
  content: v.nullable(v.picklist(CONTENTS)),
  /** Whether the sound of what is shown goes out, if it has any. */
  soundOn: v.boolean(),
  /** My microphone. asking: the browser asks the person. */
  voice: v.picklist(['off', 'asking', 'on']),
  /** Whether the peer's microphone is on. */
  peerVoice: v.boolean(),
  /** Whether I let the peer point. */
  pointing: v.boolean(),
  /**
   * How far Pairwise reaches into the shared page, for pointer, password guard and its address. none: not a tab, or a page that belongs to
   * the browser · page: its script is there · lost: the tab went to another site, or has crashed; until the icon is clicked on it.
   */
  reach: v.picklist(['none', 'page', 'lost']),
});

/** What a peer shows me. */
export const IncomingShare = v.object({
  shareId: ItemId,
  peerId: PeerId,
  title: maybeText(limits.MAX_TITLE_LENGTH),
  source: ShareSource,
  hasAudio: v.boolean(),
  page: v.nullable(HttpUrl),
  pause: v.nullable(SharePause),
  trouble: v.nullable(ShareTrouble),
  /** Whether my pointer can be seen there. */
  pointing: v.boolean(),
  startedAt: TimeMs,
  /** offered: the request card · dismissed: "Not now", can still be opened from the timeline · watching: a viewer page is open. */
  status: v.picklist(['offered', 'dismissed', 'watching']),
});

/** Somebody asks to be shown something: the peer (a request card), or I (`mine`). At most one of each a peer; void with the link. */
export const ShareAsked = v.object({ id: ItemId, peerId: PeerId, mine: v.boolean(), at: TimeMs });

/**
 * A file of the web on its way into this browser, from where it is sent to a peer. `origin`: where it lies, `https://example.org`;
 * empty when it is part of its own address. asking: the browser keeps it from Pairwise until the person gives leave for that origin.
 */
export const Fetch = v.object({
  id: ItemId,
  peerId: PeerId,
  name: FileName,
  origin: maybeText(limits.MAX_URL_LENGTH),
  step: v.variant('state', [
    v.object({ state: v.literal('fetching'), bytes: SizeBytes, sizeBytes: v.nullable(SizeBytes) }),
    v.object({ state: v.literal('asking') }),
  ]),
});

/** A failure to show until it is dismissed: one sentence from its code. `subject` names what failed, a page title or file name. */
export const Notice = v.object({
  id: ItemId,
  code: ErrorCodeSchema,
  peerId: v.nullable(PeerId),
  subject: maybeText(limits.MAX_TITLE_LENGTH),
  at: TimeMs,
});

export const FileSettings = v.object({
  /** Folder below Downloads where everything that arrives is saved: names separated by slashes, safe on every system; may be empty. */
  downloadFolder: maybeText(limits.MAX_TITLE_LENGTH),
  /** Days after which the part of an unfinished transfer that has arrived is removed. */
  keepPartialsDays: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(365)),
});

export const LiveSettings = v.object({
  /** A share pauses while a password field of the shown page has the focus. */
  pauseOnPassword: v.boolean(),
  /** A share pauses when its tab goes to another site, or may have done so. */
  pauseOnNavigation: v.boolean(),
});

export const AppState = v.object({
  me: v.object({ id: PeerId, name: Name }),
  settings: v.object({ ...FileSettings.entries, ...LiveSettings.entries }),
  server: v.object({
    url: v.string(),
    status: v.picklist(['connecting', 'online', 'unreachable']),
    /** Ours, with signed tokens and nameplates, or any other PeerJS server; null before the first connection. */
    kind: v.nullable(v.picklist(['pairwise', 'stock'])),
    /** Why it is unreachable. */
    problem: v.nullable(ErrorCodeSchema),
    /** What it offers beside introducing: ways around a network. Null until it has said; all false: local networks only. */
    services: v.nullable(v.object({ stun: v.boolean(), turn: v.boolean(), relay: v.boolean() })),
    /** How far its clock was ahead of ours at the last connection; absent where it doesn't tell. */
    clockAheadMs: v.exactOptional(v.number()),
  }),
  pairing: PairingState,
  peers: v.array(PeerState),
  outgoingShare: v.nullable(OutgoingShare),
  incomingShares: v.array(IncomingShare),
  asks: v.array(ShareAsked),
  fetches: v.array(Fetch),
  notices: v.array(Notice),
});

export type FileSettings = v.InferOutput<typeof FileSettings>;
export type Mark = v.InferOutput<typeof Mark>;
export type Transfer = v.InferOutput<typeof Transfer>;
export type TimelineItem = v.InferOutput<typeof TimelineItem>;
export type ItemOf<Kind extends TimelineItem['kind']> = Extract<TimelineItem, { kind: Kind }>;
export type Connection = v.InferOutput<typeof Connection>;
export type PeerState = v.InferOutput<typeof PeerState>;
export type PairingState = v.InferOutput<typeof PairingState>;
export type OutgoingShare = v.InferOutput<typeof OutgoingShare>;
export type ShareQuality = v.InferOutput<typeof ShareQuality>;
export type ShareAsked = v.InferOutput<typeof ShareAsked>;
export type LiveSettings = v.InferOutput<typeof LiveSettings>;
export type IncomingShare = v.InferOutput<typeof IncomingShare>;
export type Fetch = v.InferOutput<typeof Fetch>;
export type Notice = v.InferOutput<typeof Notice>;
export type AppState = v.InferOutput<typeof AppState>;

/** Whether something is still to come of this item: it stays in the snapshot however old it is. */
export function isUnfinished(item: TimelineItem): boolean {
  if (item.kind === 'share') return false;
  if (item.kind !== 'file') return item.mine && (item.mark === 'waiting' || item.mark === 'sent');
  return !hasEnded(item.transfer);
}

/** Whether nothing more comes of a transfer by itself. */
export function hasEnded({ state }: Pick<Transfer, 'state'>): boolean {
  return state === 'done' || state === 'declined' || state === 'cancelled' || state === 'failed';
}
