import type { WebWorker } from 'puppeteer-core';
import { expect } from 'vitest';
import { pairedTest, strangersTest } from '../support/people-test.ts';

pairedTest(
  'what arrives while nobody looks is notified, and a click leads to it',
  async ({ people: { alice, bob } }) => {
    await bob.closesPopup();
    await alice.says('Are you there?');
    const worker = await bob.browser.worker();
    const id = await nextNotification(worker);
    expect(id).toMatch(/^peer:/);
    await click(worker, id);
    const window = await bob.browser.waitForPanel('/window.html');
    await window.waitForFunction(() => document.body.innerText.includes('Are you there?'));
    expect(await worker.evaluate(() => new Promise((resolve) => chrome.notifications.getAll(resolve)))).toEqual({});
  },
);

strangersTest(
  'a code that was answered while nobody looks is notified, and waits',
  async ({ people: { alice, bob } }) => {
    const code = await alice.showsCode();
    await alice.closesPopup();
    await bob.entersCode(code);
    const worker = await alice.browser.worker();
    const id = await nextNotification(worker);
    expect(id).toBe('pairing');
    await click(worker, id);
    const window = await alice.browser.waitForPanel('/window.html');
    await window.waitForFunction(() => document.body.innerText.includes('Pair with Bob?'));
  },
);

/** The first notification there is, or will be. */
async function nextNotification(worker: WebWorker): Promise<string> {
  const first = () =>
    worker.evaluate(async () => {
      const shown = await new Promise<object>((resolve) => chrome.notifications.getAll(resolve));
      return Object.keys(shown)[0] ?? '';
    });
  await expect.poll(first).not.toBe('');
  return first();
}

/** Nothing else can click a notification in a headless browser. */
function click(worker: WebWorker, id: string): Promise<void> {
  return worker.evaluate((shown) => {
    const clicked: chrome.events.Event<(id: string) => void> & { dispatch?(id: string): void } =
      chrome.notifications.onClicked;
    clicked.dispatch?.(shown);
  }, id);
}
