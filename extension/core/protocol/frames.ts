import { MAX_FRAME_BYTES } from '../link/link.ts';
import { utf8 } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';

/*
 * Frames of the control lane, big-endian:
 *   1 open      epoch 8 | first u32 | peerEpoch 8 | received u32
 *   2 data      seq u32 | JSON in UTF-8
 *   3 ack       received u32
 *   4 notice    JSON in UTF-8, neither numbered nor repeated
 * PROTOCOL.md will say more; channel.ts says what they mean.
 */
const OPEN = 1;
const DATA = 2;
const ACK = 3;
const NOTICE = 4;

export const EPOCH_BYTES = 8;
const OPEN_BYTES = 1 + EPOCH_BYTES + 4 + EPOCH_BYTES + 4;

export type Frame =
  | {
      type: 'open';
      /** Names the run of numbers that this side sends with. */
      epoch: Uint8Array;
      /** The lowest number that may still be sent in it. */
      first: number;
      /** The run this side last received from, zeros if none. */
      peerEpoch: Uint8Array;
      /** The highest number of that run that was taken in. */
      received: number;
    }
  | { type: 'data'; seq: number; body: unknown }
  | { type: 'ack'; received: number }
  | { type: 'notice'; body: unknown };

/** @throws AppError `message-too-large` when the body doesn't fit into one frame. */
export function encodeFrame(frame: Frame): Uint8Array {
  switch (frame.type) {
    case 'open': {
      const bytes = new Uint8Array(OPEN_BYTES);
      const view = new DataView(bytes.buffer);
      bytes[0] = OPEN;
      bytes.set(frame.epoch, 1);
      view.setUint32(9, frame.first);
      bytes.set(frame.peerEpoch, 13);
      view.setUint32(21, frame.received);
      return bytes;
    }
    case 'data':
      return withBody(DATA, frame.seq, frame.body);
    case 'ack': {
      const bytes = new Uint8Array(5);
      bytes[0] = ACK;
      new DataView(bytes.buffer).setUint32(1, frame.received);
      return bytes;
    }
    case 'notice':
      return withBody(NOTICE, null, frame.body);
  }
}

/** @throws AppError `message-invalid` for anything that is not exactly one frame. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes[0];
  if (type === OPEN && bytes.length === OPEN_BYTES) {
    return {
      type: 'open',
      epoch: bytes.slice(1, 9),
      first: view.getUint32(9),
      peerEpoch: bytes.slice(13, 21),
      received: view.getUint32(21),
    };
  }
  if (type === DATA && bytes.length > 5)
    return { type: 'data', seq: view.getUint32(1), body: parse(bytes.subarray(5)) };
  if (type === ACK && bytes.length === 5) return { type: 'ack', received: view.getUint32(1) };
  if (type === NOTICE && bytes.length > 1) return { type: 'notice', body: parse(bytes.subarray(1)) };
  throw new AppError('message-invalid');
}

function withBody(type: number, seq: number | null, body: unknown): Uint8Array {
  const json = utf8.encode(JSON.stringify(body));
  const headBytes = seq === null ? 1 : 5;
  if (headBytes + json.length > MAX_FRAME_BYTES) throw new AppError('message-too-large');
  const bytes = new Uint8Array(headBytes + json.length);
  bytes[0] = type;
  if (seq !== null) new DataView(bytes.buffer).setUint32(1, seq);
  bytes.set(json, headBytes);
  return bytes;
}

// A frame has at most 64 KiB, so even the deepest nesting that fits is parsed without harm.
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new AppError('message-invalid', { cause });
  }
}
