import * as v from 'valibot';
import { SealedPayload } from '../crypto/seal.ts';
import type { ErrorCode } from '../shared/errors.ts';
import { PeerId, text } from '../shared/schemas.ts';

/*
 * What two Pairwise browsers say to each other through the signalling server. It travels as the payload of a PeerJS CANDIDATE message,
 * which every PeerJS server forwards: in the open as {pairwise: …}, where it protects itself, else sealed (core/crypto/seal.ts).
 */

const MAX_HANDSHAKE_LENGTH = 6_000;
/** base64url; its own reader bounds and checks the bytes. */
const Bytes = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max), v.regex(/^[A-Za-z0-9_-]+$/));

/** What one side of a pairing may tell the other; everything else is `pairing-interrupted`. Nothing here could mislead a person. */
export const TELLABLE_CODES = [
  'code-wrong',
  'code-expired',
  'pairing-declined',
  'version-mismatch',
  'pairing-interrupted',
] as const satisfies ErrorCode[];
export type TellableCode = (typeof TELLABLE_CODES)[number];

/** Message 1 of a Noise handshake: "I am here and have no link", from one that is paired with the reader. */
const Knock = v.object({ type: v.literal('knock'), noise: Bytes(MAX_HANDSHAKE_LENGTH) });
/** Message 2. */
const Welcome = v.object({ type: v.literal('welcome'), noise: Bytes(MAX_HANDSHAKE_LENGTH) });
/** "Your clock can't be right, or this is a recording: knock again and include this." */
const KnockAgain = v.object({ type: v.literal('knock-again'), challenge: Bytes(22) });
/** The pairing was ended by the writer; the proof shows that it is the one who was paired. */
const Bye = v.object({ type: v.literal('bye'), proof: Bytes(43) });
/** One of the four messages of a pairing. */
const Pair = v.object({ type: v.literal('pair'), step: v.picklist([1, 2, 3, 4]), body: Bytes(MAX_HANDSHAKE_LENGTH) });
/** The pairing ended here, with the reason that may be told. */
const PairFailed = v.object({ type: v.literal('pair-failed'), code: v.picklist(TELLABLE_CODES) });
/** On a server without nameplates: asked of the second id of the one who shows a code, and its answer. */
const WhoShows = v.object({ type: v.literal('who-shows') });
const IShow = v.object({ type: v.literal('i-show'), id: PeerId, sidH: Bytes(22) });

export const SignallingMessage = v.variant('type', [
  Knock,
  Welcome,
  KnockAgain,
  Bye,
  Pair,
  PairFailed,
  WhoShows,
  IShow,
]);
export type SignallingMessage = v.InferOutput<typeof SignallingMessage>;

/** On a server without nameplates the one who shows a code takes this second id. */
export const nameplateId = (nameplate: string) => `pairwise-${nameplate}`;
const Address = v.union([PeerId, v.pipe(v.string(), v.regex(/^pairwise-\d{4}$/))]);

/** Envelope of our own open messages as the server hands them over. */
export const OwnEnvelope = v.object({
  type: v.literal('CANDIDATE'),
  src: Address,
  payload: v.object({ pairwise: SignallingMessage }),
});

/** Envelope of everything else between paired devices. */
export const SealedEnvelope = v.object({ type: v.literal('CANDIDATE'), src: PeerId, payload: SealedPayload });

/** What PeerJS wants to say to a peer; its shape is checked where it arrives. */
export const PeerJsSays = v.object({ type: v.picklist(['OFFER', 'ANSWER', 'CANDIDATE']), payload: v.looseObject({}) });

/**
 * Between the two devices themselves. READY: "the session is fresh, dial", or later "dial again". RELAY: "I go to the relay now". DONE,
 * the answer to that: "I have a link and don't come".
 */
export const SealedCall = v.object({ type: v.picklist(['READY', 'RELAY', 'DONE']) });
export type SealedCall = v.InferOutput<typeof SealedCall>;

/** What is inside a sealed message: our own, or PeerJS's. */
export const SealedMessage = v.union([SealedCall, PeerJsSays]);
export type SealedMessage = v.InferOutput<typeof SealedMessage>;

const description = v.object({ type: v.picklist(['offer', 'answer']), sdp: text(32_000) });
const connectionId = text(64);

/** The messages PeerJS may see, and no others: data connections of ours with a fixed shape, and the server's own words. */
export const PeerJsEnvelope = v.variant('type', [
  v.object({
    type: v.literal('OFFER'),
    src: PeerId,
    payload: v.object({
      type: v.literal('data'),
      connectionId,
      sdp: description,
      label: text(64),
      reliable: v.literal(true),
      serialization: v.literal('raw'),
    }),
  }),
  v.object({
    type: v.literal('ANSWER'),
    src: PeerId,
    payload: v.object({ type: v.literal('data'), connectionId, sdp: description }),
  }),
  v.object({
    type: v.literal('CANDIDATE'),
    src: PeerId,
    payload: v.object({
      type: v.literal('data'),
      connectionId,
      candidate: v.looseObject({ candidate: v.pipe(v.string(), v.maxLength(1_024)) }),
    }),
  }),
]);

/** What the server itself says. LEAVE is missing on purpose: PeerJS would close live connections on it. */
export const ServerEnvelope = v.variant('type', [
  v.object({ type: v.literal('OPEN') }),
  v.object({ type: v.literal('ID-TAKEN') }),
  v.object({ type: v.literal('INVALID-KEY') }),
  v.object({ type: v.literal('ERROR'), payload: v.object({ msg: v.pipe(v.string(), v.maxLength(500)) }) }),
  v.object({ type: v.literal('EXPIRE'), src: Address }),
]);
