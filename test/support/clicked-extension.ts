import type { WebWorker } from 'puppeteer-core';

const LIMIT_MS = 60_000;

/**
 * Resolves when a service worker hears clicks on its icon: one before it has run for the first time would be nobody's.
 * @throws Error when it does not in time.
 */
export async function hearsClicks(worker: WebWorker): Promise<void> {
  const deadlineMs = performance.now() + LIMIT_MS;
  while (!(await worker.evaluate(() => chrome.action?.onClicked.hasListeners() ?? false))) {
    if (performance.now() > deadlineMs) throw new Error('The worker does not listen to clicks on its icon.');
  }
}
