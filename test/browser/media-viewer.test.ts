import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleView, launchPlainBrowser, openPlainPage } from './media/stage.ts';
// For the type of `host`, which the page puts there.
import './media/viewer-page.tsx';

const ARTIFACTS = join(import.meta.dirname, '..', '.artifacts');
const SOURCE = { colour: 'rgb(20 140 60)', toneHz: 880 };
const WAIT_MS = 20_000;

let view: { script: string; style: string };
let browser: Browser;
let page: Page;

beforeAll(async () => {
  await mkdir(ARTIFACTS, { recursive: true });
  view = await bundleView(join(import.meta.dirname, 'media', 'viewer-page.tsx'));
  browser = await launchPlainBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  page = await openHost(browser);
});
afterEach(() => page.close());

async function openHost(browser: Browser): Promise<Page> {
  const page = await openPlainPage(browser);
  await page.setViewport({ width: 1280, height: 720 });
  await page.addStyleTag({ content: view.style });
  await page.addScriptTag({ content: view.script, type: 'module' });
  await page.waitForFunction(() => 'host' in globalThis);
  return page;
}

async function watching(source = SOURCE): Promise<void> {
  await page.evaluate((source) => {
    host.open(source);
    host.ready();
  }, source);
  await says('The picture of Bob is shown.');
}

const status = () => page.$eval('[role=status]', (element) => element.textContent);
const says = (text: string) => expect.poll(status, { timeout: WAIT_MS }).toBe(text);
const pressed = (label: string) => page.$eval(`[aria-label="${label}"]`, (button) => button.ariaPressed);
const video = <Value>(read: (video: HTMLVideoElement) => Value) => page.$eval('video', read);
const click = (text: string) => page.locator(`::-p-aria([name="${text}"][role="button"])`).click();
/** Not part of any verdict: for people to look at. */
const shoot = (name: string) => page.screenshot({ path: join(ARTIFACTS, `viewer-${name}.png`) });

test('it says what it waits for, then shows picture, name, title and time', async () => {
  await page.evaluate((source) => host.open(source), SOURCE);
  await says('Connecting to Bob');
  await shoot('connecting');
  await page.evaluate(() => host.ready());
  await says('The picture of Bob is shown.');
  const header = await page.$eval('header', (header) => header.innerText);
  expect(header).toMatch(/Bob’s tab\s+Tide tables for the harbour\s+Live\s+04:\d\d/);
  expect(await page.title()).toBe('Bob’s tab');
  expect(await video((video) => [video.videoWidth, video.videoHeight, video.muted])).toEqual([640, 360, false]);
  await shoot('live');
});

test('keys do what the buttons say', async () => {
  await watching();
  await page.keyboard.press('m');
  expect(await video((video) => video.muted)).toBe(true);
  expect(await pressed('Mute')).toBe('true');
  await page.keyboard.press('m');
  expect(await video((video) => video.muted)).toBe(false);

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await video((video) => video.volume)).toBeCloseTo(0.9);
  await page.keyboard.press('ArrowUp');
  expect(await video((video) => video.volume)).toBeCloseTo(0.95);

  await page.keyboard.press('1');
  expect(await video((video) => [video.clientWidth, video.clientHeight])).toEqual([640, 360]);
  expect(await pressed('Actual size')).toBe('true');
  await shoot('actual-size');
  await page.keyboard.press('0');
  expect(await video((video) => [video.clientWidth, video.clientHeight])).toEqual([1280, 720]);

  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await expect.poll(() => pressed('Full screen')).toBe('true');
  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement === null);
});

test('the small window opens and closes, and the picture goes on', async () => {
  await watching();
  await page.keyboard.press('i');
  await page.waitForFunction(() => document.pictureInPictureElement !== null);
  expect(await pressed('Picture in picture')).toBe('true');
  await page.keyboard.press('i');
  await page.waitForFunction(() => document.pictureInPictureElement === null);
  await expect.poll(() => video((video) => video.paused)).toBe(false);
});

