import { browser } from 'wxt/browser';
import { defineBackground } from 'wxt/utils/define-background';
import { errorCode } from '../core/shared/errors.ts';
import { MAX_TITLE_LENGTH } from '../core/shared/limits.ts';
import { report } from '../core/shared/report.ts';
import { linkToSend } from '../core/shared/web-url.ts';
import { askOffscreen } from '../messaging/ask.ts';
import { backgroundCommands } from '../messaging/commands.ts';
import { serve } from '../messaging/serve.ts';
import { type MenuChoice, showMenus, watchAllowedSites, watchMenus } from '../platform/context-menus.ts';
import { cancelDownload, startDownload, watchDownloads } from '../platform/downloads.ts';
import { watchIdle } from '../platform/idle.ts';
import { notify, watchNotificationClicks } from '../platform/notifications.ts';
import { OffscreenDocument } from '../platform/offscreen-document.ts';
import { putIntoPage } from '../platform/page-script.ts';
import { showSavedFile } from '../platform/saved-file.ts';
import { type Shortcut, type ShortcutTab, watchShortcuts } from '../platform/shortcuts.ts';
import { mintStreamId } from '../platform/tab-capture.ts';
import { isMuted, watchTabs } from '../platform/tab-news.ts';
import { showOnToolbar } from '../platform/toolbar.ts';
import { openMicrophonePage, openViewer, openWindow } from '../platform/views.ts';
import { errorText } from '../ui/error-text.ts';
import { inSentence } from '../ui/models/display-text.ts';
import { t } from '../ui/text.ts';

/** Wakes, does one thing for another context, and may be stopped at any second: it keeps nothing. */
export default defineBackground(() => {
  const offscreen = new OffscreenDocument(() => askOffscreen('ping', {}).then(() => {}));
  // Without a document nothing is shown.
  const tabs = watchTabs((tabId, news) => askOffscreen('tab-news', { tabId, news }).catch(() => false));

  serve('background', backgroundCommands, {
    'ensure-offscreen': () => offscreen.ensure(),
    'offscreen-ready': () => offscreen.ready(),
    'share-tab': async ({ peerId, tabId, title }) => {
      await offscreen.ensure();
      await shareTab(peerId, tabId, title);
    },
    'page-script': ({ tabId }) => {
      // Of a tab that is shown: from the beginning it matters when it loads another page.
      tabs.again();
      return putIntoPage(tabId);
    },
    'tab-muted': ({ tabId }) => {
      tabs.again();
      return isMuted(tabId);
    },
    'microphone-page': () => openMicrophonePage(),
    'viewer-open': ({ peerId, shareId }) => view(peerId, shareId),
    'download-start': ({ key, url, path }) => startDownload(key, url, path),
    'download-cancel': ({ downloadId }) => cancelDownload(downloadId),
    'download-show': ({ downloadId }) => showSavedFile(downloadId),
    badge: showOnToolbar,
    menus: ({ peers }) => showMenus(peers.map((peer) => ({ ...peer, name: inSentence(peer.name) }))),
    notify: ({ id, name, body, code }) =>
      code ? notify(id, inSentence(name), errorText(code, inSentence(name))) : notify(id, name, body),
  });

  watchDownloads((key, code) => askOffscreen('download-ended', { key, code }).then(() => {}));
  watchIdle((idle) => void askOffscreen('idle', { idle }).catch(report));
  watchNotificationClicks((id) => {
    const [kind, peerId, shareId] = id.split(':');
    const opening = kind === 'share' && peerId && shareId ? view(peerId, shareId) : openWindow(peerId);
    opening.catch(report);
  });

  watchMenus((choice) => {
    const { peerId, title } = choice;
    const fail = (error: unknown) =>
      askOffscreen('menu-failed', { peerId, code: errorCode(error), subject: cut(title) });
    offscreen
      .ensure()
      .then(() => giveChosen(choice))
      .catch(fail)
      .catch(report);
  });
  watchShortcuts((shortcut, tab) => {
    offscreen
      .ensure()
      .then(() => obey(shortcut, tab))
      .catch(report);
  });
  watchAllowedSites(() => void askOffscreen('site-allowed', {}).catch(report));

  // Peers should find this browser as soon as it runs, not when somebody opens the popup.
  const start = () => void offscreen.ensure().catch(report);
  browser.runtime.onStartup.addListener(start);
  browser.runtime.onInstalled.addListener(start);
});

/** Shows a share in its viewer. The offscreen document asks the sharer while the page opens; where it doesn't, the page will. */
function view(peerId: string, shareId: string): Promise<void> {
  askOffscreen('viewer-coming', { peerId, shareId }).catch(report);
  return openViewer(peerId, shareId);
}

const cut = (title: string) => title.slice(0, MAX_TITLE_LENGTH);

/** Shows a tab. What fails, here or later, the offscreen document tells: as a notice, and where nobody sees that as a notification. */
async function shareTab(peerId: string, tabId: number, title: string): Promise<void> {
  try {
    await askOffscreen('share-tab', { peerId, title, tabId, streamId: await mintStreamId(tabId) });
  } catch (error) {
    await askOffscreen('share-failed', { peerId, tabId, title, code: errorCode(error) });
  }
}

/** Sends what was chosen in the menu of a page, or shows the page. */
async function giveChosen(choice: MenuChoice): Promise<void> {
  const { peerId } = choice;
  const title = cut(choice.title);
  switch (choice.kind) {
    case 'tab':
      return shareTab(peerId, choice.tabId, title);
    case 'file': {
      const { url, isMedia } = choice;
      // Leave can only be given in answer to a click, and the one on the menu is over: a view asks for another.
      if ((await askOffscreen('web-file-send', { peerId, url, isMedia, title })) === 'asking') await openWindow(peerId);
      return;
    }
    case 'link':
      await askOffscreen('link-send', { peerId, url: linkToSend(choice.url), title });
  }
}

/** A shortcut has no place to answer in: what it could not do is a notification, unless a view tells it. */
async function obey(shortcut: Shortcut, tab: ShortcutTab): Promise<void> {
  const title = cut(tab.title);
  const peerId = await askOffscreen('shortcut-peer', {});
  if (peerId === null) return notify('shortcut', t('notify_nobody'), t('notify_nobody_hint'));
  if (shortcut === 'share-tab') return shareTab(peerId, tab.id, title);
  try {
    await askOffscreen('link-send', { peerId, url: linkToSend(tab.url), title });
  } catch (error) {
    await notify('shortcut', t('notify_link_failed'), errorText(errorCode(error), t('somebody')));
  }
}
