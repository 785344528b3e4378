import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { beforeAll, expect } from 'vitest';
import { clickOn } from '../support/click.ts';
import { loudestVoice, movingColours } from '../support/measure.ts';
import { pairedTest, pairedTestWith } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { EXTENSION_ID } from '../support/profile.ts';

const LIMIT_MS = 60_000;
const ARTIFACTS = join(import.meta.dirname, '..', '.artifacts');
const EXTENSION_ORIGIN = `chrome-extension://${EXTENSION_ID}`;
const PNG_HEAD = Buffer.from('89504e470d0a1a0a', 'hex');
/** A microphone that beeps. */
const MICROPHONE = ['--use-fake-device-for-media-stream'];

beforeAll(() => mkdir(ARTIFACTS, { recursive: true }));

/** What the middle of the viewer says, or that the picture is shown. */
const status = (viewer: Page) => viewer.$eval('[role=status]', (element) => element.textContent);
const says = (viewer: Page, text: string) => expect.poll(() => status(viewer), { timeout: LIMIT_MS }).toBe(text);
const click = (viewer: Page, name: string) =>
  clickOn(viewer, `::-p-aria([name="${name}"][role="button"])`, { limitMs: LIMIT_MS });
const pressed = (viewer: Page, name: string) => viewer.$eval(`[aria-label="${name}"]`, (button) => button.ariaPressed);
/** Not part of any verdict: for people to look at. */
const shoot = (viewer: Page, name: string) => viewer.screenshot({ path: join(ARTIFACTS, `live-viewer-${name}.png`) });

async function watchesColours(alice: Person, bob: Person, url: string): Promise<Page> {
  await alice.goesTo(url);
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  return viewer;
}

/** Width of the picture as it comes and as it is shown, in pixels of the screen, and how much of the window it takes. */
const widths = (viewer: Page) =>
  viewer.$eval('video', (video) => ({
    coming: video.videoWidth,
    shown: Math.round(video.getBoundingClientRect().width * devicePixelRatio),
  }));

pairedTest(
  'a shared tab is looked at closely, kept as a still, and opened',
  async ({ people: { alice, bob, pages, problems } }) => {
    const url = pages.url('colours');
    const viewer = await watchesColours(alice, bob, url);
    await viewer.keyboard.press('1');
    const enlarged = async () => {
      const { shown, coming } = await widths(viewer);
      return shown - coming;
    };
    await expect.poll(enlarged, { timeout: LIMIT_MS }).toBe(0);
    await viewer.keyboard.press('+');
    await expect.poll(enlarged, { timeout: LIMIT_MS }).toBeGreaterThan(0);
    await shoot(viewer, 'zoomed');

    const before = await widths(viewer);
    await viewer.keyboard.press('s');
    const stills = async () => (await readdir(bob.profile.downloadsDir)).filter((name) => name.endsWith('.png'));
    await expect.poll(async () => (await stills()).length, { timeout: LIMIT_MS }).toBe(1);
    const [name = ''] = await stills();
    expect(name).toMatch(/^Moving colours \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
    const png = await readFile(join(bob.profile.downloadsDir, name));
    expect(png.subarray(0, 8)).toEqual(PNG_HEAD);
    // Its header says how wide it is: whole, whatever part of it is seen. What comes may have become smaller or larger meanwhile.
    expect([before.coming, (await widths(viewer)).coming]).toContain(png.readUInt32BE(16));

    await viewer.waitForSelector('header a', { visible: true, timeout: LIMIT_MS });
    await shoot(viewer, 'live');
    // It may have faded meanwhile: then the first click finds nothing there, and makes it come back.
    const [opened] = await Promise.all([bob.nextWebTab(), clickOn(viewer, 'header a', { limitMs: LIMIT_MS })]);
    expect(opened.url()).toBe(url);
    expect(problems()).toEqual([]);
  },
);

pairedTest(
  'a second viewer page takes the share over, and the first takes it back',
  async ({ people: { alice, bob, pages, problems } }) => {
    const first = await watchesColours(alice, bob, pages.url('colours'));
    const { pathname, search } = new URL(first.url());
    const second = await bob.browser.panel(pathname + search);
    await movingColours(second);
    await says(first, 'Shown in another windowA share is shown in one window at a time.');
    await first.bringToFront();
    await click(first, 'Watch here');
    await says(second, 'Shown in another windowA share is shown in one window at a time.');
    await says(first, 'The picture of Alice is shown.');
    await movingColours(first);
    expect(problems()).toEqual([]);
  },
);

pairedTest(
  'a pause shows the last picture and who paused, and a closed tab is named as the end',
  async ({ people: { alice, bob, pages, problems } }) => {
    const viewer = await watchesColours(alice, bob, pages.url('colours'));
    await alice.clicks('Pause');
    await says(viewer, 'Alice pausedThis is the last picture. It moves again as soon as Alice goes on.');
    expect(await viewer.$eval('video', (video) => video.videoWidth)).toBeGreaterThan(0);
    await shoot(viewer, 'paused');
    await alice.clicks('Go on');
    await says(viewer, 'The picture of Alice is shown.');
    await movingColours(viewer);
    await alice.closesTab();
    await says(viewer, 'Alice’s tab was closed');
    await shoot(viewer, 'tab-closed');
    expect(problems()).toEqual([]);
  },
);

pairedTestWith({ args: MICROPHONE })(
  'both speak while one shows, each only while the own microphone is on',
  async ({ people: { alice, bob, pages, problems } }) => {
    // Who is asked once says yes: what happens before that has a test of its own.
    for (const { browser } of [alice, bob]) {
      await browser.browser.defaultBrowserContext().overridePermissions(EXTENSION_ORIGIN, ['microphone']);
    }
    const viewer = await watchesColours(alice, bob, pages.url('colours'));
    expect(await pressed(viewer, 'My voice')).toBe('false');
    expect(await viewer.$('header .voice')).toBeNull();
    await viewer.keyboard.press('v');
    await alice.sees('Bob’s voice');
    expect(await pressed(viewer, 'My voice')).toBe('true');

    await alice.clicks('My voice');
    await viewer.waitForSelector('header .voice', { timeout: LIMIT_MS });
    expect(await loudestVoice(viewer)).toBeGreaterThan(0.01);
    await shoot(viewer, 'voices');

    await alice.clicks('My voice');
    await viewer.waitForSelector('header .voice', { hidden: true, timeout: LIMIT_MS });
    await viewer.keyboard.press('v');
    await expect.poll(async () => (await alice.screen()).includes('Bob’s voice'), { timeout: LIMIT_MS }).toBe(false);
    expect(problems()).toEqual([]);
  },
);
