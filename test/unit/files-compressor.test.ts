import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import { encodeBlock } from '../../extension/core/files/compression.ts';
import { type BlockEncoder, Compressor } from '../../extension/core/files/compressor.ts';
import { hasPackedContent } from '../../extension/core/files/packed-content.ts';
import type { TransferDetails } from '../../extension/core/files/source.ts';
import { createLeafInput, type LeafInput } from '../../extension/core/files/tree-hash.ts';

const MIB = 1024 * 1024;
const random = () => {
  const input = createLeafInput(10_000);
  input.set(randomBytes(10_000), 1);
  return input;
};
const zeros = () => createLeafInput(10_000);

function details(name: string, { form = 'file', mime = '' }: Partial<TransferDetails> = {}): TransferDetails {
  return { form, name, count: 1, sizeBytes: 10_000, manifestBytes: 0, mime, modifiedAt: 0 };
}

/** Deflates where it is called and counts. */
class CountingEncoder implements BlockEncoder {
  readonly width = 1;
  count = 0;

  async encode(input: LeafInput) {
    this.count += 1;
    const encoded = await encodeBlock(input);
    return encoded ? { encoded } : { plain: input };
  }

  close() {}
}

/** Encodings of so many blocks, one after the other. */
async function encodings(compressor: Compressor, about: TransferDetails, blocks: LeafInput[]): Promise<string> {
  const seen: number[] = [];
  for (const block of blocks) seen.push((await compressor.encode(block, about)).encoding);
  return seen.join('');
}

describe('what is deflated', () => {
  test.each([
    ['holiday.jpg', ''],
    ['HOLIDAY.JPG', ''],
    ['backup.tar.gz', ''],
    ['film', 'video/mp4'],
    ['letter', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['song', 'Audio/MPEG; rate=1'],
    ['jpg', ''],
  ])('nothing that is packed already: %s %s', async (name, mime) => {
    const encoder = new CountingEncoder();
    expect(await encodings(new Compressor(encoder), details(name, { mime }), [zeros(), zeros()])).toBe('00');
    expect(encoder.count).toBe(0);
  });

  test.each([
    ['notes.txt', 'text/plain'],
    ['drawing.svg', 'image/svg+xml'],
    ['take-1.wav', 'audio/wav'],
    ['gz.log', ''],
    ['', ''],
  ])('but what may shrink: %s %s', (name, mime) => {
    expect(hasPackedContent(name, mime)).toBe(false);
  });

  test('in a folder by what its blocks are, whatever its name', async () => {
    const about = details('pictures.zip', { form: 'folder' });
    expect(await encodings(new Compressor(new CountingEncoder()), about, [zeros(), zeros()])).toBe('11');
  });

  test('one block now and then of what does not shrink, ever more seldom, and all again once one does', async () => {
    const encoder = new CountingEncoder();
    const compressor = new Compressor(encoder);
    const about = details('unknown.bin');
    await encodings(compressor, about, Array.from({ length: 200 }, random));
    expect(encoder.count).toBeLessThanOrEqual(10);
    const found = await encodings(compressor, about, Array.from({ length: 40 }, zeros));
    expect(found).toMatch(/^0{0,32}1+$/);
  });

  test.each([
    ['all', zeros, '111', 3],
    ['none', random, '000', 1],
  ])(
    'what is read together with the first block waits for what that one says: %s',
    async (_, make, expected, count) => {
      const encoder = new CountingEncoder();
      const compressor = new Compressor(encoder);
      const about = details('unknown.bin');
      const first = await Promise.all([make(), make(), make()].map((block) => compressor.encode(block, about)));
      expect(first.map(({ encoding }) => encoding).join('')).toBe(expected);
      expect(encoder.count).toBe(count);
    },
  );

  test('what fails to be deflated fails alone', async () => {
    const encoder = new CountingEncoder();
    const { encode } = encoder;
    encoder.encode = () => {
      encoder.encode = encode;
      throw new Error('broken');
    };
    const compressor = new Compressor(encoder);
    const about = details('unknown.bin');
    const [broken, other] = [compressor.encode(zeros(), about), compressor.encode(zeros(), about)];
    await expect(broken).rejects.toThrow('broken');
    expect((await other).encoding).toBe(1);
  });

  test('each transfer by its own content', async () => {
    const compressor = new Compressor(new CountingEncoder());
    expect(await encodings(compressor, details('random.bin'), [random(), random()])).toBe('00');
    expect(await encodings(compressor, details('zeros.bin'), [zeros(), zeros()])).toBe('11');
  });
});

/**
 * A minute of one transfer on a clock of its own: deflating takes `encodeBytesPerSecond`, the line the rest, one after the other as
 * one pair of busy cores would. Returns the part of the second half's blocks that was deflated.
 */
async function deflatedShare(encodeBytesPerSecond: number, lineBytesPerSecond: number): Promise<number> {
  let nowMs = 0;
  const encoder: BlockEncoder = {
    width: 1,
    encode: async (input) => {
      nowMs += (MIB / encodeBytesPerSecond) * 1000;
      return { encoded: input.subarray(0, input.length / 6) };
    },
    close: () => {},
  };
  const compressor = new Compressor(encoder, () => nowMs);
  const about = details('log.txt');
  const block = createLeafInput(BLOCK_BYTES);
  let deflated = 0;
  let all = 0;
  while (nowMs < 60_000) {
    const startedMs = nowMs;
    const { bytes, encoding } = await compressor.encode(block, about);
    // The line works while the encoder does.
    nowMs = Math.max(nowMs, startedMs + (bytes.length / lineBytesPerSecond) * 1000);
    if (nowMs < 30_000) continue;
    all += 1;
    deflated += encoding;
  }
  return deflated / all;
}

describe('whether it is worth the time', () => {
  test.each([
    ['a slow line', 40 * MIB, 2 * MIB],
    ['a line slower than the encoder', 40 * MIB, 30 * MIB],
  ])('yes: %s', async (_, encodeRate, lineRate) => {
    expect(await deflatedShare(encodeRate, lineRate)).toBeGreaterThan(0.9);
  });

  test('no: a line faster than the encoder', async () => {
    expect(await deflatedShare(20 * MIB, 100 * MIB)).toBeLessThan(0.2);
  });
});
