import type { Page } from 'puppeteer-core';
import type { AppState, ItemOf } from '../../extension/core/session/state.ts';
import type { FeedMessage } from '../../extension/messaging/feed.ts';

/** What the offscreen document tells every view that connects, asked from an extension page. */
export function readState(extensionPage: Page): Promise<AppState> {
  return extensionPage.evaluate(
    () =>
      new Promise<AppState>((resolve) => {
        const port = chrome.runtime.connect({ name: 'state' });
        port.onMessage.addListener((message: FeedMessage) => {
          if (message.type !== 'snapshot') return;
          port.disconnect();
          resolve(message.state);
        });
      }),
  );
}

/** The file of this name in any timeline. */
export function findFile(state: AppState, name: string): ItemOf<'file'> | undefined {
  for (const peer of state.peers) {
    for (const item of peer.timeline) if (item.kind === 'file' && item.name === name) return item;
  }
  return undefined;
}
