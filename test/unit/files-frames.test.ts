import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, MAX_CHUNK_BYTES } from '../../extension/core/files/blocks.ts';
import {
  type BlockEncoding,
  decodeFrame,
  encodeAck,
  encodeAgain,
  encodeBlockEnd,
  encodeChunk,
  encodeEnd,
  encodeStored,
} from '../../extension/core/files/frames.ts';
import { MAX_FRAME_BYTES } from '../../extension/core/link/link.ts';

const stream = fc.integer({ min: 1, max: 0xffff_ffff });
const block = fc.integer({ min: 0, max: 0xffff_ffff });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const encoding = fc.constantFrom<BlockEncoding>(0, 1);
const ones = (count: number) => new Array<number>(count).fill(1);

describe('bulk frames', () => {
  it('come back as they were', () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const offset = fc.integer({ min: 0, max: BLOCK_BYTES - 300 });
    fc.assert(
      fc.property(stream, block, offset, chunk, (stream, block, offset, bytes) => {
        const frame = encodeChunk(stream, block, offset, bytes);
        expect(decodeFrame(frame)).toEqual({ type: 'chunk', stream, block, offset, bytes });
      }),
    );
    fc.assert(
      fc.property(stream, block, encoding, hash, (stream, block, encoding, leaf) => {
        const frame = encodeBlockEnd(stream, block, encoding, leaf);
        expect(decodeFrame(frame)).toEqual({ type: 'block-end', stream, block, encoding, leaf });
        expect(decodeFrame(encodeEnd(stream, leaf))).toEqual({ type: 'end', stream, root: leaf });
        expect(decodeFrame(encodeStored(stream, block))).toEqual({ type: 'stored', stream, block });
        expect(decodeFrame(encodeAgain(stream, block))).toEqual({ type: 'again', stream, block });
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger().map(Math.abs), (received) => {
        expect(decodeFrame(encodeAck(received))).toEqual({ type: 'ack', received });
      }),
    );
  });

  it('have the documented layout', () => {
    expect([...encodeChunk(0x01020304, 5, 6, Uint8Array.of(7, 8))]).toEqual([
      1, 1, 2, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6, 7, 8,
    ]);
    const nines = new Uint8Array(32).fill(9);
    expect([...encodeBlockEnd(1, 2, 1, nines)].slice(0, 11)).toEqual([2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 9]);
    expect([...encodeEnd(1, nines)].slice(0, 6)).toEqual([3, 0, 0, 0, 1, 9]);
    expect([...encodeAck(2 ** 40)]).toEqual([4, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect([...encodeStored(1, 2)]).toEqual([5, 0, 0, 0, 1, 0, 0, 0, 2]);
    expect([...encodeAgain(1, 2)]).toEqual([6, 0, 0, 0, 1, 0, 0, 0, 2]);
  });

  it('name blocks beyond 4 GiB', () => {
    const frame = decodeFrame(encodeChunk(1, 2 ** 20 - 1, BLOCK_BYTES - 1, Uint8Array.of(1)));
    expect(frame).toMatchObject({ block: 2 ** 20 - 1, offset: BLOCK_BYTES - 1 });
  });

  it('read the same from the middle of a larger buffer', () => {
    const frame = encodeAck(70_000);
    const larger = new Uint8Array(frame.length + 10);
    larger.set(frame, 5);
    expect(decodeFrame(larger.subarray(5, 5 + frame.length))).toEqual({ type: 'ack', received: 70_000 });
  });

  it('of the largest chunk fit a lane', () => {
    const frame = encodeChunk(1, 0, BLOCK_BYTES - MAX_CHUNK_BYTES, new Uint8Array(MAX_CHUNK_BYTES));
    expect(frame.length).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    expect(decodeFrame(frame).type).toBe('chunk');
  });

  it.each([
    ['nothing', [], 'sender', 0],
    ['a torn header', [1, 0, 0, 0], 'sender', 0],
    ['an unknown type', [9, 0, 0, 0, 1, 1, 1], 'sender', 0],
    ['stream 0', [5, 0, 0, 0, 0, 0, 0, 0, 1], 'receiver', 0],
    ['an empty chunk', [1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0], 'sender', 5],
    ['a chunk without a place', [1, 0, 0, 0, 5, 0], 'sender', 5],
    ['a chunk that reaches beyond its block', [1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0x0f, 0xff, 0xff, 1, 2], 'sender', 5],
    ['a chunk far beyond', [1, 0, 0, 0, 5, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1], 'sender', 5],
    ['a short leaf', [2, 0, 0, 0, 5, 0, 0, 0, 0, 0, ...ones(31)], 'sender', 5],
    ['a long leaf', [2, 0, 0, 0, 5, 0, 0, 0, 0, 0, ...ones(33)], 'sender', 5],
    ['an unknown encoding', [2, 0, 0, 0, 5, 0, 0, 0, 0, 2, ...ones(32)], 'sender', 5],
    ['a short root', [3, 0, 0, 0, 5, ...ones(31)], 'sender', 5],
    ['a short acknowledgement', [4, 0, 0, 0, 5, 0, 0], 'receiver', 0],
    ['an acknowledgement of 2^53', [4, 0, 0x20, 0, 0, 0, 0, 0, 0], 'receiver', 0],
    ['an acknowledgement of 2^64 - 1', [4, ...new Array<number>(8).fill(255)], 'receiver', 0],
    ['a block stored, and more', [5, 0, 0, 0, 5, 0, 0, 0, 0, 0], 'receiver', 5],
    ['a block again, torn', [6, 0, 0, 0, 5, 0, 0, 0], 'receiver', 5],
  ])('are malformed: %s', (_, bytes, from, stream) => {
    expect(decodeFrame(Uint8Array.from(bytes))).toEqual({ type: 'malformed', from, stream });
  });

  it('never throw on any bytes', () => {
    const any = fc.uint8Array({ maxLength: 80 });
    const likely = fc.tuple(fc.integer({ min: 1, max: 6 }), any).map(([type, rest]) => Uint8Array.of(type, ...rest));
    fc.assert(
      fc.property(fc.oneof(any, likely), (bytes) => {
        const frame = decodeFrame(bytes);
        if (frame.type === 'chunk') expect(frame.offset + frame.bytes.length).toBeLessThanOrEqual(BLOCK_BYTES);
        if (frame.type === 'ack') expect(frame.received).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
        else if (frame.type !== 'malformed') expect(frame.stream).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('larger than a chunk are refused', () => {
    const frame = encodeChunk(5, 0, 0, new Uint8Array(MAX_CHUNK_BYTES + 1));
    expect(decodeFrame(frame)).toEqual({ type: 'malformed', from: 'sender', stream: 5 });
  });
});
