import { MAX_FILE_BYTES } from '../shared/limits.ts';
import { BLOCK_BYTES, CHUNK_BYTES } from './blocks.ts';
import { HASH_BYTES } from './tree-hash.ts';

/*
 * Frames of the bulk lane, big-endian. `stream` is the number that the sender gave the file in its offer.
 *
 *   chunk      1 | stream u32 | block u32 | offset u32 | 1 to 65,536 bytes     sender → receiver
 *   block-end  2 | stream u32 | block u32 | leaf 32 bytes                      sender → receiver
 *   end        3 | stream u32 | root 32 bytes                                  sender → receiver
 *   ack        4 | stream u32 | bytes u64                                      receiver → sender
 *
 * Chunks of one stream come in order, each block closed by its `block-end` (the SHA-256 leaf of the block), the file by its `end`
 * (the root of the tree). An `ack` says that so many bytes from the start of the file need no memory of the receiver's any more
 * but for one block being filled; it grows with every frame.
 */
export type Frame =
  | { type: 'chunk'; stream: number; block: number; offset: number; bytes: Uint8Array }
  | { type: 'block-end'; stream: number; block: number; leaf: Uint8Array }
  | { type: 'end'; stream: number; root: Uint8Array }
  | { type: 'ack'; stream: number; bytes: number }
  /** No frame of ours. `from` tells whose stream it claims to belong to; stream 0 is nobody's. */
  | { type: 'malformed'; from: 'sender' | 'receiver'; stream: number };

const CHUNK = 1;
const BLOCK_END = 2;
const END = 3;
const ACK = 4;

const STREAM_AT = 1;
const BODY_AT = 5;
const OFFSET_AT = 9;
const CHUNK_BYTES_AT = 13;
const LEAF_AT = 9;
const ACK_LENGTH = 13;

/** A part of a block. Copies `bytes`, because header and bytes must lie in one piece. */
export function encodeChunk(stream: number, block: number, offset: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(CHUNK_BYTES_AT + bytes.length);
  const view = header(frame, CHUNK, stream);
  view.setUint32(BODY_AT, block);
  view.setUint32(OFFSET_AT, offset);
  frame.set(bytes, CHUNK_BYTES_AT);
  return frame;
}

/** All chunks of the block have been sent; `leaf` is its hash. */
export function encodeBlockEnd(stream: number, block: number, leaf: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LEAF_AT + HASH_BYTES);
  header(frame, BLOCK_END, stream).setUint32(BODY_AT, block);
  frame.set(leaf, LEAF_AT);
  return frame;
}

/** All blocks have been sent; `root` is the root of their tree. */
export function encodeEnd(stream: number, root: Uint8Array): Uint8Array {
  const frame = new Uint8Array(BODY_AT + HASH_BYTES);
  header(frame, END, stream);
  frame.set(root, BODY_AT);
  return frame;
}

/** The receiver has dealt with the first `bytes` bytes. */
export function encodeAck(stream: number, bytes: number): Uint8Array {
  const frame = new Uint8Array(ACK_LENGTH);
  header(frame, ACK, stream).setBigUint64(BODY_AT, BigInt(bytes));
  return frame;
}

/** Reads any bytes and never throws. `bytes`, `leaf` and `root` are views into `frame`. */
export function decodeFrame(frame: Uint8Array): Frame {
  if (frame.length < BODY_AT) return { type: 'malformed', from: 'sender', stream: 0 };
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const stream = view.getUint32(STREAM_AT);
  return (stream > 0 && decodeBody(frame, view, stream)) || malformed(frame[0], stream);
}

function decodeBody(frame: Uint8Array, view: DataView, stream: number): Frame | undefined {
  switch (frame[0]) {
    case CHUNK: {
      const lengthBytes = frame.length - CHUNK_BYTES_AT;
      if (lengthBytes < 1 || lengthBytes > CHUNK_BYTES) return undefined;
      const offset = view.getUint32(OFFSET_AT);
      if (offset + lengthBytes > BLOCK_BYTES) return undefined;
      return { type: 'chunk', stream, block: view.getUint32(BODY_AT), offset, bytes: frame.subarray(CHUNK_BYTES_AT) };
    }
    case BLOCK_END:
      if (frame.length !== LEAF_AT + HASH_BYTES) return undefined;
      return { type: 'block-end', stream, block: view.getUint32(BODY_AT), leaf: frame.subarray(LEAF_AT) };
    case END:
      if (frame.length !== BODY_AT + HASH_BYTES) return undefined;
      return { type: 'end', stream, root: frame.subarray(BODY_AT) };
    case ACK: {
      if (frame.length !== ACK_LENGTH) return undefined;
      const bytes = Number(view.getBigUint64(BODY_AT));
      return bytes <= MAX_FILE_BYTES ? { type: 'ack', stream, bytes } : undefined;
    }
  }
  return undefined;
}

function malformed(type: number | undefined, stream: number): Frame {
  const known = type === CHUNK || type === BLOCK_END || type === END || type === ACK;
  return { type: 'malformed', from: type === ACK ? 'receiver' : 'sender', stream: known ? stream : 0 };
}

function header(frame: Uint8Array, type: number, stream: number): DataView {
  const view = new DataView(frame.buffer);
  view.setUint8(0, type);
  view.setUint32(STREAM_AT, stream);
  return view;
}