test('statistics say how large, how coded and how fast', async () => {
  await watching();
  await page.keyboard.press('d');
  const shown = () => page.$eval('.stats', (panel) => panel.textContent).catch(() => '');
  await expect.poll(shown, { timeout: WAIT_MS }).toMatch(/640 × 360, \d+ fps.*VP8.*\d kbit\/s.*0\.0 %.*\d ms/);
  await shoot('statistics');
  await page.keyboard.press('d');
  expect(await page.$('.stats')).toBeNull();
});

test('controls fade when nothing moves and come back for the keyboard', async () => {
  await watching();
  const controls = () => page.$eval('.dock', (dock) => getComputedStyle(dock).opacity);
  await expect.poll(controls, { timeout: WAIT_MS }).toBe('0');
  await shoot('faded');
  await page.keyboard.press('Tab');
  await expect.poll(controls, { timeout: WAIT_MS }).toBe('1');
  expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Mute');
});

test('when the share ends it says so, with a way out', async () => {
  await watching();
  await page.evaluate(() => host.say({ type: 'ended', why: 'stopped' }));
  await says('Bob stopped sharing');
  expect(await page.$('.tag')).toBeNull();
  await shoot('ended');
  await click('Close');
  expect(await page.evaluate(() => host.left)).toBe(true);
});

test('when another window shows it, it can be fetched back', async () => {
  await watching();
  await page.evaluate(() => host.say({ type: 'replaced' }));
  await says('Shown in another window');
  await shoot('replaced');
  await click('Watch here');
  await says('The picture of Bob is shown.');
});

test('a signal that the browser refuses leads to a new attempt', async () => {
  await page.evaluate(() => {
    host.open({ colour: 'red', toneHz: null });
    host.say({ type: 'ready' });
    host.say({ type: 'signal', signal: { kind: 'description', type: 'offer', sdp: 'nonsense' } });
  });
  await says('The picture could not be set upTry again. If it happens again, ask Bob to share once more.');
  await shoot('failed');
  await click('Try again');
  await says('The picture of Bob is shown.');
});

test('with the offscreen document started anew the share is found again', async () => {
  await watching();
  await page.evaluate(() => {
    host.losePort();
    host.knowShare(false);
    host.say({ type: 'ended', why: 'stopped' });
  });
  await says('Connection lostPairwise is reconnecting. The picture comes back by itself.');
  await shoot('reconnecting');
  await page.evaluate(() => host.knowShare(true));
  await says('The picture of Bob is shown.');
});

test('a browser that refuses sound shows the picture and offers the sound', async () => {
  const strict = await launchPlainBrowser({ autoplay: false });
  try {
    page = await openPlainPage(strict);
    // Puppeteer's own evaluate counts as a click; the browser would not refuse anything after that.
    const devTools = await page.createCDPSession();
    const quietly = (expression: string) =>
      devTools.send('Runtime.evaluate', { expression, awaitPromise: true, userGesture: false });
    await quietly(view.script);
    await quietly(
      `document.head.append(Object.assign(document.createElement('style'), { textContent: ${JSON.stringify(view.style)} }))`,
    );
    await quietly(`host.open(${JSON.stringify(SOURCE)}); host.ready()`);
    await quietly(`new Promise((resolve) => {
      const look = () => document.querySelector('video').videoWidth > 0 ? resolve() : requestAnimationFrame(look);
      look();
    })`);
    expect(await video((video) => [video.muted, video.paused])).toEqual([true, false]);
    await shoot('sound-refused');
    await click('Turn sound on');
    expect(await video((video) => [video.muted, video.paused])).toEqual([false, false]);
    expect(await page.$('::-p-aria([name="Turn sound on"])')).toBeNull();
  } finally {
    await strict.close();
    page = await openHost(browser);
  }
});
