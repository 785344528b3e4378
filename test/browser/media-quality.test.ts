import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { patient } from '../support/browser.ts';
import type {} from './media/quality-page.ts';
import type {} from './media/shown-page.ts';
import { bundle, launchPlainBrowser, openPlainPage } from './media/stage.ts';

const SIZE = { width: 1_280, height: 720 };
const TITLE = 'What is shown';
/** What a decision may take on two busy cores; on its own it takes about three seconds. */
const DECISION_LIMIT_MS = 60_000;

let scripts: { shown: string; quality: string };
let browser: Browser;
let tab: Page;
let watching: Page;

beforeAll(async () => {
  const script = (name: string) => bundle(join(import.meta.dirname, 'media', `${name}.ts`));
  scripts = { shown: await script('shown-page'), quality: await script('quality-page') };
});
beforeEach(async () => {
  browser = await launchPlainBrowser({ tabToCapture: TITLE });
  tab = await openPlainPage(browser);
  await tab.setViewport(SIZE);
  await tab.addScriptTag({ content: scripts.shown, type: 'module' });
  await tab.evaluate((title) => {
    document.title = title;
  }, TITLE);
  await tab.waitForFunction(() => 'shown' in globalThis);
  // In a window of its own, where its timers aren't throttled behind the other.
  watching = patient(await browser.newPage({ type: 'window' }));
  await watching.goto(tab.url());
  await browser.defaultBrowserContext().overridePermissions(new URL(watching.url()).origin, ['microphone', 'camera']);
  await watching.addScriptTag({ content: scripts.quality, type: 'module' });
  await watching.waitForFunction(() => 'quality' in globalThis);
});
afterEach(() => browser.close());

async function shareText(): Promise<void> {
  await tab.evaluate(() => shown.text());
  await watching.evaluate(() => quality.share());
}

/** What the sharer told the encoder. */
const sent = () => watching.evaluate(() => quality.sent());
const SHARP = { contentHint: 'detail', degradationPreference: 'maintain-resolution' } as const;
const SMOOTH = { contentHint: '', degradationPreference: 'maintain-framerate' } as const;

async function becomes<Value>(read: () => Promise<Value>, value: Value): Promise<void> {
  await expect.poll(read, { timeout: DECISION_LIMIT_MS }).toEqual(value);
}

/** Waits until so many more frames have arrived: what has been decided by then counts. */
async function framesLater(count: number): Promise<void> {
  const before = await watching.evaluate(() => quality.framesSeen());
  const seen = async () => (await watching.evaluate(() => quality.framesSeen())) - before;
  await expect.poll(seen, { timeout: DECISION_LIMIT_MS }).toBeGreaterThan(count);
}

test('the picture has the size of what is shown, follows it, and has no bars', async () => {
  await shareText();
  await tab.evaluate(() => shown.framed());
  const isGreen = ([red = 255, green = 0, blue = 255]: number[]) => red < 40 && green > 160 && blue < 40;
  const sizes = [
    { shown: [1_280, 720], seen: [1_280, 720] },
    { shown: [700, 1_300], seen: [700, 1_300] },
    { shown: [1_001, 701], seen: [1_000, 700] },
    // More than encoders can follow: smaller, in its own shape.
    { shown: [3_840, 2_160], seen: [2_560, 1_440] },
    { shown: [300, 200], seen: [300, 200] },
  ] as const;
  for (const size of sizes) {
    await tab.setViewport({ width: size.shown[0], height: size.shown[1] });
    await becomes(() => watching.evaluate(() => quality.videoSize()), [...size.seen]);
    const edges = async () => (await watching.evaluate(() => quality.edges())).map(isGreen);
    await becomes(edges, Array<boolean>(8).fill(true));
  }
});

test('a page to read is sent sharp, and stands exactly as it is soon after it has come to rest', async () => {
  await shareText();
  await becomes(() => watching.evaluate(() => quality.content()), 'text');
  await becomes(sent, SHARP);
  const photograph = await tab.screenshot({ encoding: 'base64' });
  const likeness = () => watching.evaluate((photograph) => quality.stillLikeness(photograph), photograph);
  await expect.poll(likeness, { timeout: DECISION_LIMIT_MS }).toBeGreaterThan(0.999);

  await tab.evaluate(() => shown.change());
  const after = await tab.screenshot({ encoding: 'base64' });
  const likenessAfter = () => watching.evaluate((photograph) => quality.stillLikeness(photograph), after);
  await expect.poll(likenessAfter, { timeout: DECISION_LIMIT_MS }).toBeGreaterThan(0.999);
  expect(await watching.evaluate((photograph) => quality.stillLikeness(photograph), photograph)).toBeLessThan(0.999);
});

test('what is seen is sharp within a second of the last change', async () => {
  await shareText();
  await expect.poll(() => watching.evaluate(() => quality.hasStill()), { timeout: DECISION_LIMIT_MS }).toBe(true);
  const round = async () => {
    const startedMs = performance.now();
    await tab.evaluate(() => shown.change());
    const photograph = await tab.screenshot({ encoding: 'base64' });
    const likeness = () => watching.evaluate((photograph) => quality.seenLikeness(photograph), photograph);
    await expect.poll(likeness, { timeout: DECISION_LIMIT_MS, interval: 20 }).toBeGreaterThan(0.99);
    return performance.now() - startedMs;
  };
  // The fastest of some: others may want the computer at the same moment, and nothing makes a picture sharp too early.
  await expect.poll(round, { timeout: 2 * DECISION_LIMIT_MS }).toBeLessThan(1_000);
});

