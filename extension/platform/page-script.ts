import { browser } from 'wxt/browser';

/**
 * Puts our script into the page of a tab, or again into what has come instead of it.
 * @returns whether the browser let it: not on its own pages, and elsewhere only as long as the leave lasts that a click on the icon, on our
 * menu or a shortcut of ours gave for the origin of the page.
 */
export async function putIntoPage(tabId: number): Promise<boolean> {
  // It resolves when the script has run, which must not wait for a page that never stops loading.
  return browser.scripting
    .executeScript({ target: { tabId }, files: ['/shared-page.js'], injectImmediately: true })
    .then(
      () => true,
      () => false,
    );
}
