import { expect } from 'vitest';
import { movingColours } from '../support/measure.ts';
import { pairedTestWith } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { EXTENSION_ID } from '../support/profile.ts';

/* Red means captured: of who watches, that is the microphone alone. */

const POLL = { timeout: 60_000 };
const ORIGIN = `chrome-extension://${EXTENSION_ID}`;
/** A microphone that beeps. */
const test = pairedTestWith({ args: ['--use-fake-device-for-media-stream'] });

const says = (person: Person, text: string) => expect.poll(() => person.badge(), POLL).toBe(text);

test('the icon of who watches is red while the own microphone is on, and no longer', async ({ people }) => {
  const { alice, bob, pages, problems } = people;
  await bob.browser.browser.defaultBrowserContext().overridePermissions(ORIGIN, ['microphone']);
  await alice.goesTo(pages.url('colours'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  await says(alice, '●');
  await says(bob, '');

  await viewer.keyboard.press('v');
  await says(bob, '●');
  await viewer.keyboard.press('v');
  await says(bob, '');

  // Whatever ends it.
  await viewer.keyboard.press('v');
  await says(bob, '●');
  await viewer.reload();
  await movingColours(viewer);
  await says(bob, '');
  await viewer.keyboard.press('v');
  await says(bob, '●');
  await alice.clicks('Stop sharing');
  await says(bob, '');
  await says(alice, '');
  expect(problems()).toEqual([]);
});
