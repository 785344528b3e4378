import * as v from 'valibot';
import * as limits from '../shared/limits.ts';
import {
  ErrorCodeSchema,
  FileName,
  HttpUrl,
  ItemId,
  maybeText,
  Name,
  SizeBytes,
  TimeMs,
  TransferForm,
  text,
} from '../shared/schemas.ts';

/** Raised when a change would confuse an older Pairwise. A peer with another major version is told so and nothing else is read. */
export const PROTOCOL_VERSION = 1;

/** The first message on every link, both ways. */
export const Hello = v.object({
  type: v.literal('hello'),
  version: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
  name: Name,
  presence: v.picklist(['online', 'away']),
  /** What I show you right now. Any other share of mine that you still know of has ended. */
  shareId: v.nullable(ItemId),
  /** Of several links the one that the side with the lower id numbers highest is used: both must mean the same. */
  order: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff))),
});

export const Chat = v.object({ type: v.literal('chat'), id: ItemId, at: TimeMs, text: text(limits.MAX_TEXT_LENGTH) });
export const LinkMessage = v.object({
  type: v.literal('link'),
  id: ItemId,
  at: TimeMs,
  url: HttpUrl,
  title: maybeText(limits.MAX_TITLE_LENGTH),
});
/** Everything of mine up to and including item `id` was on the other's screen. */
export const Read = v.object({ type: v.literal('read'), id: ItemId });
export const Typing = v.object({ type: v.literal('typing') });
export const Presence = v.object({ type: v.literal('presence'), presence: v.picklist(['online', 'away']), name: Name });
/** The other side ends the pairing. */
export const Unpair = v.object({ type: v.literal('unpair') });

/** What one transfer carries; the same under one id for as long as it lives. */
export const fileDetails = {
  form: TransferForm,
  name: FileName,
  /** Number of files. */
  count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.MAX_FILES)),
  /** Sum of the files. */
  sizeBytes: SizeBytes,
  /** Length of the list of files that is sent before their bytes; 0 for one file, which needs none. */
  manifestBytes: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.MAX_MANIFEST_BYTES)),
  mime: maybeText(limits.MAX_MIME_LENGTH),
  modifiedAt: TimeMs,
};
const block = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
/** Also sent again: when nobody has answered yet, and when a sender that was started anew has its files back. */
export const FileOffer = v.object({ type: v.literal('file-offer'), id: ItemId, at: TimeMs, ...fileDetails });
/** The first `bytes` of a block, as it travelled: whole pieces of 16 KiB, and never all of it. */
const BlockPart = v.object({
  block,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(16_384), v.maxValue(1_048_575), v.multipleOf(16_384)),
});
/**
 * Receiver to sender: send it now. Said again on every link until the transfer is over. `stream` names this run of the transfer in
 * bulk frames and is new each time; frames of an older run are dropped. All blocks below `from` are here, and those in `also`.
 * `parts` are in memory since the last link; peers that don't know of them send such a block from its beginning.
 */
export const FileAccept = v.object({
  type: v.literal('file-accept'),
  id: ItemId,
  stream: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff)),
  from: block,
  also: v.pipe(v.array(block), v.maxLength(64)),
  parts: v.optional(v.pipe(v.array(BlockPart), v.maxLength(64))),
});
export const FileDecline = v.object({ type: v.literal('file-decline'), id: ItemId });
/** Either side holds the transfer, or lets it go on. It moves while nobody holds it. */
export const FilePause = v.object({ type: v.literal('file-pause'), id: ItemId, paused: v.boolean() });
/** Receiver to sender: the whole transfer was checked. Either way: the transfer failed with `code`. */
export const FileDone = v.object({ type: v.literal('file-done'), id: ItemId });
export const FileFailed = v.object({ type: v.literal('file-failed'), id: ItemId, code: ErrorCodeSchema });

/** What kind of thing is shown. */
export const ShareSource = v.picklist(['tab', 'window', 'screen']);
/** Why nothing moves: the person holds it · a password field has the focus · the tab went to another site, or loaded a page that nobody can tell apart. */
export const SharePause = v.picklist(['person', 'password', 'navigation']);
/**
 * What is wrong with the picture itself: black for long · nothing new although its source should move · a protected film in it, which may
 * be black · the tab has crashed.
 */
