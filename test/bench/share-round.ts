import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { median } from './report.ts';
import { watchBare } from './share-bare.ts';
import { ageMs, seenBetween } from './share-eye.ts';
import { likeness } from './share-likeness.ts';
import { type Content, type LiveStage, WAIT_LIMIT_MS, type Watched, type Way } from './share-stage.ts';
import { watchPairwise } from './share-way.ts';
import { photograph } from './share-window.ts';
import { startUsage } from './usage.ts';

/** Bitrates have found their level by then, and the viewer's controls have faded. */
const SETTLE_MS = 5_000;
const WINDOW_MS = 6_000;
/** A shared page that can't draw more is no measure of what shows it: the computer is too busy. */
const LEAST_DRAWN_FPS = 25;
/** Between two pages of still text; the second half of it nothing moves. */
const PAGE_MS = 2_000;
const STILL_PAGES = 3;
/** When still text has to be sharp. */
const SHARP_AFTER_MS = 1_000;
const PHOTOGRAPHS = 4;
const BETWEEN_PHOTOGRAPHS_MS = 300;

export type Kind = 'bare' | 'pairwise';

/** What one way of showing a tab achieved in one round. */
export interface Achieved {
  readonly way: Way;
  /** See `Watched`. */
  readonly openMs: number | null;
  readonly latencyMs: number;
  readonly latencyP95Ms: number;
  /** New pictures a second; null for what stands still. */
  readonly fps: number | null;
  readonly ssim: number | null;
  readonly cpuPercent: number;
}

const WAYS: Readonly<Record<Kind, (stage: LiveStage) => Promise<Watched>>> = {
  bare: watchBare,
  pairwise: watchPairwise,
};

/** Shows Alice's page to Bob in one of the two ways, and looks on for a while. */
export async function watchOnce(stage: LiveStage, kind: Kind, content: Content): Promise<Achieved> {
  const source = await stage.shows(content);
  const watched = await WAYS[kind](stage);
  const { viewer, way, openMs } = watched;
  await delay(SETTLE_MS);
  const look = content === 'still' ? turnPages : lookOn;
  const moving = await look(stage, source, viewer);
  const photographs = content === 'still' ? await photographStill(source, viewer) : await photographMoving(viewer);
  await watched.end();
  const likenesses = await likeness(source, photographs);
  if (likenesses.length === 0) console.log(`  (${kind}: no photograph could be read)`);
  return { way, openMs, ...moving, ssim: likenesses.length > 0 ? median(likenesses) : null };
}

type Moving = Pick<Achieved, 'latencyMs' | 'latencyP95Ms' | 'fps' | 'cpuPercent'>;

/** How old new pictures are when they come, and how many do. */
async function lookOn(stage: LiveStage, source: Page, viewer: Page): Promise<Moving> {
  const { alice, bob } = stage.people;
  const drawn = () => source.evaluate(() => live.drawn);
  const drawnBefore = await drawn();
  const fromMs = Date.now();
  const usage = await startUsage([alice.browser.browser, bob.browser.browser], { memory: false });
  await delay(WINDOW_MS);
  const { cpuPercent } = await usage.stop();
  const untilMs = Date.now();
  const drawnFps = ((await drawn()) - drawnBefore) / ((untilMs - fromMs) / 1_000);
  if (drawnFps < LEAST_DRAWN_FPS)
    console.log(`  (the shared page itself drew only ${drawnFps.toFixed(1)} pictures a second)`);
  const seen = await seenBetween(viewer, fromMs, untilMs);
  const ages = seen.map(({ code, atMs }) => ageMs(code, atMs));
  return { ...agesOf(ages), fps: seen.length / ((untilMs - fromMs) / 1_000), cpuPercent };
}

/** How long a page of text takes from the moment it is turned until the viewer shows the new one. */
async function turnPages(stage: LiveStage, source: Page, viewer: Page): Promise<Moving> {
  const { alice, bob } = stage.people;
  const ages: number[] = [];
  const usage = await startUsage([alice.browser.browser, bob.browser.browser], { memory: false });
  for (let page = 0; page < STILL_PAGES; page += 1) {
    const code = await source.evaluate(() => live.turn());
    await Promise.all([ageOf(viewer, code).then((age) => ages.push(age)), delay(PAGE_MS)]);
  }
  const { cpuPercent } = await usage.stop();
  return { ...agesOf(ages), fps: null, cpuPercent };
}

async function ageOf(viewer: Page, code: number): Promise<number> {
  const found = await viewer.waitForFunction(
    (wanted) => globalThis.seen?.findLast((one) => one.code === wanted),
    { timeout: WAIT_LIMIT_MS, polling: 100 },
    code,
  );
  const seen = await found.jsonValue();
  if (!seen) throw new Error('Seen, and not there.');
  return ageMs(seen.code, seen.atMs);
}

function agesOf(ages: readonly number[]): Pick<Achieved, 'latencyMs' | 'latencyP95Ms'> {
  if (ages.length === 0) throw new Error('No new picture was seen.');
  const sorted = ages.toSorted((a, b) => a - b);
  const late = sorted[Math.ceil(0.95 * sorted.length) - 1];
  return { latencyMs: median(ages), latencyP95Ms: late ?? Number.NaN };
}

/** A second after a page was turned, whatever the viewer shows then. */
async function photographStill(source: Page, viewer: Page): Promise<string[]> {
  const photographs: string[] = [];
  for (let page = 0; page < STILL_PAGES; page += 1) {
    await Promise.all([source.evaluate(() => live.turn()), delay(SHARP_AFTER_MS)]);
    photographs.push(await photograph(viewer));
  }
  return photographs;
}

async function photographMoving(viewer: Page): Promise<string[]> {
  const photographs: string[] = [];
  for (let index = 0; index < PHOTOGRAPHS; index += 1) {
    photographs.push(await photograph(viewer));
    await delay(BETWEEN_PHOTOGRAPHS_MS);
  }
  return photographs;
}
