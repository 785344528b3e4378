import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { AppState, ItemOf } from '../../extension/core/session/state.ts';
import type { FeedMessage } from '../../extension/messaging/feed.ts';

/** Long enough for an offscreen document to start on two busy cores. */
const ANSWER_LIMIT_MS = 60_000;
const RETRY_MS = 50;

/**
 * What the offscreen document tells every view that connects, asked from an extension page. Right after a start there may be no
 * document yet, and the port closes at once: it is asked again then.
 */
export async function readState(extensionPage: Page): Promise<AppState> {
  const deadlineMs = performance.now() + ANSWER_LIMIT_MS;
  for (;;) {
    const state = await extensionPage.evaluate(
      () =>
        new Promise<AppState | null>((resolve) => {
          const port = chrome.runtime.connect({ name: 'state' });
          port.onDisconnect.addListener(() => resolve(null));
          port.onMessage.addListener((message: FeedMessage) => {
            if (message.type !== 'snapshot') return;
            port.disconnect();
            resolve(message.state);
          });
        }),
    );
    if (state) return state;
    if (performance.now() > deadlineMs) throw new Error('No offscreen document tells its state.');
    await delay(RETRY_MS);
  }
}

/** The file of this name in any timeline. */
export function findFile(state: AppState, name: string): ItemOf<'file'> | undefined {
  for (const peer of state.peers) {
    for (const item of peer.timeline) if (item.kind === 'file' && item.name === name) return item;
  }
  return undefined;
}
