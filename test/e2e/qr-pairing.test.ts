import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { strangersTest } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';

strangersTest('a photograph of a QR code pairs', async ({ people: { alice, bob } }) => {
  await alice.clicks('Show a code');
  await alice.clicks('QR code');
  const photograph = await photographs(alice);
  await bob.clicks('Enter a code');
  const popup = await bob.popup();
  const [chooser] = await Promise.all([popup.waitForFileChooser(), bob.clicks('Choose a picture')]);
  await chooser.accept([photograph]);
  await bob.sees('The long secret is complete.');
  await bob.clicks('Pair');
  expect(await bob.verificationWords()).toEqual(await alice.verificationWords());
  await alice.clicks('They match, pair');
  await Promise.all([alice.sees('Bob'), bob.sees('Alice')]);
  await Promise.all([alice.sees('Direct'), bob.sees('Direct')]);
});

strangersTest('words that differ pair nobody', async ({ people: { alice, bob } }) => {
  await bob.entersCode(await alice.showsCode());
  await alice.closesPopup();
  await alice.clicks('They differ');
  const declined = 'The pairing was declined, so nothing was paired. Try again with a new code.';
  await Promise.all([alice.sees(declined), bob.sees(declined)]);
  await Promise.all([alice.clicks('Back'), bob.clicks('Back')]);
  await Promise.all([alice.sees('Pair with someone'), bob.sees('Pair with someone')]);
});

/** A picture of the person's popup with the code on it. */
async function photographs(person: Person): Promise<string> {
  const popup = await person.popup();
  // A picture stands in the page before it can be drawn.
  const picture = await popup.waitForSelector('.qr img');
  await picture?.evaluate((image) => image instanceof HTMLImageElement && image.decode());
  const path = join(person.profile.downloadsDir, 'photograph.png');
  await writeFile(path, await popup.screenshot());
  return path;
}
