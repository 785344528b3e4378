import { BLOCK_BYTES, MAX_CHUNK_BYTES } from './blocks.ts';
import { HASH_BYTES } from './tree-hash.ts';

/*
 * Frames of the bulk lanes, big-endian. `stream` is the number that the receiver gave this run of a transfer in its `file-accept`.
 *
 *   chunk      1 | stream u32 | block u32 | offset u32 | 1 to 65,536 bytes     sender → receiver
 *   block-end  2 | stream u32 | block u32 | encoding u8 | leaf 32 bytes        sender → receiver
 *   end        3 | stream u32 | root 32 bytes                                  sender → receiver
 *   ack        4 | received u64                                                receiver → sender
 *   stored     5 | stream u32 | block u32                                      receiver → sender
 *   again      6 | stream u32 | block u32                                      receiver → sender
 *
 * What they mean, and in which order they may come, is in core/protocol/PROTOCOL.md.
 */
export type Frame =
  | { type: 'chunk'; stream: number; block: number; offset: number; bytes: Uint8Array }
  | { type: 'block-end'; stream: number; block: number; encoding: BlockEncoding; leaf: Uint8Array }
  | { type: 'end'; stream: number; root: Uint8Array }
  | { type: 'ack'; received: number }
  | { type: 'stored'; stream: number; block: number }
  | { type: 'again'; stream: number; block: number }
  /** No frame of ours. `from` tells whose stream it claims to belong to; stream 0 is nobody's. */
  | { type: 'malformed'; from: 'sender' | 'receiver'; stream: number };

/** How the bytes of a block travel: 0 as they are, 1 as a raw deflate stream (RFC 1951) of them. */
export type BlockEncoding = 0 | 1;

const CHUNK = 1;
const BLOCK_END = 2;
const END = 3;
const ACK = 4;
const STORED = 5;
const AGAIN = 6;

const STREAM_AT = 1;
const BODY_AT = 5;
const OFFSET_AT = 9;
const CHUNK_BYTES_AT = 13;
const ENCODING_AT = 9;
const LEAF_AT = 10;
const RECEIVED_AT = 1;
const ACK_LENGTH = 9;
const REPLY_LENGTH = 9;

/** What a chunk is longer than its bytes. */
export const CHUNK_HEADER_BYTES = CHUNK_BYTES_AT;

/**
 * A part of a block as it travels, written to the beginning of `room`. Copies `bytes`, because header and bytes must lie in one
 * piece. `room` takes at least `CHUNK_HEADER_BYTES` more than they have.
 */
export function encodeChunk(
  stream: number,
  block: number,
  offset: number,
  bytes: Uint8Array,
  room: Uint8Array = new Uint8Array(CHUNK_BYTES_AT + bytes.length),
): Uint8Array {
  const frame = room.subarray(0, CHUNK_BYTES_AT + bytes.length);
  const view = header(frame, CHUNK, stream);
  view.setUint32(BODY_AT, block);
  view.setUint32(OFFSET_AT, offset);
  frame.set(bytes, CHUNK_BYTES_AT);
  return frame;
}

/** All chunks of the block have been sent; `leaf` is the hash of the block as it was before it was encoded. */
export function encodeBlockEnd(stream: number, block: number, encoding: BlockEncoding, leaf: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LEAF_AT + HASH_BYTES);
  const view = header(frame, BLOCK_END, stream);
  view.setUint32(BODY_AT, block);
  view.setUint8(ENCODING_AT, encoding);
  frame.set(leaf, LEAF_AT);
  return frame;
}

/** All blocks have been handed out; `root` is the root of the tree over the whole run. */
export function encodeEnd(stream: number, root: Uint8Array): Uint8Array {
  const frame = new Uint8Array(BODY_AT + HASH_BYTES);
  header(frame, END, stream);
  frame.set(root, BODY_AT);
  return frame;
}

