import type { Page } from 'puppeteer-core';

/** Drops files and folders of the disk on the middle of a page, as a person drags them there from a file manager. */
export async function dropsFiles(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.createCDPSession();
  const { x, y } = await page.evaluate(() => ({ x: innerWidth / 2, y: innerHeight / 2 }));
  // What may be done with them: copied.
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  }
  await session.detach();
}
