import { expect, test } from 'vitest';
import { byPreference } from '../../extension/core/media/codecs.ts';

/** In Chromium's order. */
const ALL = ['VP8', 'rtx', 'H264', 'H264', 'AV1', 'VP9', 'red', 'ulpfec'].map((name, at) => ({
  mimeType: `video/${name}`,
  at,
}));

const names = (codecs: readonly { mimeType: string }[]) =>
  codecs.map(({ mimeType }) => mimeType.slice('video/'.length));

test('in software VP8 comes first, and everything else keeps its order', () => {
  expect(names(byPreference(ALL.toReversed(), []))).toEqual(['VP8', ...names(ALL).slice(1).reverse()]);
});

test('what a chip encodes comes before it, and nothing is left out', () => {
  const ranked = byPreference(ALL, ['video/vp9', 'video/h264']);
  expect(names(ranked)).toEqual(['VP9', 'H264', 'H264', 'VP8', 'rtx', 'AV1', 'red', 'ulpfec']);
  // Both kinds of H264, in the order that they had.
  expect(ranked.slice(1, 3).map(({ at }) => at)).toEqual([2, 3]);
});
