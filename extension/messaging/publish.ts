import { effect, type ReadonlySignal } from '@preact/signals-core';
import * as v from 'valibot';
import { type Browser, browser } from 'wxt/browser';
import type { AppState } from '../core/session/state.ts';
import { difference, type FeedMessage, STATE_PORT, ViewMessage } from './feed.ts';
import { isOwnPage } from './sender.ts';

/** The first change goes out at once, the next ones together after this: ten a second is more than anyone reads. */
const PAUSE_MS = 100;

/** Views that show what has arrived and what has failed; the viewer of a share follows the state too, and shows neither. */
const TELLING_VIEWS = ['popup.html', 'sidepanel.html', 'window.html'];

/** Feeds the state to every view that connects. `isSeen` tells whether a person can see one of those now that show all of it. */
export function publishState(state: ReadonlySignal<AppState>): { isSeen(): boolean } {
  const visible = new Set<Browser.runtime.Port>();
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== STATE_PORT || !isOwnPage(port.sender)) return;
    port.onMessage.addListener((raw: unknown) => {
      const message = v.safeParse(ViewMessage, raw);
      if (message.success && message.output.visible && tells(port)) visible.add(port);
      else visible.delete(port);
    });
    port.onDisconnect.addListener(() => visible.delete(port));
    feed(port, state);
  });
  return { isSeen: () => visible.size > 0 };
}

function tells({ sender }: Browser.runtime.Port): boolean {
  const url = sender?.url;
  return url !== undefined && TELLING_VIEWS.includes(new URL(url).pathname.slice(1));
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
