import type { Page } from 'puppeteer-core';
import { expect, onTestFinished } from 'vitest';
import { getsKeys, playsFilm, startFilmSite } from '../support/film.ts';
import { movingColours, seesColour } from '../support/measure.ts';
import { ARROW_COLOUR, colourAt, INSIDE_ARROW, pageMarks } from '../support/page-marks.ts';
import { startPages } from '../support/pages.ts';
import { pairedTest } from '../support/people-test.ts';
import type { Person } from '../support/person.ts';
import { gives, startSite } from '../support/site.ts';
import { offers, says, UNREACHED } from '../support/viewer-says.ts';

/*
 * What Pairwise does in the page of a shared tab. What of it depends on the page alone is in test/browser/shared-page.test.ts.
 */
const LIMIT_MS = 60_000;
const NOBODY = { name: null, ripples: 0 };

const marks = (person: Person) => expect.poll(() => pageMarks(person.page), { timeout: LIMIT_MS });

/** Waits until the viewer says which page is shown: our script is in that page then. */
const names = (viewer: Page, title: string) =>
  viewer.waitForFunction((wanted) => document.querySelector('header')?.textContent?.includes(wanted), {}, title);

/** Where in the viewer's window this share of the picture is. */
const onPicture = (viewer: Page, x: number, y: number) =>
  viewer.$eval(
    'video',
    (video, across, down) => {
      const { left, top, width, height } = video.getBoundingClientRect();
      return [left + across * width, top + down * height] as const;
    },
    x,
    y,
  );

/** Points with the real mouse, in two steps: the first may still be outside. */
async function points(viewer: Page, x: number, y: number): Promise<void> {
  await viewer.bringToFront();
  await offers(viewer, null);
  if (!(await viewer.$('[aria-label="Point"][aria-pressed="true"]'))) await viewer.keyboard.press('p');
  await viewer.mouse.move(...(await onPicture(viewer, x / 2, y / 2)));
  await viewer.mouse.move(...(await onPicture(viewer, x, y)));
}

async function watches(alice: Person, bob: Person, url: string): Promise<Page> {
  await alice.goesTo(url);
  await alice.sharesTab();
  const viewer = await bob.watches();
  await viewer.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 2, { timeout: LIMIT_MS });
  return viewer;
}

pairedTest(
  'the pointer and clicks of who watches are seen in the shared page, while both want it',
  async ({ people }) => {
    const { alice, bob, pages, problems } = people;
    const viewer = await watches(alice, bob, pages.url('plain', { title: 'Tides' }));
    await points(viewer, 0.5, 0.25);
    await marks(alice).toEqual({ name: 'Bob', ripples: 0 });
    const seen = async () => {
      const [x, y] = await alice.page.evaluate(
        () => [Math.round(innerWidth / 2), Math.round(innerHeight / 4)] as const,
      );
      // A pixel of the picture may be less than one of the page.
      const colours = [-1, 0, 1].map((off) =>
        colourAt(alice.page, x + INSIDE_ARROW.x + off, y + INSIDE_ARROW.y, viewer),
      );
      return (await Promise.all(colours)).map(String).includes(String(ARROW_COLOUR));
    };
    await expect.poll(seen, { timeout: LIMIT_MS }).toBe(true);
    await viewer.bringToFront();
    // A ripple is over in less than a second: one click after the other, until one is seen.
    const ripples = async () => {
      await viewer.mouse.click(...(await onPicture(viewer, 0.5, 0.25)));
      return (await pageMarks(alice.page)).ripples;
    };
    await expect.poll(ripples, { timeout: LIMIT_MS, interval: 10 }).toBeGreaterThan(0);

    await alice.clicks('Bob points');
    await marks(alice).toEqual(NOBODY);
    await offers(viewer, 'Pointing is off at Alice’s side');
    await alice.seesPressed('Bob points', false);
    await alice.clicks('Bob points');
    await points(viewer, 0.75, 0.75);
    await marks(alice).toEqual({ name: 'Bob', ripples: 0 });
    await viewer.bringToFront();
    await viewer.keyboard.press('p');
    await marks(alice).toEqual(NOBODY);

    await points(viewer, 0.25, 0.25);
    await marks(alice).toMatchObject({ name: 'Bob' });
    await alice.clicks('Stop sharing');
    await alice.page.waitForFunction(() => !document.querySelector('pairwise-pointer'), { timeout: LIMIT_MS });
    expect(problems()).toEqual([]);
  },
);

