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

/** Small enough to stand beside a page, wide enough for the dialogs that Chromium shows above it: they take 448. */
const WINDOW_SIZE = { width: 460, height: 680 };

/** Opens Pairwise in a small window of its own, where a popup would close on the first click elsewhere. */
export async function openWindow(peerId?: string): Promise<void> {
  const url = browser.runtime.getURL(peerId === undefined ? '/window.html' : `/window.html?peer=${peerId}`);
  await browser.windows.create({ url, type: 'popup', ...WINDOW_SIZE });
}

/** Asks for the microphone in a small window in front of everything: the tab that is shown stays where it is. One at a time. */
export async function openMicrophonePage(): Promise<void> {
  const url = browser.runtime.getURL('/microphone.html');
  const [open] = await browser.runtime.getContexts({ contextTypes: ['TAB'], documentUrls: [url] });
  if (open) await browser.windows.update(open.windowId, { focused: true });
  else await browser.windows.create({ url, type: 'popup', ...WINDOW_SIZE });
}
