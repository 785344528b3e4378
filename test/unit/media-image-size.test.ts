import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageSize } from '../../extension/core/media/image-size.ts';

const ICON = readFileSync(join(import.meta.dirname, '../../extension/public/icon/128.png'));

/** A WebP file with one part (RFC 9649, section 2). */
function webp(name: string, body: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set(new TextEncoder().encode('RIFF'), 0);
  bytes.set(new TextEncoder().encode('WEBP'), 8);
  bytes.set(new TextEncoder().encode(name), 12);
  bytes.set(body, 20);
  return bytes;
}

test('a picture is as large as its head says', () => {
  expect(imageSize(ICON, 'image/png')).toEqual({ width: 128, height: 128 });
  // 1280 x 720, from a file that Chromium wrote.
  expect(imageSize(webp('VP8L', [0x2f, 0xff, 0xc4, 0xb3, 0x10]), 'image/webp')).toEqual({ width: 1_280, height: 720 });
  const lossy = webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02]);
  expect(imageSize(lossy, 'image/webp')).toEqual({ width: 1_280, height: 720 });
  const extended = webp('VP8X', [0, 0, 0, 0, 0xff, 0x04, 0x00, 0xcf, 0x02, 0x00]);
  expect(imageSize(extended, 'image/webp')).toEqual({ width: 1_280, height: 720 });
});

test('what is not announced, moves, or is none at all has no size', () => {
  expect(imageSize(ICON, 'image/webp')).toBeNull();
  expect(imageSize(webp('VP8L', [0x2f, 0, 0, 0, 0]), 'image/png')).toBeNull();
  expect(imageSize(webp('VP8X', [0x02, 0, 0, 0, 0xff, 0x04, 0x00, 0xcf, 0x02, 0x00]), 'image/webp')).toBeNull();
  expect(imageSize(webp('ANIM', []), 'image/webp')).toBeNull();
  expect(imageSize(new Uint8Array(64), 'image/png')).toBeNull();
  for (let length = 0; length < 30; length++) expect(imageSize(ICON.subarray(0, length), 'image/png')).toBeNull();
});
