import { type ReadonlySignal, signal } from '@preact/signals-core';
import * as v from 'valibot';
import { type Browser, browser } from 'wxt/browser';
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
  /** Whether this page captures the microphone; an offscreen document that comes later is told too. */
  setMicrophone(on: boolean): void;
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
  let microphoneOn = false;
  /** Whether a document has ever answered: one that wasn't there yet has not gone. */
  let wasHeard = false;

  const tellMicrophone = () => port?.postMessage({ type: 'microphone', on: microphoneOn } satisfies ViewerUp);

  const connect = () => {
    if (closed) return;
    port = browser.runtime.connect({ name: VIEWER_PORT });
    port.onMessage.addListener((raw: unknown) => {
      wasHeard = true;
      messages.emit(v.parse(ViewerDown, raw));
    });
    port.onDisconnect.addListener(() => {
      port = null;
      if (wasHeard) closes.emit();
      if (!closed) setTimeout(again, RECONNECT_MS);
    });
    port.postMessage({ type: 'watch', peerId, shareId } satisfies ViewerUp);
    if (microphoneOn) tellMicrophone();
  };
  const again = () =>
    askBackground('ensure-offscreen', {})
      .catch(() => {})
      .then(connect);
  // Whoever opens this page has seen the share in the offscreen document: most likely it is there.
  connect();

  return {
    send: (message) => port?.postMessage(message),
    setMicrophone: (on) => {
      if (on === microphoneOn) return;
      microphoneOn = on;
      tellMicrophone();
    },
    onMessage: messages.on,
    onClose: closes.on,
    close: () => {
      closed = true;
      port?.disconnect();
    },
  };
}

/**
 * In the offscreen document: connects viewer pages with the shares they ask for.
 * @returns whether the microphone is captured in one of them. It hangs on the pages, not on the shares: after a restart of this document a
 * page may speak before the share is known again.
 */
export function serveViewers(shares: IncomingShares): { readonly isMicrophoneOn: ReadonlySignal<boolean> } {
  const speaking = new Set<Browser.runtime.Port>();
  const isMicrophoneOn = signal(false);
  const setSpeaking = (port: Browser.runtime.Port, on: boolean) => {
    if (on) speaking.add(port);
    else speaking.delete(port);
    isMicrophoneOn.value = speaking.size > 0;
  };
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== VIEWER_PORT || !isOwnPage(port.sender)) return;
    const say = (message: ViewerDown) => port.postMessage(message);
    let watching: Watch | null = null;
    port.onMessage.addListener((raw: unknown) => {
      const parsed = v.safeParse(ViewerUp, raw);
      if (!parsed.success) return;
      const message = parsed.output;
      if (message.type === 'signal') return watching?.signal(message.signal);
      if (message.type === 'microphone') return setSpeaking(port, message.on);
      watching?.leave();
      watching = null;
      if (message.type === 'leave') return;
      watching = shares.watch(message.peerId, message.shareId, {
        ready: (list) => say({ type: 'ready', iceServers: v.parse(IceServerList, list) }),
        iceServers: (list) => say({ type: 'ice-servers', iceServers: v.parse(IceServerList, list) }),
        signal: (signal) => say({ type: 'signal', signal }),
        ended: (why) => say({ type: 'ended', why }),
        dropped: () => say({ type: 'dropped' }),
        replaced: () => say({ type: 'replaced' }),
      });
    });
    port.onDisconnect.addListener(() => {
      setSpeaking(port, false);
      watching?.leave();
    });
  });
  return { isMicrophoneOn };
}
