import { browser } from 'wxt/browser';
import { defineBackground } from 'wxt/utils/define-background';
import { errorCode } from '../core/shared/errors.ts';
import { report } from '../core/shared/report.ts';
import { askOffscreen } from '../messaging/ask.ts';
import { backgroundCommands } from '../messaging/commands.ts';
import { serve } from '../messaging/serve.ts';
import { showDownload, startDownload, watchDownloads } from '../platform/downloads.ts';
import { watchIdle } from '../platform/idle.ts';
import { notify, watchNotificationClicks } from '../platform/notifications.ts';
import { OffscreenDocument } from '../platform/offscreen-document.ts';
import { mintStreamId, tabSize } from '../platform/tab-capture.ts';
import { showOnToolbar } from '../platform/toolbar.ts';
import { openViewer, openWindow } from '../platform/views.ts';

/** Wakes, does one thing for another context, and may be stopped at any second: it keeps nothing. */
export default defineBackground(() => {
  const offscreen = new OffscreenDocument(() => askOffscreen('ping', {}).then(() => {}));

  serve('background', backgroundCommands, {
    'ensure-offscreen': () => offscreen.ensure(),
    'offscreen-ready': () => offscreen.ready(),
    'share-tab': async ({ peerId, tabId, title }) => {
      await offscreen.ensure();
      try {
        const [streamId, size] = await Promise.all([mintStreamId(tabId), tabSize(tabId)]);
        await askOffscreen('share-tab', { peerId, title, streamId, size });
      } catch (error) {
        await askOffscreen('share-failed', { peerId, title, code: errorCode(error) });
      }
    },
    'viewer-open': ({ peerId, shareId }) => openViewer(peerId, shareId),
    'download-start': ({ itemId, url, name }) => startDownload(itemId, url, name),
    'download-show': ({ downloadId }) => showDownload(downloadId),
    badge: showOnToolbar,
    notify: ({ id, name, body }) => notify(id, name, body),
  });

  watchDownloads((itemId, downloadId, ok) => askOffscreen('download-ended', { itemId, downloadId, ok }).then(() => {}));
  watchIdle((idle) => void askOffscreen('idle', { idle }).catch(report));
  watchNotificationClicks((id) => {
    const [kind, peerId, shareId] = id.split(':');
    const opening = kind === 'share' && peerId && shareId ? openViewer(peerId, shareId) : openWindow(peerId);
    opening.catch(report);
  });

  // Peers should find this browser as soon as it runs, not when somebody opens the popup.
  const start = () => void offscreen.ensure().catch(report);
  browser.runtime.onStartup.addListener(start);
  browser.runtime.onInstalled.addListener(start);
});
