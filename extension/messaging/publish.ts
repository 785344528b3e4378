import { effect, type ReadonlySignal } from '@preact/signals-core';
import * as v from 'valibot';
import { type Browser, browser } from 'wxt/browser';
import type { AppState } from '../core/session/state.ts';
import { difference, type FeedMessage, STATE_PORT, ViewMessage } from './feed.ts';
import { isOwnPage } from './sender.ts';

/** The first change goes out at once, the next ones together after this: ten a second is more than anyone reads. */
const PAUSE_MS = 100;

/** Feeds the state to every view that connects. `isSeen` tells whether a person can see one of them now. */
export function publishState(state: ReadonlySignal<AppState>): { isSeen(): boolean } {
  const visible = new Set<Browser.runtime.Port>();
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== STATE_PORT || !isOwnPage(port.sender)) return;
    port.onMessage.addListener((raw: unknown) => {
      const message = v.safeParse(ViewMessage, raw);
      if (message.success && message.output.visible) visible.add(port);
      else visible.delete(port);
    });
    port.onDisconnect.addListener(() => visible.delete(port));
    feed(port, state);
  });
  return { isSeen: () => visible.size > 0 };
}

function feed(port: Browser.runtime.Port, state: ReadonlySignal<AppState>): void {
  let told = state.peek();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const post = (message: FeedMessage) => port.postMessage(message);
  const tell = () => {
    const message = difference(told, state.peek());
    told = state.peek();
    if (message) post(message);
  };
  post({ type: 'snapshot', state: told });
  const stop = effect(() => {
    if (state.value === told || timer) return;
    tell();
    timer = setTimeout(() => {
      timer = null;
      tell();
    }, PAUSE_MS);
  });
  port.onDisconnect.addListener(() => {
    stop();
    if (timer) clearTimeout(timer);
  });
}
