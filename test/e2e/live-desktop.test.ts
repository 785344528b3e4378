import { expect, onTestFinished, test } from 'vitest';
import { type LaunchOptions, launchBrowser } from '../support/browser.ts';
import { loudestVoice, movingColours } from '../support/measure.ts';
import { type PageServer, startPages } from '../support/pages.ts';
import { Person } from '../support/person.ts';
import { hasScreen, Screen } from '../support/screen.ts';
import { startTestServer } from '../support/server.ts';

/*
 * Real keys, a real click in the real menu of a page, and the whole screen: what only a browser with windows has.
 */
const LIMIT_MS = 60_000;
/** Of the buttons in Chromium's questions, the topmost of which lets the site. */
const BUTTON_COLOUR = [211, 227, 253] as const;
/**
 * Chromium's questions take no click for half a second after they appear or move, and none that follows another one within that time:
 * who clicks again sooner is never heard.
 */
const CLICK_AGAIN_MS = 2_000;

interface Desk {
  readonly alice: Person;
  readonly bob: Person;
  readonly pages: PageServer;
  readonly screen: Screen;
}

/** Alice has a screen, Bob doesn't; they are paired, and Alice has a page in front. */
async function sitDown(launch: LaunchOptions = {}): Promise<Desk> {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const pages = await startPages();
  onTestFinished(() => pages.close());
  const screen = await Screen.open();
  onTestFinished(() => screen.close());
  const pageUrl = pages.url('colours');
  const bob = await Person.start({ name: 'Bob', serverUrl: server.url, pageUrl });
  onTestFinished(() => bob.leaves());
  const windows = { ...launch, headless: false, display: screen.display };
  const alice = await Person.start({ name: 'Alice', serverUrl: server.url, pageUrl }, windows);
  onTestFinished(() => alice.leaves());
  await alice.pairsWith(bob);
  await alice.closesPopup();
  return { alice, bob, pages, screen };
}

/** Whatever leave the icon gave for the page before is gone with it. */
async function showsAnew({ alice }: Desk, url: string): Promise<void> {
  await alice.goesTo('about:blank');
  await alice.goesTo(url);
  await alice.page.bringToFront();
  await expect.poll(() => alice.page.evaluate(() => document.hasFocus()), { timeout: LIMIT_MS }).toBe(true);
}

test.skipIf(!hasScreen())('a shortcut shows the tab, and says so when nobody is there to see it', async () => {
  const desk = await sitDown();
  const { alice, bob, pages, screen } = desk;
  // The browser leaves out a key that it has another use for.
  const worker = await alice.browser.worker();
  const keys = await worker.evaluate(async () => (await chrome.commands.getAll()).map(({ shortcut }) => shortcut));
  expect(keys.sort()).toEqual(['Alt+Shift+L', 'Alt+Shift+O', 'Alt+Shift+S']);
  await showsAnew(desk, pages.url('colours'));
  screen.presses('alt+shift+s');
  await movingColours(await bob.watches());
  await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('●');
  await alice.clicks('Stop sharing');
  await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('');

  await bob.quitsBrowser();
  await alice.sees('Offline');
  await showsAnew(desk, pages.url('colours'));
  screen.presses('alt+shift+s');
  const told = () => worker.evaluate(() => chrome.notifications.getAll());
  await expect.poll(told, { timeout: LIMIT_MS }).toHaveProperty('shortcut');
  expect(await alice.badge()).toBe('');
});

test.skipIf(!hasScreen())(
  'the menu of a page shows the tab, and shortcuts send its link and open Pairwise',
  async () => {
    const desk = await sitDown();
    const { alice, bob, pages, screen } = desk;
    await showsAnew(desk, pages.url('colours'));
    // Our entries stand in a menu of their own, above the page's source and "Inspect".
    await screen.opensMenu(alice.page, 'body');
    screen.presses('Up', 'Up', 'Up', 'Right', 'Return');
    await movingColours(await bob.watches());
    await alice.clicks('Stop sharing');
    await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('');

    // The only one for a field to write in, above "Inspect".
    await showsAnew(desk, pages.url('colours'));
    await alice.page.evaluate(() => {
      const field = document.createElement('textarea');
      field.style.cssText = 'position: fixed; inset: 40% 0 auto 0; block-size: 20%';
      document.body.append(field);
    });
    await screen.opensMenu(alice.page, 'textarea');
    screen.presses('Up', 'Up', 'Return');
    await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('●');
    await alice.clicks('Stop sharing');
    await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('');

    await showsAnew(desk, pages.url('plain', { title: 'Tides of June' }));
    screen.presses('alt+shift+l');
    await bob.sees('Tides of June');

    await alice.closesPopup();
    await showsAnew(desk, pages.url('plain'));
    screen.presses('alt+shift+o');
    const popup = await alice.browser.waitForPanel('/popup.html');
    await popup.waitForSelector('::-p-text(Tides of June)');
  },
);

