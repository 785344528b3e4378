import { browser } from 'wxt/browser';
import { AppError } from '../core/shared/errors.ts';

/**
 * A capture id for a tab, good once, for the offscreen document.
 * @throws AppError `capture-needs-click` without an activeTab grant (the icon was not clicked on that tab), `capture-forbidden` for
 * pages that belong to the browser, `share-busy` when the tab is captured already, else `capture-failed`.
 */
export async function mintStreamId(tabId: number): Promise<string> {
  try {
    return await new Promise<string>((resolve, reject) => {
      browser.tabCapture.getMediaStreamId({ targetTabId: tabId }, (streamId) => {
        const error = browser.runtime.lastError;
        if (error || !streamId) reject(new Error(error?.message ?? 'no stream id'));
        else resolve(streamId);
      });
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    if (/active stream/i.test(message)) throw new AppError('share-busy', { cause });
    if (/chrome pages|cannot be captured/i.test(message)) throw new AppError('capture-forbidden', { cause });
    if (/not been invoked/i.test(message)) throw new AppError('capture-needs-click', { cause });
    throw new AppError('capture-failed', { cause });
  }
}
