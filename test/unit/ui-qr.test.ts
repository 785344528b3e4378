import { decodeQR } from 'qr/decode.js';
import { describe, expect, test } from 'vitest';
import { formatPairingSecret, makePairingSecret } from '../../extension/core/pairing/secret-text.ts';
import { newId } from '../../extension/core/shared/ids.ts';
import { qrSvg } from '../../extension/ui/qr/draw.ts';
import { searchedSize } from '../../extension/ui/qr/picture-limits.ts';

const SCALE = 4;

/** Paints the only two kinds of shape such a drawing has: the light square and runs of dark modules. */
function paint(svg: string): { data: Uint8Array; width: number; height: number } {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const width = side * SCALE;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row++) {
      const start = (row * width + Number(x) * SCALE) * 4;
      data.fill(0, start, start + Number(length) * SCALE * 4);
    }
  }
  return { data, width, height: width };
}

describe('the picture of a long secret', () => {
  test('another reader gets the same text from it', () => {
    for (let round = 0; round < 5; round++) {
      const secret = formatPairingSecret(makePairingSecret(newId()));
      expect(decodeQR(paint(qrSvg(secret)), { format: 'RGBA' })).toBe(secret);
    }
  });

  test('four light modules stand around the code', () => {
    const svg = qrSvg(formatPairingSecret(makePairingSecret(newId())));
    const side = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
    const runs = [...svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g)].map((run) => run.slice(1).map(Number));
    const columns = runs.flatMap(([x = 0, , length = 0]) => [x, side - x - length]);
    const rows = runs.flatMap(([, y = 0]) => [y, side - 1 - y]);
    expect(Math.min(...columns)).toBe(4);
    expect(Math.min(...rows)).toBe(4);
  });

  test('it is no link', () => {
    const secret = formatPairingSecret(makePairingSecret(newId()));
    expect(decodeQR(paint(qrSvg(secret)), { format: 'RGBA' })).toMatch(/^pairwise1:/);
  });
});

describe('the size a picture is searched in', () => {
  test.each([
    [380, 600, { width: 380, height: 600 }],
    [2_560, 1_440, { width: 2_560, height: 1_440 }],
    [4_096, 3_072, { width: 2_560, height: 1_920 }],
    [4_096, 1, { width: 2_560, height: 1 }],
    [4_097, 10, null],
    [10, 30_000, null],
    [0, 0, null],
  ])('%d × %d: %o', (width, height, searched) => {
    expect(searchedSize({ width, height })).toEqual(searched);
  });
});
