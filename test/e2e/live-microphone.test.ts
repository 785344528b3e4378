import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { movingColours } from '../support/measure.ts';
import { pairedTestWith } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { EXTENSION_ID } from '../support/profile.ts';

const LIMIT_MS = 60_000;
const ORIGIN = `chrome-extension://${EXTENSION_ID}`;
const DENIED = 'The browser keeps the microphone from Pairwise.';
/** A microphone that beeps, and a browser that asks before it lets anybody hear it. */
const test = pairedTestWith({ args: ['--use-fake-device-for-media-stream'] });

/** Alice shows colours that Bob watches. */
async function shown(alice: Person, bob: Person, url: string): Promise<Page> {
  await alice.goesTo(url);
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  return viewer;
}

async function isVoiceOn(person: Person): Promise<string | null> {
  const button = await (await person.popup()).waitForSelector('::-p-aria([name="My voice"][role="button"])', {
    timeout: LIMIT_MS,
  });
  return (await button?.evaluate((element) => element.getAttribute('aria-pressed'))) ?? null;
}

test('a microphone that the browser refuses is one sentence, and nothing listens', async ({ people }) => {
  const { alice, bob, pages } = people;
  // What is not named here is refused.
  await alice.browser.browser.defaultBrowserContext().overridePermissions(ORIGIN, []);
  const viewer = await shown(alice, bob, pages.url('colours'));
  await alice.clicks('My voice');
  await alice.sees(DENIED);
  expect(await isVoiceOn(alice)).toBe('false');
  expect(await viewer.$('header .voice')).toBeNull();
  await movingColours(viewer);
});

test('where the browser must ask, a page of ours does, and its no is told once', async ({ people }) => {
  const { alice, bob, pages } = people;
  const viewer = await shown(alice, bob, pages.url('colours'));
  const opened: string[] = [];
  alice.browser.browser.on('targetcreated', (target) => opened.push(target.url()));
  alice.browser.browser.on('targetchanged', (target) => opened.push(target.url()));
  // Without a window the browser answers its own question: no.
  await alice.clicks('My voice');
  await alice.sees(DENIED);
  expect(opened).toContain(`${ORIGIN}/microphone.html`);
  expect(await isVoiceOn(alice)).toBe('false');
  expect(await viewer.$('header .voice')).toBeNull();
});
