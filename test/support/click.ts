import type { Page } from 'puppeteer-core';

declare global {
  /** The click that is on its way: whether it has reached its element, and what ends the watch over it. */
  var aim: { isHit: boolean; readonly ending: AbortController } | undefined;
}

export interface ClickOptions {
  readonly limitMs: number;
  /** Gives up when aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Clicks an element with the real mouse, and nothing else. What is on a screen moves: a message goes, a card grows. Where something else has
 * come to the place between aiming and clicking, that hears nothing of it, and the element is clicked where it is now.
 * @throws Error when it can't be clicked in time.
 */
export async function clickOn(page: Page, selector: string, { limitMs, signal }: ClickOptions): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const leftMs = Math.max(1, deadlineMs - performance.now());
    const element = page.locator(selector).filter(aimAt).setTimeout(leftMs);
    try {
      await element.click(signal ? { signal } : {});
    } catch (error) {
      await isHit(page).catch(() => undefined);
      throw error;
    }
    // A page that has closed on a click has heard it.
    if (await isHit(page).catch(() => true)) return;
  }
}

/** Keeps from everything but this element, and the label of it, what the mouse does; what scripts click is theirs. Runs in the page. */
function aimAt(element: Element): boolean {
  globalThis.aim?.ending.abort();
  const aimed = { isHit: false, ending: new AbortController() };
  globalThis.aim = aimed;
  for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
    addEventListener(
      type,
      (event) => {
        if (aimed.isHit || !event.isTrusted) return;
        const path = event.composedPath();
        const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
        if (!path.includes(element) && !labels.some((label) => path.includes(label))) {
          event.preventDefault();
          event.stopImmediatePropagation();
        } else if (type === 'click') aimed.isHit = true;
      },
      { capture: true, signal: aimed.ending.signal },
    );
  }
  return true;
}

/** Ends the watch. */
function isHit(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    globalThis.aim?.ending.abort();
    // Without a watch this is the document after: the click has led there.
    return globalThis.aim?.isHit ?? true;
  });
}