/** So many bytes of chunks, block ends and ends have arrived on this lane. */
export function encodeAck(received: number): Uint8Array {
  const frame = new Uint8Array(ACK_LENGTH);
  const view = new DataView(frame.buffer);
  view.setUint8(0, ACK);
  view.setBigUint64(RECEIVED_AT, BigInt(received));
  return frame;
}

/** The block was right and is written. */
export function encodeStored(stream: number, block: number): Uint8Array {
  return reply(STORED, stream, block);
}

/** The block was wrong. */
export function encodeAgain(stream: number, block: number): Uint8Array {
  return reply(AGAIN, stream, block);
}

/** Whether a frame counts in the acknowledgements of its lane. */
export function isAcknowledged(frame: Uint8Array): boolean {
  const [type = 0] = frame;
  return type >= CHUNK && type <= END;
}

/** Reads any bytes and never throws. `bytes`, `leaf` and `root` are views into `frame`. */
export function decodeFrame(frame: Uint8Array): Frame {
  return decodeBody(frame) ?? malformed(frame);
}

function decodeBody(frame: Uint8Array): Frame | undefined {
  if (frame.length < BODY_AT) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (frame[0] === ACK) return decodeAck(view);
  const stream = view.getUint32(STREAM_AT);
  if (stream === 0) return undefined;
  switch (frame[0]) {
    case CHUNK:
      return decodeChunk(frame, view, stream);
    case BLOCK_END: {
      const encoding = frame[ENCODING_AT];
      if (frame.length !== LEAF_AT + HASH_BYTES || (encoding !== 0 && encoding !== 1)) return undefined;
      return { type: 'block-end', stream, block: view.getUint32(BODY_AT), encoding, leaf: frame.subarray(LEAF_AT) };
    }
    case END:
      if (frame.length !== BODY_AT + HASH_BYTES) return undefined;
      return { type: 'end', stream, root: frame.subarray(BODY_AT) };
    case STORED:
    case AGAIN:
      if (frame.length !== REPLY_LENGTH) return undefined;
      return { type: frame[0] === STORED ? 'stored' : 'again', stream, block: view.getUint32(BODY_AT) };
  }
  return undefined;
}

function decodeChunk(frame: Uint8Array, view: DataView, stream: number): Frame | undefined {
  const lengthBytes = frame.length - CHUNK_BYTES_AT;
  if (lengthBytes < 1 || lengthBytes > MAX_CHUNK_BYTES) return undefined;
  const offset = view.getUint32(OFFSET_AT);
  if (offset + lengthBytes > BLOCK_BYTES) return undefined;
  return { type: 'chunk', stream, block: view.getUint32(BODY_AT), offset, bytes: frame.subarray(CHUNK_BYTES_AT) };
}

function decodeAck(view: DataView): Frame | undefined {
  if (view.byteLength !== ACK_LENGTH) return undefined;
  const received = view.getBigUint64(RECEIVED_AT);
  return received <= Number.MAX_SAFE_INTEGER ? { type: 'ack', received: Number(received) } : undefined;
}

function malformed(frame: Uint8Array): Frame {
  const [type = 0] = frame;
  const hasStream = type >= CHUNK && type <= AGAIN && type !== ACK && frame.length >= BODY_AT;
  const stream = hasStream ? new DataView(frame.buffer, frame.byteOffset).getUint32(STREAM_AT) : 0;
  return { type: 'malformed', from: type >= ACK && type <= AGAIN ? 'receiver' : 'sender', stream };
}

function reply(type: number, stream: number, block: number): Uint8Array {
  const frame = new Uint8Array(REPLY_LENGTH);
  header(frame, type, stream).setUint32(BODY_AT, block);
  return frame;
}

function header(frame: Uint8Array, type: number, stream: number): DataView {
  const view = new DataView(frame.buffer, frame.byteOffset);
  view.setUint8(0, type);
  view.setUint32(STREAM_AT, stream);
  return view;
}
