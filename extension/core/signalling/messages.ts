import * as v from 'valibot';
import { ErrorCodeSchema, Name, PeerId, text } from '../shared/schemas.ts';

/*
 * What two Pairwise browsers say to each other through the signalling server, before and beside PeerJS's own messages. It travels
 * as the payload of a PeerJS CANDIDATE message, which every PeerJS server forwards: {type: "CANDIDATE", dst, payload: {pairwise: …}}.
 */

/** "I am here and we have no link." The side with the lower id answers by dialling, the other by `welcome`. */
const Knock = v.object({ type: v.literal('knock') });
/** "So am I: dial." */
const Welcome = v.object({ type: v.literal('welcome') });
/** To the nameplate of the one who shows a code. */
const PairJoin = v.object({ type: v.literal('pair-join'), words: text(32), name: Name });
const PairAccept = v.object({ type: v.literal('pair-accept'), id: PeerId, name: Name });
const PairRefuse = v.object({ type: v.literal('pair-refuse'), code: ErrorCodeSchema });

export const SignallingMessage = v.variant('type', [Knock, Welcome, PairJoin, PairAccept, PairRefuse]);
export type SignallingMessage = v.InferOutput<typeof SignallingMessage>;

/** How the one who shows a code is reached: a second PeerJS id next to its own. */
export const nameplateId = (nameplate: string) => `pairwise-${nameplate}`;
const Address = v.union([PeerId, v.pipe(v.string(), v.regex(/^pairwise-\d{4}$/))]);

/** Envelope of our own messages as the server hands them over. */
export const OwnEnvelope = v.object({
  type: v.literal('CANDIDATE'),
  src: Address,
  payload: v.object({ pairwise: SignallingMessage }),
});

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
