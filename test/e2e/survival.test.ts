import { expect } from 'vitest';
import { movingColours } from '../support/measure.ts';
import { pairedTest } from '../support/people-test.ts';

pairedTest('a popup closed and opened again shows the same', async ({ people: { alice, bob } }) => {
  await bob.says('Morning!');
  await alice.says('Which day has the lowest tide?');
  await alice.sees('Read');
  // That they are paired is said for some seconds, and the round trip is measured anew every few seconds, for the first time too.
  await alice.seesNoMore('sees you as');
  const screen = async () => (await alice.screen()).replace(/ · \d+ ms/, '');
  const before = await screen();
  await alice.closesPopup();
  await alice.sees('Which day has the lowest tide?');
  await alice.sees('Read');
  await expect.poll(screen).toBe(before);
});

pairedTest('everything goes on after the service worker was stopped', async ({ people: { alice, bob, pages } }) => {
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await Promise.all([alice.browser.stopWorker(), bob.browser.stopWorker()]);
  await movingColours(viewer);
  await alice.says('Still there?');
  await bob.sees('Still there?');
  await bob.closesPopup();
  await bob.says('Of course');
  await alice.sees('Of course');
  await alice.clicks('Stop sharing');
  await alice.sendsLink();
  expect((await bob.opensLink()).url()).toBe(pages.url('colours'));
});

pairedTest('a browser started again is connected without a code', async ({ people: { alice, bob } }) => {
  await bob.says('Back in a minute');
  await alice.sees('Back in a minute');
  await bob.quitsBrowser();
  await alice.sees('Offline');
  await bob.startsBrowserAgain();
  await Promise.all([alice.sees('Direct'), bob.sees('Direct')]);
  await bob.sees('Back in a minute');
  await alice.says('Welcome back');
  await bob.sees('Welcome back');
});