pairedTest(
  'on the same site the pointer stays, on another one it is back after a click on the icon',
  async ({ people }) => {
    const { alice, bob, pages, problems } = people;
    const elsewhere = await startPages();
    onTestFinished(() => elsewhere.close());
    const viewer = await watches(alice, bob, pages.url('colours'));
    await alice.goesTo(pages.url('plain', { title: 'Second page' }));
    await names(viewer, 'Second page');
    await points(viewer, 0.5, 0.5);
    await marks(alice).toMatchObject({ name: 'Bob' });
    // Back to a page that the browser has kept as it was.
    await alice.page.bringToFront();
    await alice.page.goBack();
    await names(viewer, 'Moving colours');
    await points(viewer, 0.25, 0.5);
    await marks(alice).toMatchObject({ name: 'Bob' });

    await alice.goesTo(elsewhere.url('colours'));
    await offers(viewer, UNREACHED);
    expect(await viewer.$$eval('header a', (links) => links.map((link) => link.textContent))).toEqual([]);
    await movingColours(viewer);
    await marks(alice).toEqual(NOBODY);

    // The icon is clicked on the tab, and that is all.
    await alice.popup();
    await points(viewer, 0.5, 0.5);
    await marks(alice).toMatchObject({ name: 'Bob' });
    await viewer.waitForSelector('header a', { visible: true, timeout: LIMIT_MS });
    expect(problems()).toEqual([]);
  },
);

pairedTest(
  'a password field pauses what is shown, and one click goes on',
  async ({ people: { alice, bob, problems } }) => {
    const form = `<title>Log in</title><link rel="icon" href="data:,"><label>Name <input id="name"></label><input id="password" type="password">
    <p id="count"></p><script>setInterval(() => { count.textContent = performance.now() }, 50)</script>`;
    const site = await startSite({ '/': gives(form, { 'content-type': 'text/html' }) });
    onTestFinished(() => site.close());
    const viewer = await watches(alice, bob, `${site.origin}/`);
    await alice.page.bringToFront();
    await alice.page.focus('#password');
    await says(viewer, 'A password field has the focus on that page.');
    await alice.sees('A password field has focus');
    await alice.clicks('Go on');
    await says(viewer, 'is shown');
    // It goes on although the field still has the focus, until the focus has left it and come again.
    await alice.closesPopup();
    await alice.page.focus('#name');
    await alice.page.focus('#password');
    await says(viewer, 'A password field has the focus on that page.');
    await alice.clicks('Go on');
    await says(viewer, 'is shown');
    expect(problems()).toEqual([]);
  },
);

pairedTest('of a tab with a password field in focus nothing is seen before the click', async ({ people }) => {
  const { alice, bob, problems } = people;
  const page = (colour: string, rest: string) =>
    gives(
      `<title>${colour}</title><link rel="icon" href="data:,"><style>html{background:${colour}}</style>${rest}
      <p id="count"></p><script>setInterval(() => { count.textContent = performance.now() }, 20)</script>`,
      { 'content-type': 'text/html' },
    );
  const site = await startSite({
    '/': page('#c00', ''),
    '/login': page('#00c', '<input id="password" type="password" autofocus>'),
  });
  onTestFinished(() => site.close());
  const viewer = await watches(alice, bob, `${site.origin}/`);
  await seesColour(viewer, [204, 0, 0]);
  await viewer.evaluate(() => {
    const video = document.querySelector('video');
    const paint = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const look = () => {
      if (!video || !paint) throw new Error('nothing to look at');
      paint.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 8, 8, 0, 0, 1, 1);
      const [red = 0, , blue = 0] = paint.getImageData(0, 0, 1, 1).data;
      globalThis.sawLogin ||= blue > red;
      video.requestVideoFrameCallback(look);
    };
    globalThis.sawLogin = false;
    video?.requestVideoFrameCallback(look);
  });
  const sawLogin = () => viewer.evaluate(() => globalThis.sawLogin);
  await alice.opensTab(`${site.origin}/login`);
  await alice.page.focus('#password');
  await alice.clicks('Switch');
  await alice.clicks('This tab', 'menuitem');
  await says(viewer, 'A password field has the focus on that page.');
  await alice.sees('A password field has focus');
  expect(await sawLogin()).toBe(false);
  await alice.clicks('Go on');
  await seesColour(viewer, [0, 0, 204]);
  // A picture may be seen a moment before its callback runs.
  await expect.poll(sawLogin, { timeout: LIMIT_MS }).toBe(true);
  expect(problems()).toEqual([]);
});

