import * as v from 'valibot';
import { type Browser, browser } from 'wxt/browser';
import type { OutgoingShares } from '../core/session/outgoing-shares.ts';
import { isHttpUrl } from '../core/shared/schemas.ts';
import { FromPage, PAGE_PORT, type ToPage } from './page-messages.ts';

/**
 * In the offscreen document: connects the script in the page of a shared tab with the share. Scripts of any other tab are sent away; what
 * the page's renderer says is parsed, and of its address the browser knows the origin.
 */
export function servePages(shares: OutgoingShares): void {
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== PAGE_PORT) return;
    const tabId = pageTab(port);
    const way = { post: (mark: ToPage) => post(port, mark), close: () => port.disconnect() };
    const listener = tabId === null ? null : shares.pageConnected(tabId, way);
    if (!listener) return port.disconnect();
    port.onDisconnect.addListener(() => {
      // Read, or the browser complains: a page that goes into the back/forward cache ends its port with an error.
      void browser.runtime.lastError;
      listener.closed();
    });
    port.onMessage.addListener((raw: unknown) => {
      const parsed = v.safeParse(FromPage, raw);
      if (!parsed.success) return;
      const message = parsed.output;
      if (message.type === 'password') return listener.password(message.focused);
      if (message.type === 'film') return listener.film(message.seen);
      const origin = port.sender?.origin ?? '';
      const url = isHttpUrl(message.url) && new URL(message.url).origin === origin ? message.url : '';
      listener.seen({ origin, url, title: message.title });
    });
  });
}

/** The tab that a script of ours speaks from, in its top frame; null for everybody else. */
function pageTab({ sender }: Browser.runtime.Port): number | null {
  const isOurs = sender?.id === browser.runtime.id && sender.frameId === 0;
  return (isOurs && sender.tab?.id) || null;
}

function post(port: Browser.runtime.Port, message: ToPage): void {
  try {
    port.postMessage(message);
  } catch {
    // The page has gone, and its end is on its way.
  }
}
