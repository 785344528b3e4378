import type { Page } from 'puppeteer-core';

const LIMIT_MS = 60_000;
const LOOK_AGAIN_MS = 50;

declare global {
  /** When the picture of the colours page was last seen to move, in milliseconds since 1970, oldest first. */
  var pictureMoves: number[] | undefined;
}

/** Writes down, in the viewer, whenever the left bar of the colours page has another colour: twice a second. */
export async function watchPicture(viewer: Page): Promise<void> {
  await viewer.evaluate((lookAgainMs) => {
    const moves: number[] = [];
    globalThis.pictureMoves = moves;
    const paint = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (!paint) throw new Error('no canvas');
    let before = '';
    setInterval(() => {
      const video = document.querySelector('video');
      // Every stream begins with two pixels of black.
      if (!video || video.videoWidth <= 2) return;
      paint.drawImage(video, video.videoWidth / 8, video.videoHeight / 2, 8, 8, 0, 0, 1, 1);
      const colour = [...paint.getImageData(0, 0, 1, 1).data].map((part) => (part > 127 ? 1 : 0)).join('');
      if (colour !== before && before !== '') moves.push(Date.now());
      before = colour;
    }, lookAgainMs);
  }, LOOK_AGAIN_MS);
}

/** When the picture first moved after a moment; waits for it. @throws Error when it stands still. */
export async function pictureMovesAt(viewer: Page, sinceMs = Date.now()): Promise<number> {
  const found = await viewer.waitForFunction(
    (since) => globalThis.pictureMoves?.find((atMs) => atMs > since) ?? null,
    { timeout: LIMIT_MS, polling: LOOK_AGAIN_MS },
    sinceMs,
  );
  const atMs = await found.jsonValue();
  if (atMs === null) throw new Error('Found, and not there.');
  return atMs;
}
