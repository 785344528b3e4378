import { decodeQR } from 'qr/decode.js';
import * as v from 'valibot';
import { MAX_PICTURE_BYTES, MAX_PICTURE_SIDE_PX } from './picture-limits.ts';

/** Answers one picture with the text of the code in it, null when there is none. */
const Side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PICTURE_SIDE_PX));
const Request = v.object({
  picture: v.pipe(v.instance(Blob), v.maxSize(MAX_PICTURE_BYTES)),
  width: Side,
  height: Side,
});

/** Beyond the first pass: for codes that are bent, blurred or small. */
const RETRIES_LIMIT_MS = 1_000;

self.addEventListener('message', async ({ data }: MessageEvent<unknown>) => {
  self.postMessage(await read(v.parse(Request, data)));
});

async function read({ picture, width, height }: v.InferOutput<typeof Request>): Promise<string | null> {
  try {
    const bitmap = await createImageBitmap(picture, {
      resizeWidth: width,
      resizeHeight: height,
      resizeQuality: 'high',
    });
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) return null;
    // A code is often dark on nothing, and nothing counts as black.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, width, height);
    return decodeQR({ data, width, height }, { timeLimit: RETRIES_LIMIT_MS });
  } catch {
    return null; // No picture, or no code in it: the library throws for both.
  }
}
