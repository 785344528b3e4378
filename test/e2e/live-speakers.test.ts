import { onTestFinished, test } from 'vitest';
import { hearsTone } from '../support/measure.ts';
import { type PageServer, startPages } from '../support/pages.ts';
import { Person } from '../support/person.ts';
import { EXTENSION_ID } from '../support/profile.ts';
import { startTestServer } from '../support/server.ts';
import { hasSpeakers, Speakers } from '../support/speakers.ts';

/*
 * What comes out of the sharer's own speakers: a captured tab falls silent unless somebody plays it.
 */
const TONE_HZ = 880;

interface Room {
  readonly alice: Person;
  readonly bob: Person;
  readonly pages: PageServer;
  readonly speakers: Speakers;
}

/** Alice has speakers; Bob, her peer, has a microphone that beeps. */
async function enter(): Promise<Room> {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const pages = await startPages();
  onTestFinished(() => pages.close());
  const speakers = await Speakers.open();
  onTestFinished(() => speakers.close());
  const about = { serverUrl: server.url, pageUrl: pages.url('plain') };
  const alice = await Person.start({ name: 'Alice', ...about }, { soundServer: speakers.server });
  onTestFinished(() => alice.leaves());
  const bob = await Person.start({ name: 'Bob', ...about }, { args: ['--use-fake-device-for-media-stream'] });
  onTestFinished(() => bob.leaves());
  await alice.pairsWith(bob);
  return { alice, bob, pages, speakers };
}

/** All that this browser has open, as its own menu on a tab does it. */
async function mutesTabs({ browser }: Person, muted: boolean): Promise<void> {
  await (await browser.worker()).evaluate(async (muted) => {
    for (const { id } of await chrome.tabs.query({})) if (id !== undefined) await chrome.tabs.update(id, { muted });
  }, muted);
}

test.skipIf(!hasSpeakers())('who shares a tab goes on hearing it, unless it is muted there', async () => {
  const { alice, bob, pages, speakers } = await enter();
  await alice.goesTo(pages.url('colours'));
  await speakers.hear(TONE_HZ);
  await alice.sharesTab();
  const viewer = await bob.watches();
  await hearsTone(viewer, TONE_HZ);
  await mutesTabs(alice, true);
  await speakers.fallSilent();
  await hearsTone(viewer, TONE_HZ);
  await mutesTabs(alice, false);
  await speakers.hear(TONE_HZ);

  await alice.clicks('Pause');
  await viewer.waitForFunction(() => document.body.innerText.includes('Alice paused'));
  await speakers.hear(TONE_HZ);
  await alice.clicks('Stop sharing');
  await viewer.waitForFunction(() => document.body.innerText.includes('Alice stopped sharing'));
  await speakers.hear(TONE_HZ);
});

test.skipIf(!hasSpeakers())('the voice of who watches is heard while it is on', async () => {
  const { alice, bob, pages, speakers } = await enter();
  await bob.browser.browser
    .defaultBrowserContext()
    .overridePermissions(`chrome-extension://${EXTENSION_ID}`, ['microphone']);
  await alice.goesTo(pages.url('plain'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await viewer.waitForFunction(() => document.body.innerText.includes('The picture of Alice is shown.'));
  await speakers.fallSilent();
  await viewer.keyboard.press('v');
  await speakers.hearSomething();
  await viewer.keyboard.press('v');
  await speakers.fallSilent();
});
