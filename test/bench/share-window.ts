import type { Page } from 'puppeteer-core';

/** In CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** In CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A window that is asked for another size has it within some frames. */
const RESIZE_LIMIT_MS = 10_000;

/** Makes the inside of a page's window so large, in CSS pixels. @throws Error when the window doesn't take that size. */
export async function resizeInside(page: Page, size: Size): Promise<void> {
  const session = await page.createCDPSession();
  try {
    const { windowId } = await session.send('Browser.getWindowForTarget');
    const around = await page.evaluate(() => ({ width: outerWidth - innerWidth, height: outerHeight - innerHeight }));
    const bounds = { width: size.width + around.width, height: size.height + around.height };
    await session.send('Browser.setWindowBounds', { windowId, bounds });
    await page.waitForFunction(
      ({ width, height }) => innerWidth === width && innerHeight === height,
      { timeout: RESIZE_LIMIT_MS },
      size,
    );
  } finally {
    await session.detach();
  }
}

/** What a person sees of a page, as PNG in base64. */
export async function photograph(page: Page): Promise<string> {
  return page.screenshot({ encoding: 'base64', captureBeyondViewport: false, optimizeForSpeed: true });
}