test.skipIf(!hasScreen())(
  'a click on “Allow” in the browser’s question switches the voice on, and it is heard',
  async () => {
    const desk = await sitDown({ args: ['--use-fake-device-for-media-stream'] });
    const { alice, bob, pages, screen } = desk;
    await showsAnew(desk, pages.url('colours'));
    await alice.sharesTab();
    const viewer = await bob.watches();
    await movingColours(viewer);
    await alice.clicks('My voice');
    const asking = await alice.browser.waitForPanel('/microphone.html');
    const answers = async () => {
      // Where the window is isn't known in its first moments.
      const window = await asking
        .evaluate(() => ({ x: screenX, y: screenY, width: outerWidth, height: outerHeight }))
        .catch(() => null);
      const allow = window && screen.finds(BUTTON_COLOUR, window);
      if (allow) screen.clicks({ x: allow.x, y: allow.y + 10 });
      return asking.isClosed() ? 'closed' : { window, allow };
    };
    await expect.poll(answers, { timeout: LIMIT_MS, interval: CLICK_AGAIN_MS }).toBe('closed');
    await alice.seesPressed('My voice', true);
    await viewer.waitForSelector('header .voice', { timeout: LIMIT_MS });
    expect(await loudestVoice(viewer)).toBeGreaterThan(0.01);
  },
);

test.skipIf(!hasScreen())('a shared tab goes on while its window is minimised', async () => {
  const desk = await sitDown();
  const { alice, bob, pages, screen } = desk;
  await showsAnew(desk, pages.url('colours'));
  await alice.sharesTab();
  const viewer = await bob.watches();
  await movingColours(viewer);
  const restore = screen.minimises('Moving colours');
  // As long as Chromium is asked for its pictures a tab is drawn, whoever can see it.
  for (let more = 0; more < 3; more += 1) await movingColours(viewer);
  expect(await viewer.evaluate(() => document.body.innerText)).not.toContain('stands still');
  restore();
});

test.skipIf(!hasScreen())(
  'a window of another program that is minimised is told as that until it is back',
  async () => {
    const desk = await sitDown({ args: ['--auto-select-window-capture-source-by-title=Other program'] });
    const { alice, bob, pages, screen } = desk;
    const other = await launchBrowser({ headless: false, display: screen.display });
    onTestFinished(() => other.close());
    const [page] = await other.browser.pages();
    await page?.goto(pages.url('plain', { title: 'Other program' }));
    screen.brings('Moving colours');
    await showsAnew(desk, pages.url('colours'));
    await alice.clicks('Attach');
    await alice.clicks('Share a window or screen', 'menuitem');
    const viewer = await bob.watches();
    const isThere = () => viewer.$eval('video', ({ videoWidth }) => videoWidth > 100);
    await expect.poll(isThere, { timeout: LIMIT_MS }).toBe(true);
    const told = () => viewer.evaluate(() => document.body.innerText.includes('its window may be minimised'));
    expect(await told()).toBe(false);

    const restore = screen.minimises('Other program');
    await expect.poll(told, { timeout: LIMIT_MS }).toBe(true);
    await alice.sees('Nothing new comes from this window. If it is minimised, bring it back');
    restore();
    await expect.poll(told, { timeout: LIMIT_MS }).toBe(false);
    await expect.poll(isThere, { timeout: LIMIT_MS }).toBe(true);
  },
);

test.skipIf(!hasScreen())('the entire screen is shown', async () => {
  const desk = await sitDown({ args: ['--auto-select-desktop-capture-source=Entire screen'] });
  const { alice, bob, pages } = desk;
  await showsAnew(desk, pages.url('colours'));
  await alice.clicks('Attach');
  await alice.clicks('Share a window or screen', 'menuitem');
  const viewer = await bob.watches();
  const size = () => viewer.$eval('video', ({ videoWidth, videoHeight }) => [videoWidth, videoHeight]);
  await expect.poll(size, { timeout: LIMIT_MS }).toEqual([1_280, 900]);
  // The bars of the page are on it, as large as the window, and they move.
  const colours = () =>
    viewer.$eval('video', (video) => {
      const paint = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d');
      paint?.drawImage(video, 0, 0);
      const { data } = paint?.getImageData(0, video.videoHeight / 2, video.videoWidth, 1) ?? { data: [] };
      const seen = new Set<string>();
      for (let at = 0; at < data.length; at += 4) {
        seen.add([...data.slice(at, at + 3)].map((part) => (part > 160 ? 1 : part < 90 ? 0 : '?')).join(''));
      }
      return ['100', '010', '001', '110'].every((colour) => seen.has(colour));
    });
  await expect.poll(colours, { timeout: LIMIT_MS }).toBe(true);
  await viewer.waitForSelector('[aria-description="Only a shared tab can be pointed at"]', { timeout: LIMIT_MS });
  await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('●');
  await alice.clicks('Stop sharing');
  await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('');
});
