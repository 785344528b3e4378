import * as v from 'valibot';

/*
 * What Pairwise's server and clients say beyond the PeerJS protocol. Nothing of node in here, so that a client can use or mirror it.
 * README.md describes the same in words.
 */

/** Sixteen bytes as base64url without padding; the last of 22 characters holds two bits, so the text for given bytes is unique. */
const SIXTEEN_BYTES = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const SixteenBytesSchema = v.pipe(v.string(), v.regex(SIXTEEN_BYTES));

/** Ids of this length belong to whoever has the key they are the hash of: base64url(SHA-256(public key)[0..16]). */
export const DEVICE_ID_LENGTH = 22;
export const DeviceIdSchema = SixteenBytesSchema;

/** `pub.ts.sig`: 32 bytes, milliseconds since 1970, 64 bytes. Only the one base64url text that each of them has is a token. */
const SOCKET_TOKEN =
  /^(?<publicKey>[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])\.(?<timeMs>\d{13})\.(?<signature>[A-Za-z0-9_-]{85}[AQgw])$/;

export interface SocketToken {
  /** base64url of the Ed25519 public key. */
  readonly publicKey: string;
  readonly timeMs: number;
  /** base64url of the Ed25519 signature over `socketTokenInput`. */
  readonly signature: string;
}

/** Undefined for anything that isn't the form of a token; says nothing about whether it is genuine. */
export function parseSocketToken(text: string): SocketToken | undefined {
  const { publicKey, timeMs, signature } = SOCKET_TOKEN.exec(text)?.groups ?? {};
  if (publicKey === undefined || timeMs === undefined || signature === undefined) return undefined;
  return { publicKey, timeMs: Number(timeMs), signature };
}

/**
 * The bytes that a socket token signs.
 * @param host as in the URL that is dialled, `example.org` or `127.0.0.1:9000`, in lower case and without the scheme's own port
 */
export function socketTokenInput(host: string, id: string, timeMs: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`pairwise/ws-auth/v1\0${host}\0${id}\0${timeMs}`);
}

/** Chosen by the client; the answer carries the same. */
const RequestNumberSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const NameplateSchema = v.pipe(v.string(), v.regex(/^\d{4}$/));

/** What a client with a signed token may ask beside PeerJS's messages. */
export const NameplateRequestSchema = v.variant('type', [
  /** Gives this socket a nameplate, in place of the one it had. `sidH` is the host's half of the pairing's session id. */
  v.object({ type: v.literal('nameplate-open'), n: RequestNumberSchema, sidH: SixteenBytesSchema }),
  v.object({ type: v.literal('nameplate-claim'), n: RequestNumberSchema, nameplate: NameplateSchema }),
  /** Gives the nameplate of this socket up; no error when there is none. */
  v.object({ type: v.literal('nameplate-close'), n: RequestNumberSchema }),
]);
export type NameplateRequest = v.InferOutput<typeof NameplateRequestSchema>;

/**
 * unknown: never opened, expired or claimed, which is not told · too-many: this address asked too often · busy: too many claims fail at
 * present, so that only nameplates opened with `threeWords` can be claimed · full: no nameplate is free.
 */
const RefusalCodeSchema = v.picklist(['unknown', 'too-many', 'busy', 'full']);
export type NameplateRefusalCode = v.InferOutput<typeof RefusalCodeSchema>;

export const NameplateAnswerSchema = v.variant('type', [
  v.object({
    type: v.literal('nameplate-opened'),
    n: RequestNumberSchema,
    nameplate: NameplateSchema,
    ttlMs: v.pipe(v.number(), v.integer(), v.minValue(1)),
    /** Someone is guessing: the code needs a third word. */
    threeWords: v.boolean(),
  }),
  v.object({
    type: v.literal('nameplate-claimed'),
    n: RequestNumberSchema,
    hostId: DeviceIdSchema,
    sidH: SixteenBytesSchema,
  }),
  v.object({ type: v.literal('nameplate-closed'), n: RequestNumberSchema }),
  v.object({ type: v.literal('nameplate-refused'), n: RequestNumberSchema, code: RefusalCodeSchema }),
]);
export type NameplateAnswer = v.InferOutput<typeof NameplateAnswerSchema>;

const positiveInteger = v.pipe(v.number(), v.integer(), v.minValue(1));

/** GET /pairwise: by this a client knows the server for one of ours, and what time it is there. */
export const ServerInfoSchema = v.object({
  /** Version of this protocol. */
  pairwise: v.literal(1),
  /** Of the software, for people. */
  version: v.pipe(v.string(), v.maxLength(64)),
  /** The server's clock, milliseconds since 1970. */
  timeMs: positiveInteger,
  /** `tokens`: sockets need a signed token · `nameplates`. Unknown ones are to be ignored. */
  features: v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(32)),
  limits: v.object({
    maxMessageBytes: positiveInteger,
    messagesPerSecond: positiveInteger,
    messageBurst: positiveInteger,
    /** How far a token's time may be from `timeMs`, either way. */
    tokenWindowMs: positiveInteger,
    nameplateTtlMs: positiveInteger,
  }),
});
export type ServerInfo = v.InferOutput<typeof ServerInfoSchema>;
