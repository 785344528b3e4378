import { browser } from 'wxt/browser';

interface Sender {
  readonly id?: string | undefined;
  readonly url?: string | undefined;
}

/**
 * Whether one of our own pages, or the worker, speaks. A script of ours in a page of the web has our id too, but that page's address: what
 * comes from there is not to be trusted with commands or the state.
 */
export function isOwnPage(sender: Sender | undefined): boolean {
  return sender?.id === browser.runtime.id && (sender.url?.startsWith(browser.runtime.getURL('/')) ?? false);
}
