import { browser } from 'wxt/browser';
import type { Selection } from '../../core/files/source.ts';
import { AppError } from '../../core/shared/errors.ts';
import { askBackground, askOffscreen } from '../../messaging/ask.ts';
import { followState } from '../../messaging/feed.ts';
import { handOverAgain, handOverFiles, handOverFolder } from '../../messaging/file-handover.ts';
import { openSavedFile } from '../../platform/saved-file.ts';
import { openWindow } from '../../platform/views.ts';
import type { Backend, CurrentTab, Place, View } from './backend.ts';

/** The extension's own backend, for a view in one of its places. */
export function createBrowserBackend(view: View): Backend {
  return {
    follow: followState,
    askOffscreen,
    askBackground,
    handOverFiles,
    readRemembered,
    handOverAgain,
    handOverFolder,
    allowOrigin: (origin) => browser.permissions.request({ origins: [`${origin}/*`] }),
    currentTab: () => currentTab(view),
    openLink: async (url) => {
      await browser.tabs.create({ url });
    },
    openDownload: openSavedFile,
    openPlace: (place) => openPlace(view, place),
  };
}

async function readRemembered(id: string): Promise<Selection | null> {
  // With its database, and wanted once in a long while. The click still counts: loading takes milliseconds.
  const { openHandle, readHandle } = await import('../../core/files/source-handles.ts');
  const handle = await openHandle(id);
  if (!handle) throw new AppError('file-gone');
  return (await handle.requestPermission({ mode: 'read' })) === 'granted' ? readHandle(handle) : null;
}

/** A view in a window of its own has no tab beside it: the person means the window they came from. */
async function currentTab(view: View): Promise<CurrentTab | null> {
  const where = view === 'window' ? await lastOrdinaryWindow() : { currentWindow: true };
  const [tab] = where ? await browser.tabs.query({ active: true, ...where }) : [];
  if (tab?.id === undefined) return null;
  // Only a click on the icon opens a popup.
  return { id: tab.id, title: tab.title ?? '', url: tab.url || null, isForbidden: view === 'popup' && !tab.url };
}

async function lastOrdinaryWindow(): Promise<{ windowId: number } | null> {
  try {
    const { id } = await browser.windows.getLastFocused({ windowTypes: ['normal'] });
    return id === undefined ? null : { windowId: id };
  } catch {
    return null; // Every ordinary window is closed.
  }
}

async function openPlace(view: View, place: Place): Promise<void> {
  if (place === 'options') await browser.runtime.openOptionsPage();
  else if (place === 'side-panel') await openSidePanel();
  else if (place === 'doctor') await browser.tabs.create({ url: browser.runtime.getURL('/doctor.html') });
  else await openWindow();
  if (view === 'popup') window.close();
}

/** The click that asks for it still counts as a gesture after the question which window this is. */
async function openSidePanel(): Promise<void> {
  const { id } = await browser.windows.getCurrent();
  if (id !== undefined) await browser.sidePanel.open({ windowId: id });
}
