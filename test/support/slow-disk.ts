import type { Page } from 'puppeteer-core';

declare global {
  /** Reads of file content that are still let through, and who waits for more. */
  var diskHold: { left: number; waiting: (() => void)[] } | undefined;
}

/**
 * Makes the disk of whoever sends stand still after so many blocks were read, as one does that has to spin up: so a test can act in the
 * middle of a transfer, however fast the computer is.
 * @returns what lets it go on.
 */
export async function holdDisk(offscreen: Page, afterBlocks: number): Promise<() => Promise<void>> {
  await offscreen.evaluate((left) => {
    const hold = { left, waiting: [] as (() => void)[] };
    globalThis.diskHold = hold;
    const { arrayBuffer } = Blob.prototype;
    Blob.prototype.arrayBuffer = async function () {
      hold.left -= 1;
      if (hold.left < 0) await new Promise<void>((resolve) => hold.waiting.push(resolve));
      return arrayBuffer.call(this);
    };
  }, afterBlocks);
  return () =>
    offscreen.evaluate(() => {
      if (!globalThis.diskHold) return;
      globalThis.diskHold.left = Number.POSITIVE_INFINITY;
      for (const resolve of globalThis.diskHold.waiting) resolve();
    });
}
