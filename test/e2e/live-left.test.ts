import type { Page } from 'puppeteer-core';
import { expect, onTestFinished } from 'vitest';
import { movingColours } from '../support/measure.ts';
import { startPages } from '../support/pages.ts';
import { pairedTest } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { applySettings } from '../support/settings.ts';
import { offers, says, UNREACHED } from '../support/viewer-says.ts';

/*
 * A shared tab that leaves its page: to another site, to one that can't be told apart, or by a crash.
 */
const LIMIT_MS = 60_000;
const HELD = 'The tab loaded a new page.';

async function shows(alice: Person, bob: Person, url: string): Promise<Page> {
  await alice.goesTo(url);
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  return viewer;
}

pairedTest('where the person chose so, another site is held, and so is whatever comes after it', async ({ people }) => {
  const { alice, bob, pages, problems } = people;
  const elsewhere = await startPages();
  onTestFinished(() => elsewhere.close());
  await applySettings(await alice.popup(), { pauseOnNavigation: true });
  const viewer = await shows(alice, bob, pages.url('colours'));
  // On the same site it goes on by itself.
  await alice.goesTo(pages.url('colours', { title: 'Second page' }));
  await offers(viewer, null);
  await says(viewer, 'is shown');
  await movingColours(viewer);

  await alice.goesTo(elsewhere.url('colours'));
  await says(viewer, HELD);
  await alice.sees('The tab loaded a new page, so Bob keeps the last picture.');
  await alice.clicks('Go on');
  await says(viewer, 'is shown');
  await movingColours(viewer);

  // Opening the popup gave leave for that site. On the next one the script isn't there, and neither is it when the tab leaves that one.
  await offers(viewer, null);
  await alice.goesTo(pages.url('colours'));
  await says(viewer, HELD);
  await goesOnWithoutClick(alice);
  await says(viewer, 'is shown');
  await offers(viewer, UNREACHED);
  await alice.goesTo(elsewhere.url('colours'));
  await says(viewer, HELD);
  expect(problems()).toEqual([]);
});

pairedTest('the worker is told of pages that load only while something is shown', async ({ people }) => {
  const { alice, bob, pages, problems } = people;
  const hears = async () => (await alice.browser.worker()).evaluate(() => chrome.tabs.onUpdated.hasListeners());
  await shows(alice, bob, pages.url('colours'));
  await expect.poll(hears, { timeout: LIMIT_MS }).toBe(true);
  await alice.clicks('Stop sharing');
  await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('');
  await alice.goesTo(pages.url('plain'));
  await expect.poll(hears, { timeout: LIMIT_MS }).toBe(false);
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  await expect.poll(hears, { timeout: LIMIT_MS }).toBe(true);
  expect(problems()).toEqual([]);
});

pairedTest('a tab that crashes is named so on both sides until it is loaded again', async ({ people }) => {
  const { alice, bob, pages } = people;
  const viewer = await shows(alice, bob, pages.url('colours'));
  await offers(viewer, null);
  const debugging = await alice.page.createCDPSession();
  // Nobody is left to answer that.
  void debugging.send('Page.crash').catch(() => undefined);
  const note = (text: string) => viewer.waitForSelector(`::-p-text(${text})`, { timeout: LIMIT_MS });
  await note('Alice’s tab has crashed, so its last picture stays: ask Alice to reload it.');
  const panel = await alice.browser.panel('/window.html');
  const reads = (text: string) =>
    panel.waitForFunction((wanted) => document.body.innerText.includes(wanted), { timeout: LIMIT_MS }, text);
  await reads('This tab has crashed, so Bob keeps its last picture. Reload it, or switch to another.');
  await expect.poll(() => alice.badge()).toBe('●');

  const worker = await alice.browser.worker();
  await worker.evaluate(async () => {
    const crashed = (await chrome.tabs.query({})).find(({ status }) => status === 'unloaded');
    if (crashed?.id !== undefined) await chrome.tabs.reload(crashed.id);
  });
  await movingColours(viewer);
  await viewer.waitForFunction(() => !document.body.innerText.includes('has crashed'), { timeout: LIMIT_MS });
  // Chromium takes leave back with the crash, and pointing waits for the icon.
  await reads('Bob can’t point at this page now, and passwords aren’t noticed. Click the Pairwise icon on that tab.');
});

/** A click in the popup would bring leave for the page back, and the script with it; a window beside it doesn't. */
async function goesOnWithoutClick({ browser, page }: Person): Promise<void> {
  const window = await browser.panel('/window.html');
  const button = await window.waitForSelector('::-p-aria([name="Go on"][role="button"])', { timeout: LIMIT_MS });
  await button?.click();
  await window.close();
  await page.bringToFront();
}