export const ShareTrouble = v.picklist(['black', 'frozen', 'protected', 'crashed']);
/**
 * What I show you, as it is now: said when a share begins, whenever something of it changes, and on every new link.
 * `page`: the address of the tab, where it is known. `pointing`: your pointer can be seen on it.
 */
export const ShareOffer = v.object({
  type: v.literal('share-offer'),
  id: ItemId,
  title: maybeText(limits.MAX_TITLE_LENGTH),
  source: ShareSource,
  hasAudio: v.boolean(),
  page: v.nullable(HttpUrl),
  pause: v.nullable(SharePause),
  /** One that only a newer version knows is none. */
  trouble: v.fallback(v.nullable(ShareTrouble), null),
  pointing: v.boolean(),
});
/** Please show me something. Void when the link goes, said again when another one takes its place. */
export const ShareAsk = v.object({ type: v.literal('share-ask'), id: ItemId });
/** The one who asked takes it back, or the one who was asked would rather not. */
export const ShareAskEnd = v.object({ type: v.literal('share-ask-end'), id: ItemId });
/** Viewer to sharer: a viewer page is open and waits for an offer; `viewer` names the page, a newer one replaces an older one. */
export const ShareWatch = v.object({ type: v.literal('share-watch'), id: ItemId, viewer: ItemId });
/** The connection to this viewer page is over: nobody watches there any more, or, from the sharer, it broke down and may be asked for again. */
export const ShareLeave = v.object({ type: v.literal('share-leave'), id: ItemId, viewer: ItemId });
/** Viewer to sharer: I would rather not look now. It can still be watched. */
export const ShareDecline = v.object({ type: v.literal('share-decline'), id: ItemId });
/**
 * Why a share is over: somebody stopped it · its tab was closed, or its window has gone or was ended in the browser's own bar · it could
 * not go on · the two are connected by the relay alone, which carries no pictures.
 */
export const ShareEnd = v.picklist(['stopped', 'source-ended', 'failed', 'needs-turn']);
/** Sharer to viewer: the share is over. */
export const ShareStop = v.object({ type: v.literal('share-stop'), id: ItemId, why: ShareEnd });

const Candidate = v.object({
  candidate: maybeText(limits.MAX_CANDIDATE_LENGTH),
  sdpMid: v.nullable(maybeText(64)),
  sdpMLineIndex: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64))),
});
/** One step of WebRTC negotiation (JSEP, RFC 9429): a description or a candidate; a null candidate ends them. */
export const Signal = v.variant('kind', [
  v.object({
    kind: v.literal('description'),
    type: v.picklist(['offer', 'answer']),
    sdp: text(limits.MAX_SDP_LENGTH),
    /** The number of an offer; of an answer that of the offer it belongs to: an offer may be said twice, and so be answered twice. */
    n: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31))),
  }),
  v.object({ kind: v.literal('candidate'), candidate: v.nullable(Candidate) }),
]);
/** The viewer's network has changed: the sharer looks for a new path. */
const Restart = v.object({ kind: v.literal('restart') });
export const MediaSignal = v.variant('kind', [...Signal.options, Restart]);
export const ShareSignal = v.object({
  type: v.literal('share-signal'),
  id: ItemId,
  viewer: ItemId,
  signal: MediaSignal,
});

export const FileMessage = v.variant('type', [FileOffer, FileAccept, FileDecline, FilePause, FileDone, FileFailed]);
export const ShareMessage = v.variant('type', [
  ShareOffer,
  ShareAsk,
  ShareAskEnd,
  ShareWatch,
  ShareLeave,
  ShareDecline,
  ShareStop,
  ShareSignal,
]);

/** Everything that a peer may say on the control lane. */
export const Message = v.variant('type', [
  Hello,
  Chat,
  LinkMessage,
  Read,
  Typing,
  Presence,
  Unpair,
  ...FileMessage.options,
  ...ShareMessage.options,
]);

export type Hello = v.InferOutput<typeof Hello>;
export type ShareSource = v.InferOutput<typeof ShareSource>;
export type SharePause = v.InferOutput<typeof SharePause>;
export type ShareTrouble = v.InferOutput<typeof ShareTrouble>;
export type ShareEnd = v.InferOutput<typeof ShareEnd>;
export type Signal = v.InferOutput<typeof Signal>;
export type MediaSignal = v.InferOutput<typeof MediaSignal>;
export type FileMessage = v.InferOutput<typeof FileMessage>;
export type ShareMessage = v.InferOutput<typeof ShareMessage>;
export type Message = v.InferOutput<typeof Message>;
