import type { Page } from 'puppeteer-core';
import type { ItemOf, PeerState, Transfer } from '../../../extension/core/session/state.ts';
import { app, file, itemId, peer } from './states.ts';

type Tree = Partial<Pick<ItemOf<'file'>, 'form' | 'count'>>;

export const ID = itemId(1);
export const FOLDER = { form: 'folder', count: 312 } as const;
export const FILES = { form: 'files', count: 12 } as const;
export const half = { bytes: 100e6 } as const;
/** A transfer to Bob, of 200 MB; the other one comes from him. */
export const mine = (transfer: Transfer, tree: Tree = {}) => file(1, true, 'tide.mp4', 200, transfer, tree);
export const theirs = (transfer: Transfer, tree: Tree = {}) => file(1, false, 'tide.mp4', 200, transfer, tree);

/** Bob and this transfer with him. */
export function one(item: ItemOf<'file'>, change: Partial<PeerState> = {}) {
  return app({ peers: [peer({ timeline: [item], ...change })] });
}

/** The name of what has the focus, as whoever listens hears it. */
export const focusedName = (page: Page) =>
  page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent);

/** Goes to a button with Tab alone, and presses it. */
export async function press(page: Page, name: string): Promise<void> {
  await page.waitForSelector(`::-p-aria([name="${name}"][role="button"])`);
  for (let step = 0; (await focusedName(page)) !== name; step += 1) {
    if (step > 40) throw new Error(`Tab doesn't lead to ${name}`);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
}
