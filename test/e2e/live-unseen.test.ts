import type { WebWorker } from 'puppeteer-core';
import { expect } from 'vitest';
import { movingColours } from '../support/measure.ts';
import { keepsNotifications } from '../support/notifications.ts';
import { capturesWithAnotherExtension } from '../support/other-extension.ts';
import { pairedTest } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';

/*
 * A share that fails while no view is open. A real key is in live-desktop.test.ts: a browser without a window gets none.
 */
const TAKEN = 'Another extension captures this tab already. End that, or share another tab or a window.';
const FAILED = 'The browser could not capture this. Try again, or share another tab or a window.';

/** Presses the key that shows the tab in front. The icon was clicked on it before, which gives the same leave. */
async function pressesShare({ browser, page }: Person): Promise<void> {
  const worker = await browser.worker();
  await page.bringToFront();
  await worker.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    const pressed: chrome.events.Event<(name: string, tab?: chrome.tabs.Tab) => void> & {
      dispatch?(name: string, tab?: chrome.tabs.Tab): void;
    } = chrome.commands.onCommand;
    pressed.dispatch?.('share-tab', tab);
  });
}

/** The next id that the worker gets from the browser is worth nothing any more when it is used. */
function spoilsNextCapture(worker: WebWorker): Promise<void> {
  return worker.evaluate(() => {
    const mint = chrome.tabCapture.getMediaStreamId;
    const spoilt = (_: object, done: (id: string) => void) => {
      Object.assign(chrome.tabCapture, { getMediaStreamId: mint });
      done('used-up');
    };
    Object.assign(chrome.tabCapture, { getMediaStreamId: spoilt });
  });
}

pairedTest('a key that can’t show the tab says the true reason, and nothing when it is shown', async ({ people }) => {
  const { alice, bob, pages } = people;
  await alice.goesTo(pages.url('colours'));
  const told = await keepsNotifications(await alice.browser.worker());
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await pressesShare(alice);

  await alice.opensTab(pages.url('plain'));
  await alice.popup();
  await alice.closesPopup();
  await capturesWithAnotherExtension(alice);
  await pressesShare(alice);
  await expect.poll(told).toMatchObject([{ title: 'Not shown to Bob', message: TAKEN }]);
  await movingColours(viewer);
});

pairedTest('a capture that fails after the click is told, though no view is open', async ({ people }) => {
  const { alice, pages } = people;
  await alice.goesTo(pages.url('colours'));
  await alice.popup();
  await alice.closesPopup();
  const worker = await alice.browser.worker();
  const told = await keepsNotifications(worker);
  await spoilsNextCapture(worker);
  await pressesShare(alice);
  await expect.poll(told).toMatchObject([{ title: 'Not shown to Bob', message: FAILED }]);
  await expect.poll(() => alice.badge()).toBe('');
  // The next view has it too.
  await alice.sees(FAILED);
});

pairedTest('who only looks at the viewer is told what it doesn’t show', async ({ people }) => {
  const { alice, bob, pages } = people;
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await bob.closesPopup();
  const told = await keepsNotifications(await bob.browser.worker());
  await viewer.bringToFront();
  await expect.poll(() => viewer.evaluate(() => document.visibilityState)).toBe('visible');
  await alice.says('Look at the left');
  await expect.poll(told).toMatchObject([{ title: 'Alice', message: 'Look at the left' }]);
});
