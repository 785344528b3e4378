import { expect } from 'vitest';
import { pairedTest } from '../support/people-test.ts';

pairedTest(
  'what arrives while nobody looks is notified, and a click leads to it',
  async ({ people: { alice, bob } }) => {
    await bob.closesPopup();
    await alice.says('Are you there?');
    const worker = await bob.browser.worker();
    const id = await worker.evaluate(async () => {
      for (;;) {
        const [shown] = Object.keys(await new Promise<object>((resolve) => chrome.notifications.getAll(resolve)));
        if (shown) return shown;
      }
    });
    expect(id).toMatch(/^peer:/);
    // Nothing else can click a notification in a headless browser.
    await worker.evaluate((shown) => {
      const clicked: chrome.events.Event<(id: string) => void> & { dispatch?(id: string): void } =
        chrome.notifications.onClicked;
      clicked.dispatch?.(shown);
    }, id);
    const window = await bob.browser.waitForPanel('/window.html');
    await window.waitForFunction(() => document.body.innerText.includes('Are you there?'));
    expect(await worker.evaluate(() => new Promise((resolve) => chrome.notifications.getAll(resolve)))).toEqual({});
  },
);
