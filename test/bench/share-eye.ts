import type { Browser, CDPSession, Page } from 'puppeteer-core';
import type { Size } from './share-window.ts';

/** A picture as a viewer saw it: the moment it carries, in the low 24 bits of milliseconds since 1970, and when it was there. */
export interface Seen {
  readonly code: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly flash: boolean;
  /** How many pictures were presented before it. */
  readonly before: number;
  /** How long after the very first it was to be shown, as the browser's own clock of the video has it. */
  readonly sinceFirstMs: number;
}

declare global {
  /** Every new picture since the eye was opened, oldest first. */
  var seen: Seen[] | undefined;
}

/** The bar code of `test/support/pages/live.html`: 32 cells of 16 pixels, 24 of time, one for the flash, 7 to check them. */
const CELL_PX = 16;
const CODE_MS = 2 ** 24;

/** How old something with this code is at a moment. */
export function ageMs(code: number, atMs: number): number {
  return (((atMs - code) % CODE_MS) + CODE_MS) % CODE_MS;
}

/**
 * Notes, in a viewer page, each new picture in its video, or in a still that lies over it, at the moment that it is presented. It reads two
 * lines of each, so that it costs next to nothing. It runs in the page.
 */
function eye({ width, height }: Size, cellPx: number): void {
  // tsx wraps inner functions in a helper that pages don't have.
  Object.assign(globalThis, {
    __name<Inner>(inner: Inner): Inner {
      return inner;
    },
  });
  if (globalThis.seen) return;
  const seen: Seen[] = [];
  globalThis.seen = seen;
  let newest = -1;
  let pending: Omit<Seen, 'atMs'> | null = null;
  const paint = new OffscreenCanvas(32 * cellPx, 2).getContext('2d', { willReadFrequently: true });

  /** `brightness`: a line of the picture, with `step` numbers for each pixel. */
  const read = (brightness: Uint8Array | Uint8ClampedArray, cellWidth: number, step: number) => {
    let time = 0;
    let rest = 0;
    for (let bit = 0; bit < 32; bit += 1) {
      const isSet = Number((brightness[Math.floor((bit + 0.5) * cellWidth) * step] ?? 0) > 127);
      if (bit < 24) time |= isSet << bit;
      else rest |= isSet << (bit - 24);
    }
    const flash = (rest & 1) === 1;
    const check = (time ^ (time >>> 7) ^ (time >>> 14) ^ (time >>> 21) ^ (flash ? 0x55 : 0x2a)) & 0x7f;
    return check === rest >>> 1 ? { code: time, flash } : null;
  };

  const readVideo = async (video: HTMLVideoElement) => {
    const frame = new VideoFrame(video);
    try {
      const scale = frame.displayWidth / width;
      const rect = {
        x: 0,
        y: 2 * Math.floor((cellPx / 4) * (frame.displayHeight / height)),
        width: Math.min(2 * Math.ceil((32 * cellPx * scale) / 2), frame.displayWidth),
        height: 2,
      };
      if (!frame.format?.startsWith('I420') && frame.format !== 'NV12') throw new Error(`pictures as ${frame.format}`);
      const bytes = new Uint8Array(frame.allocationSize({ rect }));
      await frame.copyTo(bytes, { rect });
      return read(bytes, cellPx * scale, 1);
    } finally {
      frame.close();
    }
  };

  /** What lies over most of the video, if anything does. */
  const coverOf = (video: HTMLVideoElement) => {
    const place = video.getBoundingClientRect();
    return [...document.querySelectorAll<HTMLImageElement | HTMLCanvasElement>('img, canvas')].find((element) => {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
      const cover = element.getBoundingClientRect();
      return cover.width * cover.height > (place.width * place.height) / 2;
    });
  };
  const readCover = (cover: HTMLImageElement | HTMLCanvasElement) => {
    const coverWidth = cover instanceof HTMLImageElement ? cover.naturalWidth : cover.width;
    const scale = coverWidth / width;
    if (!paint || scale === 0) return null;
    paint.drawImage(cover, 0, (cellPx / 2) * scale, 32 * cellPx * scale, 2, 0, 0, 32 * cellPx, 2);
    return read(paint.getImageData(0, 0, 32 * cellPx, 1).data, cellPx, 4);
  };

  const note = (picture: Omit<Seen, 'atMs'>) => {
    if (picture.code === newest) return;
    newest = picture.code;
    seen.push({ ...picture, atMs: Date.now() });
  };
  /** A picture that is hidden by an older still hasn't been seen by anybody. */
  const uncover = (video: HTMLVideoElement) => {
    if (!pending) return;
    const cover = coverOf(video);
    const covering = cover ? readCover(cover) : null;
    if (cover && covering?.code !== pending.code) return requestAnimationFrame(() => uncover(video));
    note(pending);
    pending = null;
  };
  const look = async (video: HTMLVideoElement, presented: number, mediaSeconds: number) => {
    const found = await readVideo(video);
    if (!found || found.code === newest) return;
    const isWaiting = pending !== null;
    pending = { ...found, before: presented - 1, sinceFirstMs: mediaSeconds * 1_000 };
    if (!isWaiting) uncover(video);
  };
  const follow = (video: HTMLVideoElement) => {
    video.requestVideoFrameCallback((_, { presentedFrames, mediaTime }) => {
      follow(video);
      // A frame may go away while it is read.
      look(video, presentedFrames, mediaTime).catch((error: unknown) => console.warn(error));
    });
  };

  const find = () => {
    const video = document.querySelector('video');
    if (video) follow(video);
    else setTimeout(find, 5);
  };
  find();
}

/** Opens the eye in a page that is there. */
export async function openEye(page: Page, source: Size): Promise<void> {
  await page.evaluate(eye, source, CELL_PX);
}

/**
 * Opens the eye in whatever page of the extension opens at this path from now on, before its own script runs, until `stop`. A new page waits
 * for its debugger; what is said on the session that will let it go on is heard first.
 */
export async function openEyeAhead(browser: Browser, path: string, source: Size): Promise<{ stop(): void }> {
  const session = await browser.target().createCDPSession();
  const connection = session.connection();
  if (!connection) throw new Error('The browser has no debugging connection.');
  await session.detach();
  const script = `if (location.pathname === '${path}') (${eye})(${JSON.stringify(source)}, ${CELL_PX})`;
  const open = (page: CDPSession) => {
    const enabled = page.send('Page.enable');
    const added = page.send('Page.addScriptToEvaluateOnNewDocument', { source: script, runImmediately: true });
    // What is no page refuses.
    Promise.all([enabled, added]).catch(() => undefined);
  };
  connection.on('sessionattached', open);
  return { stop: () => void connection.off('sessionattached', open) };
}

/**
 * When the first picture was there, in milliseconds since 1970; waits for it. A page that has just been opened may have shown some before the
 * eye was in it: then it is reckoned back from the first that was seen, by the clock of the video.
 */
export async function firstPictureAt(page: Page, limitMs: number): Promise<number> {
  const found = await page.waitForFunction(() => globalThis.seen?.[0], { timeout: limitMs, polling: 20 });
  const seen = await found.jsonValue();
  if (!seen) throw new Error('Seen, and not there.');
  return seen.before === 0 ? seen.atMs : seen.atMs - seen.sinceFirstMs;
}

/** What was seen between two moments, in milliseconds since 1970. */
export async function seenBetween(page: Page, fromMs: number, untilMs: number): Promise<Seen[]> {
  const seen = await page.evaluate(() => globalThis.seen ?? []);
  return seen.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
}
