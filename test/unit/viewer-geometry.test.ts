import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FIT,
  fitScale,
  isLarger,
  nextScale,
  onPicture,
  pan,
  place,
  type Size,
  scaleOf,
  type View,
  zoomTo,
} from '../../extension/ui/viewer/geometry.ts';

const BOX: Size = { width: 1_200, height: 800 };
const WIDE: Size = { width: 2_400, height: 900 };

/** Rounding of a few multiplications. */
const NEAR = 1e-6;
const sizes = fc.record({ width: fc.integer({ min: 16, max: 8_192 }), height: fc.integer({ min: 16, max: 8_192 }) });
const shares = fc.double({ min: 0, max: 1, noNaN: true });
const scales = fc.double({ min: 0.05, max: 12, noNaN: true });
const moves = fc.record({ x: fc.integer({ min: -9_000, max: 9_000 }), y: fc.integer({ min: -9_000, max: 9_000 }) });

/** What a person may have done: zoomed somewhere, dragged somewhere. */
function looked(box: Size, picture: Size, scale: number, x: number, y: number, by: { x: number; y: number }): View {
  const view = zoomTo(FIT, box, picture, scale, { x: x * box.width, y: y * box.height });
  return pan(view, box, picture, by);
}

test('what fits lies in the middle, whole', () => {
  expect(place(FIT, BOX, WIDE)).toEqual({ left: 0, top: 175, width: 1_200, height: 450 });
  expect(place(FIT, BOX, { width: 100, height: 100 })).toEqual({ left: 200, top: 0, width: 800, height: 800 });
});

test('however it is zoomed and dragged, there is nothing beside a picture that is larger, and a smaller one is in the middle', () => {
  fc.assert(
    fc.property(sizes, sizes, scales, shares, shares, moves, (box, picture, scale, x, y, by) => {
      const rect = place(looked(box, picture, scale, x, y, by), box, picture);
      for (const [start, length, limit] of [
        [rect.left, rect.width, box.width],
        [rect.top, rect.height, box.height],
      ] as const) {
        if (length <= limit) expect(start).toBeCloseTo((limit - length) / 2);
        else {
          expect(start).toBeLessThanOrEqual(NEAR);
          expect(start + length).toBeGreaterThanOrEqual(limit - NEAR * length);
        }
      }
      expect(rect.width / rect.height).toBeCloseTo(picture.width / picture.height);
    }),
  );
});

test('what lies under the pointer stays there while zooming into a picture that fills the window', () => {
  fc.assert(
    fc.property(sizes, shares, shares, fc.double({ min: 1.01, max: 7, noNaN: true }), (box, x, y, factor) => {
      // The picture has the window's shape and is larger, so no edge is in the way.
      const picture = { width: box.width * 2, height: box.height * 2 };
      const at = { x: x * box.width, y: y * box.height };
      const view = zoomTo(FIT, box, picture, 0.5 * factor, at);
      const seen = onPicture(place(view, box, picture), at);
      expect(seen?.x).toBeCloseTo(x);
      expect(seen?.y).toBeCloseTo(y);
    }),
  );
});

test('zooming ends at what fits or at 1:1, whichever is smaller, and where pixels can be counted', () => {
  const middle = { x: 600, y: 400 };
  const small: Size = { width: 300, height: 200 };
  expect(scaleOf(zoomTo(FIT, BOX, WIDE, 0.01, middle), BOX, WIDE)).toBe(0.5);
  expect(zoomTo(FIT, BOX, WIDE, 0.01, middle)).toBe(FIT);
  expect(scaleOf(zoomTo(FIT, BOX, small, 0.01, middle), BOX, small)).toBe(1);
  expect(scaleOf(zoomTo(FIT, BOX, WIDE, 1_000, middle), BOX, WIDE)).toBe(8);
});

test.each([
  [1.6, 1.25, 2, 2],
  [0.9, 1.25, 0.5, 1],
  [1, 1.25, 0.5, 1.25],
  [1.1, 0.8, 0.5, 1],
  [0.6, 0.8, 0.5, 0.5],
  [0.9, 2, 1.2, 1],
  [1.3, 0.5, 1.2, 1.2],
])('from %d a factor of %d, where %d fits, leads to %d', (scale, factor, fit, next) => {
  expect(nextScale(scale, factor, fit)).toBeCloseTo(next);
});

test('a place beside the picture is no place on it', () => {
  const rect = place(FIT, BOX, WIDE);
  expect(onPicture(rect, { x: 300, y: 400 })).toEqual({ x: 0.25, y: 0.5 });
  expect(onPicture(rect, { x: 300, y: 174 })).toBeNull();
  expect(onPicture(rect, { x: 1_201, y: 400 })).toBeNull();
});

test('only a picture larger than the window can be moved', () => {
  expect(isLarger(place(FIT, BOX, WIDE), BOX)).toBe(false);
  expect(pan(FIT, BOX, WIDE, { x: 50, y: 50 })).toBe(FIT);
  const close = zoomTo(FIT, BOX, WIDE, 2 * fitScale(BOX, WIDE), { x: 600, y: 400 });
  expect(isLarger(place(close, BOX, WIDE), BOX)).toBe(true);
  expect(place(pan(close, BOX, WIDE, { x: 50, y: -20 }), BOX, WIDE)).toMatchObject({
    left: expect.closeTo(-550),
    top: expect.closeTo(-70),
  });
});
