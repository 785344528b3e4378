import { appendFile, rm } from 'node:fs/promises';
import type { Page } from 'puppeteer-core';
import { expect, onTestFinished } from 'vitest';
import { clickOn } from '../support/click.ts';
import { makeFile } from '../support/files.ts';
import { movingColours } from '../support/measure.ts';
import { pageMarks } from '../support/page-marks.ts';
import { pairedTest } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { SEE_LIMIT_MS } from '../support/popup-user.ts';
import { gives, startSite } from '../support/site.ts';
import { offers, UNREACHED } from '../support/viewer-says.ts';

const MIB = 1024 * 1024;

pairedTest('a message to an offline peer waits and goes out by itself', async ({ people: { alice, bob } }) => {
  await bob.quitsBrowser();
  await alice.sees('Offline');
  expect(await alice.canClick('Share this tab')).toBe(false);
  await alice.says('For later');
  await alice.sees('Waiting');
  await bob.startsBrowserAgain();
  await bob.sees('For later');
  await alice.sees('Read');
});

pairedTest('a page that can’t be captured is named', async ({ people: { alice } }) => {
  // Whether there is a way to it or not: its address alone decides.
  await alice.page.goto('https://chromewebstore.google.com/').catch(() => undefined);
  // Without a way to it the browser's own page about that comes a moment later, and would close the popup.
  await alice.page.waitForFunction(() => location.hostname !== '127.0.0.1' && document.readyState === 'complete');
  await alice.clicks('Share this tab');
  await alice.sees('Chrome doesn’t let extensions capture this page. Share another tab or a window.');
  await alice.clicks('Send this link');
  await alice.sees('This page has no address that others could open. Go to an http or https page.');
});

/** A page of one red square. */
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R>>endobj
4 0 obj<</Length 25>>stream
1 0 0 rg 0 0 300 300 re f
endstream endobj
trailer<</Root 1 0 R>>
`;

/** Shows what Alice has in front; resolves with Bob's viewer once there is a picture in it. */
async function watched(alice: Person, bob: Person): Promise<Page> {
  await alice.sharesTab();
  const viewer = await bob.watches();
  await viewer.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 2);
  return viewer;
}

pairedTest('a page of the browser is shown, and both sides read that nobody can point at it', async ({ people }) => {
  const { alice, bob, problems } = people;
  await alice.goesTo('chrome://version/');
  const viewer = await watched(alice, bob);
  await offers(viewer, UNREACHED);
  const why = '[title="This page belongs to the browser: Bob can’t point at it"]';
  await (await alice.popup()).waitForSelector(`${why}[aria-disabled="true"]`);
  await alice.clicks('Stop sharing');
  await expect.poll(() => alice.badge()).toBe('');
  expect(problems()).toEqual([]);
});

pairedTest('a PDF is shown like any other page', async ({ people }) => {
  const { alice, bob } = people;
  const site = await startSite({ '/paper.pdf': gives(PDF, { 'content-type': 'application/pdf' }) });
  onTestFinished(() => site.close());
  await alice.goesTo(`${site.origin}/paper.pdf`);
  const viewer = await watched(alice, bob);
  const isRed = () =>
    viewer.$eval('video', (video) => {
      const paint = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d');
      paint?.drawImage(video, 0, 0);
      const { data } = paint?.getImageData(video.videoWidth / 2, 0, 1, video.videoHeight) ?? { data: [] };
      const reds = [...data].filter((red, at) => at % 4 === 0 && red > 200 && (data[at + 1] ?? 255) < 90);
      return reds.length > 100;
    });
  await expect.poll(isRed).toBe(true);
  await offers(viewer, null);
  await viewer.keyboard.press('p');
  const [x, y] = await viewer.$eval('video', ({ clientWidth, clientHeight }) => [clientWidth / 2, clientHeight / 2]);
  await viewer.mouse.move(x ?? 0, y ?? 0);
  await viewer.mouse.move((x ?? 0) + 5, (y ?? 0) + 5);
  await expect.poll(() => pageMarks(alice.page)).toMatchObject({ name: 'Bob' });
  await alice.clicks('Stop sharing');
  await expect.poll(() => alice.badge()).toBe('');
});

pairedTest('a view that may not see the tab says what to click', async ({ people: { alice, pages } }) => {
  await alice.clicks('More');
  await alice.clicks('Open in a window', 'menuitem');
  const window = await alice.browser.waitForPanel('/window.html');
  // The click on the icon counts until the tab shows another site.
  await alice.page.goto(pages.url('plain').replace('127.0.0.1', 'localhost'));
  await clickOn(window, '::-p-aria([name="Share this tab"][role="button"])', { limitMs: SEE_LIMIT_MS });
  await window.waitForFunction(() => document.body.innerText.includes('Click the Pairwise icon on that tab'));
});

pairedTest('two shares started at once are one share', async ({ people: { alice, bob, pages } }) => {
  await alice.goesTo(pages.url('colours'));
  await alice.clicksTwice('Share this tab');
  await alice.losesPopup();
  const viewer = await bob.watches();
  await movingColours(viewer);
  expect(await bob.screen()).not.toContain('Watch');
});

pairedTest('a declined file is told to the sender', async ({ people: { alice, bob } }) => {
  await alice.sendsFile(await makeFile(alice.profile, 'unwanted.bin', MIB));
  await bob.sees('unwanted.bin');
  await bob.clicks('Decline');
  await alice.sees('Bob declined');
  await bob.sees('You declined');
});

pairedTest('a file that changed while it was offered is not sent', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'draft.bin', 4 * MIB);
  await alice.sendsFile(file);
  await appendFile(file, 'one more line');
  await bob.accepts('draft.bin');
  await alice.sees('The file changed while it was sent. Send the new file.');
  await bob.sees('The file changed while it was sent.');
});

pairedTest('a file that vanished while it was offered is not sent', async ({ people: { alice, bob } }) => {
  const file = await makeFile(alice.profile, 'gone.bin', 4 * MIB);
  await alice.sendsFile(file);
  await rm(file);
  await bob.accepts('gone.bin');
  await alice.sees('The file is no longer where it was. Choose it again.');
});

pairedTest('a popup and a window at the same time show and do the same', async ({ people: { alice, bob } }) => {
  const popup = await alice.browser.panel('/popup.html');
  await bob.says('To both of you');
  await alice.sees('To both of you');
  await popup.waitForFunction(() => document.body.innerText.includes('To both of you'));
  await alice.says('From the popup');
  await popup.waitForFunction(() => document.body.innerText.includes('From the popup'));
  await bob.sees('From the popup');
});
