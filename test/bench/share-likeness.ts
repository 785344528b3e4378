import type { Page } from 'puppeteer-core';
import { photograph } from './share-window.ts';

/** The rows of the bar code are left out: they are on every picture, and in no page that anybody shares. */
const SKIPPED_ROWS = 24;
const CELL_PX = 16;

interface LivePage {
  readonly drawn: number;
  draw(ms: number): number;
  hold(): void;
  turn(): number;
}

declare global {
  /** What `test/support/pages/live.html` offers. */
  var live: LivePage;
}

/**
 * How alike what the viewer showed and its source are: photographs of the whole viewer page, as a person sees it, against the same moment of
 * the source, drawn again and photographed as well. 1 is the same; SSIM (Wang et al. 2004) of the brightness in windows of 8 x 8, every 4 pixels.
 * @param source the page that was shown, which isn't captured any more; it stands still from now on.
 * @returns one for each photograph whose bar code could be read.
 */
export async function likeness(source: Page, photographs: readonly string[]): Promise<number[]> {
  await source.evaluate(() => live.hold());
  const values: number[] = [];
  for (const photo of photographs) {
    const code = await codeOf(source, photo);
    if (code === null) continue;
    // Two frames: what was drawn stands on the screen then.
    await source.evaluate(async (moment) => {
      live.draw(moment);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }, code);
    values.push(await ssim(source, photo, await photograph(source)));
  }
  return values;
}

/** The bar code of a photograph whose picture stands in it pixel by pixel; null where it can't be read. */
function codeOf(page: Page, photo: string): Promise<number | null> {
  return page.evaluate(
    async (base64, cellPx) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const paint = new OffscreenCanvas(32 * cellPx, 1).getContext('2d');
      if (!paint) throw new Error('no canvas');
      paint.drawImage(picture, 0, -cellPx / 2);
      const { data } = paint.getImageData(0, 0, 32 * cellPx, 1);
      let time = 0;
      let rest = 0;
      for (let bit = 0; bit < 32; bit += 1) {
        const isSet = Number((data[(bit + 0.5) * cellPx * 4] ?? 0) > 127);
        if (bit < 24) time |= isSet << bit;
        else rest |= isSet << (bit - 24);
      }
      const check = (time ^ (time >>> 7) ^ (time >>> 14) ^ (time >>> 21) ^ (rest & 1 ? 0x55 : 0x2a)) & 0x7f;
      return check === rest >>> 1 ? time : null;
    },
    photo,
    CELL_PX,
  );
}

function ssim(page: Page, one: string, other: string): Promise<number> {
  return page.evaluate(
    async (photos, skippedRows) => {
      const [a, b] = await Promise.all(
        photos.map(async (base64) => {
          const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
          const { width, height } = picture;
          const paint = new OffscreenCanvas(width, height).getContext('2d');
          if (!paint) throw new Error('no canvas');
          paint.drawImage(picture, 0, 0);
          const { data } = paint.getImageData(0, 0, width, height);
          const brightness = new Float32Array(width * height);
          for (let at = 0; at < brightness.length; at += 1) {
            brightness[at] =
              0.299 * (data[4 * at] ?? 0) + 0.587 * (data[4 * at + 1] ?? 0) + 0.114 * (data[4 * at + 2] ?? 0);
          }
          return { width, height, brightness };
        }),
      );
      if (!a || !b || a.width !== b.width || a.height !== b.height) throw new Error('pictures of two sizes');
      const SIDE = 8;
      const STEP = 4;
      const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
      let sum = 0;
      let windows = 0;
      for (let top = skippedRows; top + SIDE <= a.height; top += STEP) {
        for (let left = 0; left + SIDE <= a.width; left += STEP) {
          let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
          for (let row = top; row < top + SIDE; row += 1) {
            for (let at = row * a.width + left; at < row * a.width + left + SIDE; at += 1) {
              const [x, y] = [a.brightness[at] ?? 0, b.brightness[at] ?? 0];
              sumA += x;
              sumB += y;
              squaresA += x * x;
              squaresB += y * y;
              products += x * y;
            }
          }
          const count = SIDE * SIDE;
          const [meanA, meanB] = [sumA / count, sumB / count];
          const varianceA = squaresA / count - meanA * meanA;
          const varianceB = squaresB / count - meanB * meanB;
          const covariance = products / count - meanA * meanB;
          sum +=
            ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
            ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
          windows += 1;
        }
      }
      return sum / windows;
    },
    [one, other],
    SKIPPED_ROWS,
  );
}
