import * as v from 'valibot';
import { browser } from 'wxt/browser';
import type { IncomingShares, Watch } from '../core/session/incoming-shares.ts';
import { Emitter } from '../core/shared/emitter.ts';
import { IceServerList } from '../core/signalling/server-messages.ts';
import { askBackground } from './ask.ts';
import { isOwnPage } from './sender.ts';
import { ViewerDown, ViewerUp } from './viewer-messages.ts';

/** Name of the port between a viewer page and the offscreen document. */
const VIEWER_PORT = 'viewer';
const RECONNECT_MS = 250;

export interface ViewerPort {
  send(message: ViewerUp): void;
  onMessage(listener: (message: ViewerDown) => void): () => void;
  /** The offscreen document went away; the port comes back by itself and `ready` follows. */
  onClose(listener: () => void): () => void;
  close(): void;
}

/** In the viewer page: asks for a share and talks to its sharer, across restarts of the offscreen document. */
export function openViewerPort(peerId: string, shareId: string): ViewerPort {
  const messages = new Emitter<[ViewerDown]>();
  const closes = new Emitter<[]>();
  let port: ReturnType<typeof browser.runtime.connect> | null = null;
  let closed = false;

  const connect = async () => {
    await askBackground('ensure-offscreen', {}).catch(() => {});
    if (closed) return;
    port = browser.runtime.connect({ name: VIEWER_PORT });
    port.onMessage.addListener((raw: unknown) => messages.emit(v.parse(ViewerDown, raw)));
    port.onDisconnect.addListener(() => {
      port = null;
      closes.emit();
      if (!closed) setTimeout(connect, RECONNECT_MS);
    });
    port.postMessage({ type: 'watch', peerId, shareId } satisfies ViewerUp);
  };
  void connect();

  return {
    send: (message) => port?.postMessage(message),
    onMessage: messages.on,
    onClose: closes.on,
    close: () => {
      closed = true;
      port?.disconnect();
    },
  };
}

/** In the offscreen document: connects viewer pages with the shares they ask for. */
export function serveViewers(shares: IncomingShares): void {
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== VIEWER_PORT || !isOwnPage(port.sender)) return;
    const say = (message: ViewerDown) => port.postMessage(message);
    let watching: Watch | null = null;
    port.onMessage.addListener((raw: unknown) => {
      const parsed = v.safeParse(ViewerUp, raw);
      if (!parsed.success) return;
      const message = parsed.output;
      if (message.type === 'signal') return watching?.signal(message.signal);
      watching?.leave();
      watching = shares.watch(message.peerId, message.shareId, {
        ready: (list) => say({ type: 'ready', iceServers: v.parse(IceServerList, list) }),
        iceServers: (list) => say({ type: 'ice-servers', iceServers: v.parse(IceServerList, list) }),
        signal: (signal) => say({ type: 'signal', signal }),
        ended: (why) => say({ type: 'ended', why }),
        replaced: () => say({ type: 'replaced' }),
      });
    });
    port.onDisconnect.addListener(() => watching?.leave());
  });
}
