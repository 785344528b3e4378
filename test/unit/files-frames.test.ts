import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, CHUNK_BYTES } from '../../extension/core/files/blocks.ts';
import { decodeFrame, encodeAck, encodeBlockEnd, encodeChunk, encodeEnd } from '../../extension/core/files/frames.ts';
import { MAX_FRAME_BYTES } from '../../extension/core/link/link.ts';
import { MAX_FILE_BYTES } from '../../extension/core/shared/limits.ts';

const stream = fc.integer({ min: 1, max: 0xffff_ffff });
const block = fc.integer({ min: 0, max: 0xffff_ffff });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('bulk frames', () => {
  it('come back as they were', () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const offset = fc.integer({ min: 0, max: BLOCK_BYTES - 300 });
    fc.assert(
      fc.property(stream, block, offset, chunk, (stream, block, offset, bytes) => {
        expect(decodeFrame(encodeChunk(stream, block, offset, bytes))).toEqual({
          type: 'chunk',
          stream,
          block,
          offset,
          bytes,
        });
      }),
    );
    fc.assert(
      fc.property(stream, block, hash, (stream, block, leaf) => {
        expect(decodeFrame(encodeBlockEnd(stream, block, leaf))).toEqual({ type: 'block-end', stream, block, leaf });
        expect(decodeFrame(encodeEnd(stream, leaf))).toEqual({ type: 'end', stream, root: leaf });
      }),
    );
    fc.assert(
      fc.property(
        stream,
        fc.maxSafeInteger().map((n) => Math.abs(n) % (MAX_FILE_BYTES + 1)),
        (stream, bytes) => {
          expect(decodeFrame(encodeAck(stream, bytes))).toEqual({ type: 'ack', stream, bytes });
        },
      ),
    );
  });

  it('have the documented layout', () => {
    expect([...encodeChunk(0x01020304, 5, 6, Uint8Array.of(7, 8))]).toEqual([
      1, 1, 2, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6, 7, 8,
    ]);
    expect([...encodeAck(1, 2 ** 40)]).toEqual([4, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect([...encodeBlockEnd(1, 2, new Uint8Array(32).fill(9))].slice(0, 10)).toEqual([2, 0, 0, 0, 1, 0, 0, 0, 2, 9]);
    expect([...encodeEnd(1, new Uint8Array(32).fill(9))].slice(0, 6)).toEqual([3, 0, 0, 0, 1, 9]);
  });

  it('read the same from the middle of a larger buffer', () => {
    const frame = encodeAck(3, 70_000);
    const larger = new Uint8Array(frame.length + 10);
    larger.set(frame, 5);
    expect(decodeFrame(larger.subarray(5, 5 + frame.length))).toEqual({ type: 'ack', stream: 3, bytes: 70_000 });
  });

  it('of the largest chunk fit a lane', () => {
    const frame = encodeChunk(1, 0, BLOCK_BYTES - CHUNK_BYTES, new Uint8Array(CHUNK_BYTES));
    expect(frame.length).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    expect(decodeFrame(frame).type).toBe('chunk');
  });

  it.each([
    ['nothing', [], 'sender', 0],
    ['a torn header', [1, 0, 0, 0], 'sender', 0],
    ['an unknown type', [9, 0, 0, 0, 1, 1, 1], 'sender', 0],
    ['stream 0', [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 'receiver', 0],
    ['an empty chunk', [1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0], 'sender', 5],
    ['a chunk without a place', [1, 0, 0, 0, 5, 0], 'sender', 5],
    ['a chunk that reaches beyond its block', [1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0x0f, 0xff, 0xff, 1, 2], 'sender', 5],
    ['a chunk far beyond', [1, 0, 0, 0, 5, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1], 'sender', 5],
    ['a short leaf', [2, 0, 0, 0, 5, 0, 0, 0, 0, ...new Array<number>(31).fill(1)], 'sender', 5],
    ['a long leaf', [2, 0, 0, 0, 5, 0, 0, 0, 0, ...new Array<number>(33).fill(1)], 'sender', 5],
    ['a short root', [3, 0, 0, 0, 5, ...new Array<number>(31).fill(1)], 'sender', 5],
    ['a short acknowledgement', [4, 0, 0, 0, 5, 0, 0], 'receiver', 5],
    ['an acknowledgement of more than any file', [4, 0, 0, 0, 5, 0, 0, 1, 0, 0, 0, 0, 1], 'receiver', 5],
    ['an acknowledgement of 2^64 - 1', [4, 0, 0, 0, 5, ...new Array<number>(8).fill(255)], 'receiver', 5],
  ])('are malformed: %s', (_, bytes, from, stream) => {
    expect(decodeFrame(Uint8Array.from(bytes))).toEqual({ type: 'malformed', from, stream });
  });

  it('never throw on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const frame = decodeFrame(bytes);
        if (frame.type === 'chunk') expect(frame.offset + frame.bytes.length).toBeLessThanOrEqual(BLOCK_BYTES);
        if (frame.type === 'ack') expect(frame.bytes).toBeLessThanOrEqual(MAX_FILE_BYTES);
        if (frame.type !== 'malformed') expect(frame.stream).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('larger than a chunk are refused', () => {
    const frame = encodeChunk(5, 0, 0, new Uint8Array(CHUNK_BYTES + 1));
    expect(decodeFrame(frame)).toEqual({ type: 'malformed', from: 'sender', stream: 5 });
  });
});
