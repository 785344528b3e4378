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

/** Eight bytes as base64url without padding: the name of a session of two devices. */
const SessionNameSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]$/));

/** 0 for the lower of the two ids of a room, 1 for the higher, as JavaScript compares their texts. */
const RelaySideSchema = v.picklist([0, 1]);
export type RelaySide = v.InferOutput<typeof RelaySideSchema>;

/** What a client with a signed token may ask about paths to a peer. */
export const ServiceRequestSchema = v.variant('type', [
  v.object({ type: v.literal('ping'), n: RequestNumberSchema }),
  /** The servers for an RTCPeerConnection, with credentials that expire. */
  v.object({ type: v.literal('ice-servers'), n: RequestNumberSchema }),
  /**
   * Admission to the relay room of the asker, `peer` and `session`. `side` is to be given exactly when `peer` is the asker itself: a room
   * of one's own, to test the relay.
   */
  v.object({
    type: v.literal('relay-ticket'),
    n: RequestNumberSchema,
    peer: DeviceIdSchema,
    session: SessionNameSchema,
    side: v.optional(RelaySideSchema),
  }),
]);
export type ServiceRequest = v.InferOutput<typeof ServiceRequestSchema>;

/** An element of RTCConfiguration.iceServers. Only TURN has a user and a credential. */
const IceServerSchema = v.object({
  urls: v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.minLength(1), v.maxLength(8)),
  username: v.optional(v.pipe(v.string(), v.maxLength(256))),
  credential: v.optional(v.pipe(v.string(), v.maxLength(256))),
});
export type IceServer = v.InferOutput<typeof IceServerSchema>;

/** Goes into a query as it is. */
const RelayTicketSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]{1,512}$/));

/** too-many: this id asked too often · off: this server has no relay · busy: no room is free, or the servers' shared state can't be reached. */
const ServiceRefusalCodeSchema = v.picklist(['too-many', 'off', 'busy']);
export type ServiceRefusalCode = v.InferOutput<typeof ServiceRefusalCodeSchema>;

export const ServiceAnswerSchema = v.variant('type', [
  v.object({ type: v.literal('pong'), n: RequestNumberSchema }),
  v.object({
    type: v.literal('ice-servers'),
    n: RequestNumberSchema,
    /** None: this server knows neither STUN nor TURN, and only local networks will work. */
    iceServers: v.pipe(v.array(IceServerSchema), v.maxLength(8)),
    /** How long the credentials work. */
    ttlMs: positiveInteger,
  }),
  v.object({
    type: v.literal('relay-ticket'),
    n: RequestNumberSchema,
    room: SixteenBytesSchema,
    ticket: RelayTicketSchema,
    /** How long the ticket can be used to connect, once. */
    ttlMs: positiveInteger,
  }),
  v.object({ type: v.literal('refused'), n: RequestNumberSchema, code: ServiceRefusalCodeSchema }),
]);
export type ServiceAnswer = v.InferOutput<typeof ServiceAnswerSchema>;

/** Where a ticket is used: `/relay?ticket=…`, as a WebSocket. */
export const RELAY_PATH = '/relay';
/** The text frame that each side gets once both are there. Before it a client sends nothing, after it binary frames only. */
export const RELAY_JOINED = '{"type":"joined"}';
/** Of one frame: 64 KiB and what a client wraps around them. */
export const RELAY_MAX_FRAME_BYTES = 68 * 1024;

/** Beside those of RFC 6455: 1001 the server stops · 1008 something was sent that may not be · 1009 a frame was too large. */
export const RELAY_CLOSE_CODES = {
  /** The other side has left, or hasn't come. */
  alone: 4404,
  /** The room has been open for as long as one may be. */
  lifetime: 4408,
  /** A quota of bytes is used up: of the room, or of an address. */
  bytes: 4413,
  /** This side came again with another ticket, before the other side was there. */
  replaced: 4001,
} as const;

/**
 * The bytes of which a relay room's name is made: base64url(SHA-256(these)[0..16]). Each field follows its length in one byte.
 * @param session as in the request, base64url
 */
export function relayRoomInput(idA: string, idB: string, session: string): Uint8Array<ArrayBuffer> {
  const [lower, higher] = idA < idB ? [idA, idB] : [idB, idA];
  const fields = ['pairwise/relay-room/v1', lower, higher, session];
  // ASCII, and all of them shorter than 128.
  return new TextEncoder().encode(fields.map((field) => String.fromCharCode(field.length) + field).join(''));
}

/** GET /pairwise: by this a client knows the server for one of ours, and what time it is there. */
export const ServerInfoSchema = v.object({
  /** Version of this protocol. */
  pairwise: v.literal(1),
  /** Of the software, for people. */
  version: v.pipe(v.string(), v.maxLength(64)),
  /** The server's clock, milliseconds since 1970. */
  timeMs: positiveInteger,
  /** `tokens`: sockets need a signed token · `nameplates` · `ping` · `ice` · `relay`. Unknown ones are to be ignored. */
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
