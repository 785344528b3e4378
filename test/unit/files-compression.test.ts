import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import { decodeBlock, encodeBlock, WORTH_RATIO } from '../../extension/core/files/compression.ts';
import { blockOf, createLeafInput, type LeafInput } from '../../extension/core/files/tree-hash.ts';

const TEXT = 'the tide is low at nine, and again at half past ten; ';

/** A block ready to be hashed. */
function input(bytes: Uint8Array): LeafInput {
  const made = createLeafInput(bytes.length);
  made.set(bytes, 1);
  return made;
}

function textBlock(lengthBytes: number): LeafInput {
  return input(Buffer.from(TEXT.repeat(Math.ceil(lengthBytes / TEXT.length))).subarray(0, lengthBytes));
}

/** `toEqual` looks at each byte, which takes seconds for a mebibyte. */
function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

function deflated(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(deflateRawSync(bytes));
}

describe('a deflated block', () => {
  test('is what it was after inflating, and much smaller', async () => {
    const block = textBlock(BLOCK_BYTES);
    const encoded = await encodeBlock(block);
    if (!encoded) throw new Error('not deflated');
    expect(encoded.length).toBeLessThan(BLOCK_BYTES / 5);
    expect(isSame(await decodeBlock(encoded, 1, BLOCK_BYTES), block)).toBe(true);
  });

  test('round-trips whatever it holds, or is not worth it', async () => {
    const pieces = fc.array(fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(500)), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const block = input(Buffer.concat(parts.flatMap(([bytes, times]) => Array<Uint8Array>(times).fill(bytes))));
        const encoded = await encodeBlock(block);
        if (!encoded) return;
        expect(encoded.length).toBeLessThanOrEqual((block.length - 1) * WORTH_RATIO);
        expect(isSame(await decodeBlock(encoded, 1, block.length - 1), block)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test.each([1, 100, 65_536, BLOCK_BYTES])('is not made of %i random bytes', async (lengthBytes) => {
    expect(await encodeBlock(input(randomBytes(lengthBytes)))).toBeUndefined();
  });

  test('is not made when the gain is at the very end only', async () => {
    const mixed = Buffer.concat([randomBytes(BLOCK_BYTES * 0.9), Buffer.alloc(BLOCK_BYTES * 0.1)]);
    expect(await encodeBlock(input(mixed))).toBeUndefined();
  });
});

describe('what arrives as a block', () => {
  test('plain, stands behind the prefix of a leaf', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect(await decodeBlock(bytes, 0, 3)).toEqual(new Uint8Array([0, 1, 2, 3]));
  });

  test('plain and with room for the prefix, is not copied', async () => {
    const memory = new Uint8Array([9, 1, 2, 3]);
    const decoded = await decodeBlock(memory.subarray(1), 0, 3);
    expect(decoded).toEqual(new Uint8Array([0, 1, 2, 3]));
    expect(decoded?.buffer).toBe(memory.buffer);
  });

  test.each([2, 4])('plain, is refused with another length than %i', async (plainBytes) => {
    expect(await decodeBlock(new Uint8Array(3), 0, plainBytes)).toBeUndefined();
  });

  test.each([-1, 1])('deflated, is refused when it is off by %i', async (offBytes) => {
    const encoded = deflated(blockOf(textBlock(10_000)));
    expect(await decodeBlock(encoded, 1, 10_000 + offBytes)).toBeUndefined();
  });

  test('is refused as soon as it would be too large, however large it would become', async () => {
    // 64 MiB of zeros: each byte inflated becomes a thousand.
    const bomb = deflated(Buffer.alloc(64 * BLOCK_BYTES));
    const write = vi.spyOn(WritableStreamDefaultWriter.prototype, 'write');
    expect(await decodeBlock(bomb, 1, BLOCK_BYTES)).toBeUndefined();
    const inflatedBytes = write.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0);
    write.mockRestore();
    expect(inflatedBytes).toBeGreaterThan(0);
    expect(inflatedBytes).toBeLessThanOrEqual(bomb.length / 2);
  });

  test('is refused when its end is missing', async () => {
    const encoded = deflated(randomBytes(5_000));
    await fc.assert(
      fc.asyncProperty(fc.nat(encoded.length - 1), async (keptBytes) => {
        expect(await decodeBlock(encoded.slice(0, keptBytes), 1, 5_000)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  test('never has another length than it should, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(300), async (bytes, plainBytes) => {
        const decoded = await decodeBlock(new Uint8Array(bytes), 1, plainBytes);
        expect([undefined, plainBytes + 1]).toContain(decoded?.length);
      }),
      { numRuns: 300 },
    );
  });
});
