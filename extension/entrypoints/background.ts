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
import { showSavedFile } from '../platform/saved-file.ts';
import { mintStreamId } from '../platform/tab-capture.ts';
import { showOnToolbar } from '../platform/toolbar.ts';
import { openViewer, openWindow } from '../platform/views.ts';
import { inSentence } from '../ui/models/display-text.ts';

/** Wakes, does one thing for another context, and may be stopped at any second: it keeps nothing. */
export default defineBackground(() => {
  const offscreen = new OffscreenDocument(() => askOffscreen('ping', {}).then(() => {}));

  serve('background', backgroundCommands, {
    'ensure-offscreen': () => offscreen.ensure(),
    'offscreen-ready': () => offscreen.ready(),
    'share-tab': async ({ peerId, tabId, title }) => {
      await offscreen.ensure();
      try {
        await askOffscreen('share-tab', { peerId, title, tabId, streamId: await mintStreamId(tabId) });
      } catch (error) {
        await askOffscreen('share-failed', { peerId, title, code: errorCode(error) });
      }
    },
    'page-script': () => false,
    'microphone-page': () => {},
    'viewer-open': ({ peerId, shareId }) => openViewer(peerId, shareId),
    'download-start': ({ key, url, path }) => startDownload(key, url, path),
    'download-cancel': ({ downloadId }) => cancelDownload(downloadId),
    'download-show': ({ downloadId }) => showSavedFile(downloadId),
    badge: showOnToolbar,
    menus: ({ peers }) => showMenus(peers.map(({ id, name }) => ({ id, name: inSentence(name) }))),
    notify: ({ id, name, body }) => notify(id, name, body),
  });

  watchDownloads((key, code) => askOffscreen('download-ended', { key, code }).then(() => {}));
  watchIdle((idle) => void askOffscreen('idle', { idle }).catch(report));
  watchNotificationClicks((id) => {
    const [kind, peerId, shareId] = id.split(':');
    const opening = kind === 'share' && peerId && shareId ? openViewer(peerId, shareId) : openWindow(peerId);
    opening.catch(report);
  });

  watchMenus((choice) => {
    const { peerId, title } = choice;
    const fail = (error: unknown) =>
      askOffscreen('menu-failed', { peerId, code: errorCode(error), subject: title.slice(0, MAX_TITLE_LENGTH) });
    sendChosen(choice).catch(fail).catch(report);
  });
  watchAllowedSites(() => void askOffscreen('site-allowed', {}).catch(report));

  // Peers should find this browser as soon as it runs, not when somebody opens the popup.
  const start = () => void offscreen.ensure().catch(report);
  browser.runtime.onStartup.addListener(start);
  browser.runtime.onInstalled.addListener(start);
});

/** Sends what was chosen in the menu of a page. */
async function sendChosen(choice: MenuChoice): Promise<void> {
  const { peerId } = choice;
  const title = choice.title.slice(0, MAX_TITLE_LENGTH);
  if (choice.kind === 'file') {
    const { url, isMedia } = choice;
    // Leave can only be given in answer to a click, and the one on the menu is over: a view asks for another.
    if ((await askOffscreen('web-file-send', { peerId, url, isMedia, title })) === 'asking') await openWindow(peerId);
    return;
  }
  await askOffscreen('link-send', { peerId, url: linkToSend(choice.url), title });
}
