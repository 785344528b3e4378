import { MAX_PICTURE_BYTES, type PixelSize, searchedSize } from './picture-limits.ts';
// Not `new URL(…, import.meta.url)`: WXT replaces `import.meta.url` before Vite sees it, and the worker would be missing.
import QrWorker from './worker.ts?worker';

/** The text of a QR code, or why there is none: `none` was found, or the picture is `too-large` to be searched. */
export type PictureReading = { readonly text: string } | 'none' | 'too-large';

/** A second or two are usual for a busy picture on a slow computer. */
const READ_LIMIT_MS = 15_000;

/**
 * Looks for a QR code in a picture from anywhere. It is searched in a worker of its own, since it may be anything, and this page
 * shares its thread with the connections.
 * @throws the signal's reason.
 */
export async function readQrPicture(picture: Blob, signal: AbortSignal): Promise<PictureReading> {
  if (picture.size > MAX_PICTURE_BYTES) return 'too-large';
  const measured = await measure(picture);
  signal.throwIfAborted();
  if (!measured) return 'none';
  const size = searchedSize(measured);
  if (!size) return 'too-large';
  const text = await search(picture, size, signal);
  signal.throwIfAborted();
  return text === null ? 'none' : { text };
}

/** The size of a picture from its head alone: Chromium decodes an image element's pixels only when they are painted. */
async function measure(picture: Blob): Promise<PixelSize | null> {
  const url = URL.createObjectURL(picture);
  try {
    const image = new Image();
    return await new Promise((resolve) => {
      image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
      image.onerror = () => resolve(null);
      image.src = url;
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function search(picture: Blob, size: PixelSize, signal: AbortSignal): Promise<string | null> {
  const worker = new QrWorker();
  const end = AbortSignal.any([signal, AbortSignal.timeout(READ_LIMIT_MS)]);
  try {
    return await new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<unknown>) => resolve(typeof data === 'string' ? data : null);
      worker.onerror = () => resolve(null);
      end.addEventListener('abort', () => resolve(null), { once: true });
      worker.postMessage({ picture, ...size });
    });
  } finally {
    worker.terminate();
  }
}