declare global {
  /** Whether a picture of the page with the password field has come. */
  var sawLogin: boolean;
}

pairedTest('a window that is resized changes the size of the picture, without bars', async ({ people }) => {
  const { alice, bob, problems } = people;
  const body = `<title>All green</title><link rel="icon" href="data:,"><style>html{background:#0a0}</style><p id="count"></p>
    <script>setInterval(() => { count.textContent = performance.now() }, 50)</script>`;
  const site = await startSite({ '/': gives(body, { 'content-type': 'text/html' }) });
  onTestFinished(() => site.close());
  const viewer = await watches(alice, bob, `${site.origin}/`);
  const picture = () =>
    viewer.$eval('video', (video) => {
      const { videoWidth: width, videoHeight: height } = video;
      const paint = new OffscreenCanvas(width || 1, height || 1).getContext('2d');
      paint?.drawImage(video, 0, 0);
      const corners = [
        [3, 3],
        [width - 4, 3],
        [3, height - 4],
        [width - 4, height - 4],
      ] as const;
      const isGreen = corners.map(([x, y]) => {
        const [red = 0, green = 0, blue = 0] = paint?.getImageData(Math.max(0, x), Math.max(0, y), 1, 1).data ?? [];
        return red < 60 && green > 120 && blue < 60;
      });
      return { width, height, corners: isGreen };
    });
  // Encoders work on blocks of two by two.
  const even = (pixels: number) => 2 * Math.floor(pixels / 2);
  const size = () =>
    alice.page.evaluate(() => ({ width: innerWidth * devicePixelRatio, height: innerHeight * devicePixelRatio }));
  // A window takes a moment to get another size, and its page another one.
  const missing = async () => {
    const [{ width, height }, shown] = [await size(), await picture()];
    return { width: even(width) - shown.width, height: even(height) - shown.height, corners: shown.corners };
  };
  const shows = async () => {
    const corners = [true, true, true, true];
    await expect.poll(missing, { timeout: LIMIT_MS }).toEqual({ width: 0, height: 0, corners });
  };
  await shows();
  for (const [width, height] of [
    [900, 700],
    [700, 760],
  ] as const) {
    const before = await size();
    const windowId = await alice.page.windowId();
    await alice.browser.browser.setWindowBounds(windowId, { width, height });
    await expect.poll(size, { timeout: LIMIT_MS }).not.toEqual(before);
    await shows();
  }
  expect(problems()).toEqual([]);
});

pairedTest('both are told that a film in the page is protected, and that it is gone', async ({ people }) => {
  const { alice, bob, problems } = people;
  const site = await startFilmSite();
  onTestFinished(() => site.close());
  const viewer = await watches(alice, bob, `${site.origin}/`);
  await names(viewer, 'Film');
  const notes = () => expect.poll(() => viewer.evaluate(() => document.body.innerText), { timeout: LIMIT_MS });
  await alice.closesPopup();
  await alice.page.bringToFront();
  await playsFilm(alice.page);
  await getsKeys(alice.page);
  await notes().toContain('A film in Alice’s page is protected and may stay black here');
  await alice.sees('A film in this page is protected and may stay black for Bob');
  await alice.closesPopup();
  await alice.page.$eval('video', (video) => video.remove());
  await notes().not.toContain('is protected');
  expect(problems()).toEqual([]);
});
