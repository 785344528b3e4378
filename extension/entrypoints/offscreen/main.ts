import { effect } from '@preact/signals-core';
import { Pairwise } from '../../core/session/pairwise.ts';
import { isConnected, receiversOf, shortcutPeer } from '../../core/session/receivers.ts';
import { isCaptured } from '../../core/session/share-source.ts';
import { report } from '../../core/shared/report.ts';
import { askBackground } from '../../messaging/ask.ts';
import {
  type BackgroundCommands,
  MAX_MENU_PEERS,
  offscreenCommands,
  type RequestOf,
} from '../../messaging/commands.ts';
import { takeHandovers } from '../../messaging/file-handover.ts';
import { servePages } from '../../messaging/page-port.ts';
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
  const { chat, files, live, pairing, peers, timeline, webFiles } = pairwise;
  const { asks, incoming, outgoing } = live;

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
    'web-file-send': ({ peerId, ...target }) => webFiles.fetch(peerId, target),
    'web-file-answer': ({ id, answer }) => webFiles.answer(id, answer),
    'site-allowed': () => webFiles.siteAllowed(),
    'menu-failed': ({ peerId, code, subject }) => pairwise.notice(code, { peerId, subject }),
    'peer-accept-files': ({ peerId, upToBytes }) => peers.acceptFiles(peerId, upToBytes),
    // Not awaited: starting a capture closes the popup that asked, and every failure goes into the state.
    'share-tab': ({ peerId, ...tab }) => void outgoing.showTab(peerId, tab),
    'share-pick': ({ peerId }) => void outgoing.showPicked(peerId),
    'shortcut-peer': () => shortcutPeer(pairwise.state.value),
    'share-failed': ({ peerId, ...tab }) => outgoing.failed(peerId, tab),
    'share-pause': ({ paused }) => outgoing.running?.pause(paused),
    'share-quality': ({ quality }) => outgoing.running?.setQuality(quality),
    'share-sound': ({ on }) => outgoing.running?.setSound(on),
    'share-voice': ({ on }) => outgoing.running?.setVoice(on),
    'microphone-answered': ({ allowed }) => outgoing.running?.microphoneAnswered(allowed),
    'share-pointing': ({ on }) => outgoing.running?.setPointing(on),
    'share-reach': ({ tabId }) => outgoing.running?.reach(tabId),
    'tab-news': ({ tabId, news }) => {
      if (news === 'loads') outgoing.running?.tabLoads(tabId);
      else platform.tabMuted(tabId, news === 'muted');
      return outgoing.running !== null;
    },
    'share-stop': () => outgoing.stop(),
    'viewer-coming': ({ peerId, shareId }) => incoming.expect(peerId, shareId),
    'share-dismiss': ({ shareId }) => incoming.dismiss(shareId),
    'share-ask': ({ peerId }) => asks.ask(peerId),
    'share-ask-end': ({ id }) => asks.end(id),
    'peer-rename': ({ peerId, name }) => peers.rename(peerId, name),
    'peer-block': ({ peerId, blocked }) => peers.block(peerId, blocked),
    'peer-forget': ({ peerId }) => peers.forget(peerId),
    'peer-retry': ({ peerId }) => pairwise.retry(peerId),
    'history-wipe': ({ peerId }) => pairwise.wipe(peerId),
    'history-page': ({ peerId, before }) => timeline.page(peerId, before),
    'settings-set': (change) => pairwise.changeSettings(change),
    'notice-dismiss': ({ id }) => pairwise.dismissNotice(id),
    'doctor-facts': (wish) => pairwise.doctorFacts(wish),
    idle: ({ idle }) => peers.setPresence(idle ? 'away' : 'online'),
    'download-ended': ({ key, code }) => platform.downloadEnded(key, code),
  });
  takeHandovers({
    send: (peerId, selection, id) => void files.send(peerId, selection, id).catch(report),
    remember: (id, handle) => void files.remember(id, handle).catch(report),
    again: (peerId, id, selection) => void files.again(peerId, id, selection).catch(report),
    folder: (_, id, folder) => files.saveToFolder(id, folder),
  });
  const viewers = serveViewers(incoming);
  servePages(outgoing);
  const views = publishState(pairwise.state);
  platform.isSeen = () => views.isSeen();

  const { state } = pairwise;
  tellWorker('badge', () => ({
    unread: state.value.peers.reduce((sum, peer) => sum + peer.unread, 0),
    live: isCaptured(state.value) || viewers.isMicrophoneOn.value,
  }));
  tellWorker('menus', () => ({
    peers: receiversOf(state.value, MAX_MENU_PEERS).map((peer) => ({
      id: peer.id,
      name: peer.name,
      isConnected: isConnected(peer),
    })),
  }));
  await askBackground('offscreen-ready', {});
}

/** Tells the worker what it shows, now and whenever that changes. `shownNow` reads it from signals. */
function tellWorker<Name extends 'badge' | 'menus'>(
  name: Name,
  shownNow: () => RequestOf<BackgroundCommands, Name>,
): void {
  let shown = '';
  effect(() => {
    const next = shownNow();
    if (JSON.stringify(next) === shown) return;
    shown = JSON.stringify(next);
    // A worker that is being replaced takes nothing: the next one does.
    askBackground(name, next)
      .catch(() => askBackground(name, shownNow()))
      .catch(report);
  });
}

/** Something friendlier than nothing until the person chooses a name: "Chrome on Linux". */
function defaultName(): string {
  const platform = /Windows|Mac|CrOS|Linux/.exec(navigator.userAgent)?.[0] ?? 'this computer';
  return `Chrome on ${platform === 'CrOS' ? 'ChromeOS' : platform}`;
}

main().catch(report);
