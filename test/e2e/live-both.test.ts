import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { canCutNetwork, cutNetwork, restoreNetwork } from '../support/cut.ts';
import { hearsTone, movingColours, seesColour, silence } from '../support/measure.ts';
import { pairedTest, pairedTestWith } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { readState } from '../support/state.ts';

const GREEN = [0, 128, 0] as const;
const BLUE = [0, 0, 255] as const;
const POLL = { timeout: 60_000 };
const OUTAGE_MS = 20_000;
/** The server is asked again within half a minute; the link to the peer and the new path then take seconds. */
const BACK_LIMIT_MS = 90_000;
const canCut = await canCutNetwork();

pairedTest('both see and hear each other at once, without popups, workers and server', async ({ people }) => {
  const { alice, bob, pages, server, problems } = people;
  await alice.goesTo(pages.url('colours', { left: '660', right: '1320' }));
  await bob.goesTo(pages.url('colours', { left: '990', right: '440' }));
  await alice.sharesTab();
  const bobs = await bob.watches();
  await movingColours(bobs);
  await bob.sharesTab();
  const alices = await alice.watches();
  await Promise.all([alice.closesPopup(), bob.closesPopup()]);
  await Promise.all([alice.browser.stopWorker(), bob.browser.stopWorker()]);
  expect(problems()).toEqual([]);
  await server.stop();
  for (const viewer of [alices, bobs]) await movingColours(viewer);
  await hearsTone(bobs, 660, 'left');
  await hearsTone(bobs, 1_320, 'right');
  await hearsTone(alices, 990, 'left');
  await hearsTone(alices, 440, 'right');
  // A connection that is new, with no server to ask.
  await bobs.reload();
  await movingColours(bobs);
});

pairedTest('a pause holds picture and sound until it is over', async ({ people: { alice, bob, pages, problems } }) => {
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await alice.clicks('Pause');
  await alice.sees('Paused for Bob');
  await viewer.waitForFunction(() => document.body.innerText.includes('Alice paused'));
  await silence(viewer);
  await expect(movingColours(viewer, 2_000)).rejects.toThrow('no moving colours');
  await alice.clicks('Go on');
  await alice.sees('Live to Bob');
  await movingColours(viewer);
  await hearsTone(viewer, 880);
  expect(problems()).toEqual([]);
});

pairedTest('of a page that never moves, what changed in a pause is there after it', async ({ people }) => {
  const { alice, bob, pages, problems } = people;
  await alice.goesTo(pages.url('plain'));
  await paints(alice.page, GREEN);
  await alice.sharesTab();
  const viewer = await bob.watches();
  await seesColour(viewer, GREEN);
  await alice.clicks('Pause');
  await viewer.waitForFunction(() => document.body.innerText.includes('Alice paused'));
  await paints(alice.page, BLUE);
  // Who opens the viewer now sees nothing of it.
  await viewer.reload();
  await viewer.waitForFunction(() => document.body.innerText.includes('Alice paused'));
  // Every picture begins with two pixels of black.
  expect(await viewer.evaluate(() => document.querySelector('video')?.videoWidth ?? 0)).toBeLessThanOrEqual(2);
  await alice.clicks('Go on');
  await seesColour(viewer, BLUE);
  expect(problems()).toEqual([]);
});

pairedTestWith({ args: ['--auto-select-tab-capture-source-by-title=Picked'] })(
  'another tab, and then one from the picker, are shown in the same window',
  async ({ people: { alice, bob, pages, problems } }) => {
    await alice.goesTo(pages.url('colours', { left: '660', right: '1320', title: 'Picked' }));
    await alice.opensTab(pages.url('colours'));
    await alice.sharesTab();
    const viewer = await bob.watches();
    await hearsTone(viewer, 880);
    await alice.opensTab(pages.url('colours', { left: '550', right: '550' }));
    await alice.clicks('Switch');
    await alice.clicks('This tab', 'menuitem');
    await hearsTone(viewer, 550);
    await movingColours(viewer);
    await alice.clicks('Switch');
    await alice.clicks('Another tab, window or screen', 'menuitem');
    await hearsTone(viewer, 1_320, 'right');
    await movingColours(viewer);
    await alice.clicks('Stop sharing');
    await viewer.waitForFunction(() => document.body.innerText.includes('Alice stopped sharing'));
    expect(problems()).toEqual([]);
  },
);

pairedTest.skipIf(!canCut)('a share is back by itself after 20 seconds without a network', async ({ people }) => {
  const { alice, bob, pages } = people;
  await alice.goesTo(pages.url('colours', { left: '660', right: '1320' }));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await cutNetwork();
  try {
    await viewer.waitForFunction(() => document.body.innerText.includes('Connection lost'));
    await expect(movingColours(viewer, OUTAGE_MS)).rejects.toThrow('no moving colours');
  } finally {
    await restoreNetwork();
  }
  await movingColours(viewer, BACK_LIMIT_MS);
  await hearsTone(viewer, 660, 'left');
  await hearsTone(viewer, 1_320, 'right');
  await alice.sees('Live to Bob');
});

pairedTest.skipIf(!canCut)(
  'a viewer that was closed without a network is not shown to any more',
  async ({ people }) => {
    const { alice, bob, pages } = people;
    await alice.goesTo(pages.url('colours'));
    await alice.sharesTab();
    const viewer = await bob.watches();
    await movingColours(viewer);
    await alice.sees('Live to Bob');
    await cutNetwork();
    try {
      for (const person of [alice, bob]) await expect.poll(() => connection(person), POLL).not.toBe('connected');
      await viewer.close();
    } finally {
      await restoreNetwork();
    }
    await expect.poll(() => connection(alice), { timeout: BACK_LIMIT_MS }).toBe('connected');
    await alice.sees('Waiting for Bob to watch');
    const again = await bob.watches();
    await movingColours(again);
    await alice.sees('Live to Bob');
  },
);

/** How this person's device stands towards the other's. */
async function connection(person: Person): Promise<string | undefined> {
  const { peers } = await readState(await person.popup());
  return peers[0]?.connection.state;
}

async function paints(page: Page, colour: readonly number[]): Promise<void> {
  await page.evaluate((rgb) => {
    document.body.replaceChildren();
    document.documentElement.style.background = `rgb(${rgb.join(' ')})`;
  }, colour);
}
