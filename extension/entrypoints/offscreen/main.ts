import { effect } from '@preact/signals-core';
import { Pairwise } from '../../core/session/pairwise.ts';
import { report } from '../../core/shared/report.ts';
import { askBackground } from '../../messaging/ask.ts';
import { offscreenCommands } from '../../messaging/commands.ts';
import { takeHandovers } from '../../messaging/file-handover.ts';
import { publishState } from '../../messaging/publish.ts';
import { serve } from '../../messaging/serve.ts';
import { serveViewers } from '../../messaging/viewer-port.ts';
import { WorkerPlatform } from './platform.ts';

/** The server that `npm start` runs on this computer; Options has another address for everybody else. */
const DEFAULT_SERVER_URL = 'http://127.0.0.1:9000';

async function main(): Promise<void> {
  const platform = new WorkerPlatform();
  const pairwise = await Pairwise.start({
    platform,
    defaults: { name: defaultName(), serverUrl: DEFAULT_SERVER_URL },
  });
  const { chat, files, live, pairing, peers, timeline } = pairwise;

  serve('offscreen', offscreenCommands, {
    ping: () => {},
    'pair-host': ({ form }) => pairing.host(form),
    'pair-join': ({ code }) => pairing.join(code),
    'pair-confirm': ({ accept }) => pairing.confirm(accept),
    'pair-cancel': () => pairing.cancel(),
    'chat-send': ({ peerId, text }) => chat.sendText(peerId, text),
    typing: ({ peerId }) => chat.sendTyping(peerId),
    read: ({ peerId }) => chat.markRead(peerId),
    'link-send': ({ peerId, url, title }) => chat.sendLink(peerId, url, title),
    'item-cancel': ({ peerId, id }) => pairwise.cancelItem(peerId, id),
    'file-answer': ({ peerId, id, accept }) => files.answer(peerId, id, accept),
    'file-cancel': ({ peerId, id }) => files.cancel(peerId, id),
    'file-pause': ({ peerId, id, paused }) => files.pause(peerId, id, paused),
    'file-retry': ({ peerId, id }) => files.retry(peerId, id),
    'file-save-zip': ({ id }) => files.saveZip(id),
    'item-remove': ({ peerId, id }) => files.remove(peerId, id),
    'peer-accept-files': ({ peerId, upToBytes }) => peers.acceptFiles(peerId, upToBytes),
    // Not awaited: starting a capture closes the popup that asked, and every failure goes into the state.
    'share-tab': ({ peerId, ...tab }) => void live.shareTab(peerId, tab),
    'share-pick': ({ peerId }) => void live.sharePicked(peerId),
    'share-failed': ({ peerId, code, title }) => live.failed(peerId, code, title),
    'share-stop': () => live.stop(),
    'share-dismiss': ({ shareId }) => live.dismiss(shareId),
    'peer-rename': ({ peerId, name }) => peers.rename(peerId, name),
    'peer-block': ({ peerId, blocked }) => peers.block(peerId, blocked),
    'peer-forget': ({ peerId }) => peers.forget(peerId),
    'peer-retry': ({ peerId }) => pairwise.retry(peerId),
    'history-wipe': ({ peerId }) => pairwise.wipe(peerId),
    'history-page': ({ peerId, before }) => timeline.page(peerId, before),
    'settings-set': (change) => pairwise.changeSettings(change),
    'notice-dismiss': ({ id }) => pairwise.dismissNotice(id),
    idle: ({ idle }) => peers.setPresence(idle ? 'away' : 'online'),
    'download-ended': ({ key, code }) => platform.downloadEnded(key, code),
  });
  takeHandovers({
    send: (peerId, selection) => void files.send(peerId, selection).catch(report),
    again: (peerId, id, selection) => void files.again(peerId, id, selection).catch(report),
    folder: (_, id, folder) => files.saveToFolder(id, folder),
  });
  serveViewers(live);
  const views = publishState(pairwise.state);
  platform.isSeen = () => views.isSeen();

  let shown = '';
  effect(() => {
    const { peers: everybody, outgoingShare } = pairwise.state.value;
    const badge = {
      unread: everybody.reduce((sum, peer) => sum + peer.unread, 0),
      live: outgoingShare !== null,
    };
    if (JSON.stringify(badge) === shown) return;
    shown = JSON.stringify(badge);
    askBackground('badge', badge).catch(report);
  });
  await askBackground('offscreen-ready', {});
}

/** Something friendlier than nothing until the person chooses a name: "Chrome on Linux". */
function defaultName(): string {
  const platform = /Windows|Mac|CrOS|Linux/.exec(navigator.userAgent)?.[0] ?? 'this computer';
  return `Chrome on ${platform === 'CrOS' ? 'ChromeOS' : platform}`;
}

main().catch(report);
