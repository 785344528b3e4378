import * as v from 'valibot';
import { PeerId } from '../shared/schemas.ts';

/*
 * What a client asks our own server itself, by number: nameplates, a sign of life, the list of STUN and TURN servers, tickets for its
 * relay. The same layouts as peer-server/protocol.ts, kept apart because the extension trusts no server, its own neither.
 */

const RequestNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
const Nameplate = v.pipe(v.string(), v.regex(/^\d{4}$/));
const SidH = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{21}[AQgw]$/));

export type NameplateRequest =
  | { type: 'nameplate-open'; n: number; sidH: string }
  | { type: 'nameplate-claim'; n: number; nameplate: string }
  | { type: 'nameplate-close'; n: number };

const NameplateAnswer = v.variant('type', [
  v.object({
    type: v.literal('nameplate-opened'),
    n: RequestNumber,
    nameplate: Nameplate,
    ttlMs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000)),
    threeWords: v.boolean(),
  }),
  v.object({ type: v.literal('nameplate-claimed'), n: RequestNumber, hostId: PeerId, sidH: SidH }),
  v.object({ type: v.literal('nameplate-closed'), n: RequestNumber }),
  v.object({
    type: v.literal('nameplate-refused'),
    n: RequestNumber,
    code: v.picklist(['unknown', 'too-many', 'busy', 'full']),
  }),
]);
export type NameplateAnswer = v.InferOutput<typeof NameplateAnswer>;

const TtlMs = v.pipe(v.number(), v.integer(), v.minValue(1_000), v.maxValue(7 * 24 * 3_600_000));

/** The browser throws at what it can't read, so nothing else may reach it: RFC 7064 and 7065. */
const HOST = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}\\])';
const PORT = '(?::(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]))?';
const IceUrl = v.pipe(
  v.string(),
  v.maxLength(256),
  v.regex(new RegExp(`^(?:stuns?:${HOST}${PORT}|turns?:${HOST}${PORT}(?:\\?transport=(?:udp|tcp))?)$`)),
);
const Secret = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

const IceServer = v.pipe(
  v.object({
    urls: v.pipe(v.array(IceUrl), v.minLength(1), v.maxLength(8)),
    username: v.exactOptional(Secret),
    credential: v.exactOptional(Secret),
  }),
  v.check(({ urls, username, credential }) => {
    const needsCredential = urls.some((url) => url.startsWith('turn'));
    return !needsCredential || (username !== undefined && credential !== undefined);
  }),
);

/** What a browser takes as its list of STUN and TURN servers. */
export const IceServerList = v.pipe(v.array(IceServer), v.maxLength(8));
export type IceServerList = v.InferOutput<typeof IceServerList>;

export type ServiceRequest =
  | { type: 'ping'; n: number }
  | { type: 'ice-servers'; n: number }
  /** `side` only where `peer` is the asker: a room with itself. */
  | { type: 'relay-ticket'; n: number; peer: string; session: string; side?: 0 | 1 };

const ServiceAnswer = v.variant('type', [
  v.object({ type: v.literal('pong'), n: RequestNumber }),
  v.object({
    type: v.literal('ice-servers'),
    n: RequestNumber,
    iceServers: IceServerList,
    ttlMs: TtlMs,
  }),
  v.object({
    type: v.literal('relay-ticket'),
    n: RequestNumber,
    room: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{21}[AQgw]$/)),
    ticket: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.~-]{1,512}$/)),
    ttlMs: TtlMs,
  }),
  v.object({ type: v.literal('refused'), n: RequestNumber, code: v.picklist(['too-many', 'off', 'busy']) }),
]);
export type ServiceAnswer = v.InferOutput<typeof ServiceAnswer>;

export type ServerRequest = NameplateRequest | ServiceRequest;
export const ServerAnswer = v.union([NameplateAnswer, ServiceAnswer]);
export type ServerAnswer = v.InferOutput<typeof ServerAnswer>;
