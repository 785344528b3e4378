import { AppError } from '../shared/errors.ts';
import { MAX_FRAME_BYTES } from './link.ts';

/*
 * What two links say to each other through a relay: one WebSocket message each, big-endian.
 *
 *   data     lane u8 | 1 | a frame of the lane, 1 to 65,600 bytes
 *   credit   lane u8 | 2 | u32      the sender has room for so much more on this lane
 *   ping     0       | 3 | u32
 *   pong     0       | 4 | u32      of the ping
 *   bye      0       | 5
 *
 * PROTOCOL.md says what they mean.
 */
export const RELAY_LANES = ['control', 'bulk'] as const;
export type RelayLaneName = (typeof RELAY_LANES)[number];

export type RelayFrame =
  /** `body` is a view into what was decoded. */
  | { type: 'data'; lane: RelayLaneName; body: Uint8Array }
  | { type: 'credit'; lane: RelayLaneName; more: number }
  | { type: 'ping' | 'pong'; n: number }
  | { type: 'bye' };

const DATA = 1;
const CREDIT = 2;
const PING = 3;
const PONG = 4;
const BYE = 5;

const HEADER_BYTES = 2;
const NUMBER_LENGTH = HEADER_BYTES + 4;
/** What a frame takes of the credit beyond its bytes, so that a flood of tiny ones is bounded too. */
const FRAME_COST = 64;

/** What a frame of a lane takes of its credit. */
export function costOf(frame: Uint8Array): number {
  return frame.length + FRAME_COST;
}

/** Puts together messages that carry a frame of a lane, all in the same memory: what it gives is good until the next call. */
export class RelayDataEncoder {
  readonly #message = new Uint8Array(HEADER_BYTES + MAX_FRAME_BYTES);

  /** @param frame 1 to `MAX_FRAME_BYTES` bytes. */
  encode(lane: RelayLaneName, frame: Uint8Array): Uint8Array<ArrayBuffer> {
    this.#message[0] = RELAY_LANES.indexOf(lane);
    this.#message[1] = DATA;
    this.#message.set(frame, HEADER_BYTES);
    return this.#message.subarray(0, HEADER_BYTES + frame.length);
  }
}

/** Everything else. `more` and `n` are 32 bits. */
export function encodeRelayFrame(frame: Exclude<RelayFrame, { type: 'data' }>): Uint8Array<ArrayBuffer> {
  switch (frame.type) {
    case 'credit':
      return numbered(RELAY_LANES.indexOf(frame.lane), CREDIT, frame.more);
    case 'ping':
      return numbered(0, PING, frame.n);
    case 'pong':
      return numbered(0, PONG, frame.n);
    case 'bye':
      return Uint8Array.of(0, BYE);
  }
}

/** @throws AppError `message-too-large` for more than the largest frame, `message-invalid` for anything else that isn't one. */
export function decodeRelayFrame(bytes: Uint8Array): RelayFrame {
  if (bytes.length > HEADER_BYTES + MAX_FRAME_BYTES) throw new AppError('message-too-large');
  const [first = -1, kind] = bytes;
  const lane = RELAY_LANES[first];
  if (lane && kind === DATA && bytes.length > HEADER_BYTES) {
    return { type: 'data', lane, body: bytes.subarray(HEADER_BYTES) };
  }
  if (lane && kind === CREDIT && bytes.length === NUMBER_LENGTH) return { type: 'credit', lane, more: numberIn(bytes) };
  if (first === 0 && (kind === PING || kind === PONG) && bytes.length === NUMBER_LENGTH) {
    return { type: kind === PING ? 'ping' : 'pong', n: numberIn(bytes) };
  }
  if (first === 0 && kind === BYE && bytes.length === HEADER_BYTES) return { type: 'bye' };
  throw new AppError('message-invalid');
}

function numbered(lane: number, kind: number, n: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(NUMBER_LENGTH);
  bytes[0] = lane;
  bytes[1] = kind;
  new DataView(bytes.buffer).setUint32(HEADER_BYTES, n);
  return bytes;
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(HEADER_BYTES);
}
