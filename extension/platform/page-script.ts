import { browser } from 'wxt/browser';
import type { PageEntry } from '../core/session/platform.ts';
import { delay } from '../core/shared/abort.ts';

/**
 * Leave is given to the browser first and reaches the process of the page a moment later: right after a click one in ten scripts was refused
 * (Chromium 156), and none of them 50 ms later.
 */
const PAUSES_MS = [0, 100, 300];

/**
 * Puts our script into the page of a tab, or again into what has come instead of it.
 * The browser refuses it on its own pages, and elsewhere unless the leave lasts that a click on the icon, on our menu or a shortcut of
 * ours gave for the origin of the page.
 */
export async function putIntoPage(tabId: number): Promise<PageEntry> {
  for (const pauseMs of PAUSES_MS) {
    await delay(pauseMs);
    if (await execute(tabId)) return 'in';
  }
  // So Chromium says of a tab that has crashed; it tells nobody when that happens.
  const tab = await browser.tabs.get(tabId).catch(() => null);
  return tab?.status === 'unloaded' ? 'crashed' : 'refused';
}

/** It resolves when the script has run, which must not wait for a page that never stops loading. */
function execute(tabId: number): Promise<boolean> {
  return browser.scripting
    .executeScript({ target: { tabId }, files: ['/shared-page.js'], injectImmediately: true })
    .then(
      () => true,
      () => false,
    );
}