test('pages that are leafed through cost no still once the video is as good', async () => {
  await shareText();
  await expect.poll(() => watching.evaluate(() => quality.hasStill()), { timeout: DECISION_LIMIT_MS }).toBe(true);
  // The line is found to be wide within some pages.
  let stills = -1;
  const leaf = async () => {
    const before = await watching.evaluate(() => quality.stills());
    await tab.evaluate(() => shown.change());
    const photograph = await tab.screenshot({ encoding: 'base64' });
    const likeness = () => watching.evaluate((photograph) => quality.videoLikeness(photograph), photograph);
    await expect.poll(likeness, { timeout: DECISION_LIMIT_MS }).toBeGreaterThan(0.99);
    stills = (await watching.evaluate(() => quality.stills())) - before;
  };
  await expect.poll(() => leaf().then(() => stills), { timeout: DECISION_LIMIT_MS }).toBe(0);
  // Whoever stays and reads has it exactly.
  await expect.poll(() => watching.evaluate(() => quality.hasStill()), { timeout: DECISION_LIMIT_MS }).toBe(true);
});

test('film is sent smooth, text that scrolls stays sharp, and both are told apart again', async () => {
  await shareText();
  await becomes(sent, SHARP);
  await tab.evaluate(() => shown.scroll());
  await framesLater(100);
  expect(await sent()).toEqual(SHARP);
  expect(await watching.evaluate(() => quality.content())).toBe('text');
  // While it moves nothing lies over it; busy cores may hold it up for as long as a rest takes.
  await becomes(() => watching.evaluate(() => quality.hasStill()), false);

  await tab.evaluate(() => shown.film());
  await becomes(() => watching.evaluate(() => quality.content()), 'film');
  await becomes(sent, SMOOTH);

  await tab.evaluate(() => shown.scroll());
  await becomes(sent, SHARP);
});

test('a small moving picture beside something to read leaves it sharp', async () => {
  await shareText();
  await tab.evaluate(() => shown.banner());
  await framesLater(100);
  expect(await sent()).toEqual(SHARP);
});

test('what the person wishes counts, whatever is on the picture', async () => {
  await shareText();
  await becomes(sent, SHARP);
  await watching.evaluate(() => quality.wish('smooth'));
  await becomes(sent, SMOOTH);
  await watching.evaluate(() => quality.wish('balanced'));
  await becomes(sent, { contentHint: 'detail', degradationPreference: 'balanced' });
  await tab.evaluate(() => shown.film());
  await becomes(() => watching.evaluate(() => quality.content()), 'film');
  await becomes(sent, { contentHint: '', degradationPreference: 'balanced' });
  await watching.evaluate(() => quality.wish('sharp'));
  await becomes(sent, SHARP);
});

test('a caret that blinks costs a few stills, not one each second', async () => {
  await shareText();
  await expect.poll(() => watching.evaluate(() => quality.hasStill()), { timeout: DECISION_LIMIT_MS }).toBe(true);
  await tab.evaluate(() => shown.caret());
  await framesLater(20);
  expect(await watching.evaluate(() => quality.stills())).toBeLessThan(5);
});

test('a picture that stays black is told, and that it is no more', async () => {
  await shareText();
  await becomes(() => watching.evaluate(() => quality.content()), 'text');
  await tab.evaluate(() => shown.black());
  await becomes(() => watching.evaluate(() => quality.trouble()), 'black');
  await tab.evaluate(() => shown.text());
  await becomes(() => watching.evaluate(() => quality.trouble()), null);
  expect(await watching.evaluate(() => quality.troubles())).toEqual(['black', null]);
});

test('a source from which the browser has nothing more is told as frozen', async () => {
  await shareText();
  await becomes(() => watching.evaluate(() => quality.content()), 'text');
  await watching.evaluate(() => quality.mute(true));
  await becomes(() => watching.evaluate(() => quality.trouble()), 'frozen');
  await watching.evaluate(() => quality.mute(false));
  await becomes(() => watching.evaluate(() => quality.trouble()), null);
});

test('nothing is looked at while the share is paused, and looked at again afterwards', async () => {
  await shareText();
  await expect.poll(() => watching.evaluate(() => quality.hasStill()), { timeout: DECISION_LIMIT_MS }).toBe(true);
  await watching.evaluate(() => quality.pause(true));
  const before = await watching.evaluate(() => quality.stills());
  await tab.evaluate(() => shown.change());
  const photograph = await tab.screenshot({ encoding: 'base64' });
  expect(await watching.evaluate(() => quality.stills())).toBe(before);
  await watching.evaluate(() => quality.pause(false));
  const likeness = () => watching.evaluate((photograph) => quality.stillLikeness(photograph), photograph);
  await expect.poll(likeness, { timeout: DECISION_LIMIT_MS }).toBeGreaterThan(0.999);
});
