import { browser } from 'wxt/browser';

/** Brings the viewer of this share to front, or opens it in a tab. */
export async function openViewer(peerId: string, shareId: string): Promise<void> {
  const url = browser.runtime.getURL(`/viewer.html?peer=${peerId}&share=${shareId}`);
  const contexts = await browser.runtime.getContexts({ contextTypes: ['TAB'], documentUrls: [url] });
  const tabId = contexts[0]?.tabId;
  if (tabId === undefined || tabId < 0) {
    await browser.tabs.create({ url });
    return;
  }
  const tab = await browser.tabs.update(tabId, { active: true });
  if (tab?.windowId !== undefined) await browser.windows.update(tab.windowId, { focused: true });
}

/** Opens Pairwise in a small window of its own, where a popup would close on the first click elsewhere. */
export async function openWindow(): Promise<void> {
  await browser.windows.create({ url: browser.runtime.getURL('/window.html'), type: 'popup', width: 420, height: 680 });
}
