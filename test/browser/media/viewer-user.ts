import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Source } from './source.ts';
import { bundleView, launchPlainBrowser, openPlainPage } from './stage.ts';
// For the type of `host`, which the page puts there.
import type {} from './viewer-page.tsx';

const ARTIFACTS = join(import.meta.dirname, '..', '..', '.artifacts');
export const SOURCE = { colour: 'rgb(20 140 60)', toneHz: 880 };
/** Everything runs on busy cores. */
export const WAIT_MS = 60_000;
/** What is said below the title where only the relay is left. */
export const NEEDS_TURN =
  'A live picture can’t go through the relay, and your server has no TURN that this network lets through. Use another network; messages, links and files go on.';

/** What makes a plain page the viewer. */
export let view: { script: string; style: string };
let browser: Browser;
/** The viewer page of the test that runs. */
export let page: Page;

/** Another page takes the place of the test's own while `use` runs. */
export async function inPage(other: Page, use: () => Promise<void>): Promise<void> {
  const own = page;
  page = other;
  try {
    await use();
  } finally {
    page = own;
  }
}

/** Gives each test of a file a viewer page of its own. */
export function openViewers(): void {
  beforeAll(async () => {
    await mkdir(ARTIFACTS, { recursive: true });
    view = await bundleView(join(import.meta.dirname, 'viewer-page.tsx'));
    browser = await launchPlainBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    page = await openHost(browser);
  });
  afterEach(() => page.close());
}

async function openHost(browser: Browser): Promise<Page> {
  const page = await openPlainPage(browser);
  await page.setViewport({ width: 1280, height: 720 });
  await page.addStyleTag({ content: view.style });
  await page.addScriptTag({ content: view.script, type: 'module' });
  await page.waitForFunction(() => 'host' in globalThis);
  return page;
}

export async function watching(source: Source | 'standing' = SOURCE): Promise<void> {
  await page.evaluate((source) => {
    host.open(source);
    host.ready();
  }, source);
  await says('The picture of Bob is shown.');
  // Where cores are busy this may begin after the picture.
  await page.waitForFunction(() => host.canTell());
}

export const status = () => page.$eval('[role=status]', (element) => element.textContent);
export const says = (text: string) => expect.poll(status, { timeout: WAIT_MS }).toBe(text);
export const pressed = (label: string) => page.$eval(`[aria-label="${label}"]`, (button) => button.ariaPressed);
export const noted = () => page.$eval('.notes', (notes) => (notes as HTMLElement).innerText.trim());
export const disabledReason = (key: string) =>
  page.$eval(`[aria-keyshortcuts="${key}"]`, (button) => button.ariaDisabled === 'true' && button.ariaDescription);
/** Where the picture lies in the window. */
export const rect = () =>
  video((video) => {
    const { left, top, width, height } = video.getBoundingClientRect();
    return { left, top, width, height };
  });
export const pointed = () => page.evaluate(() => host.pointed);
export const video = <Value>(read: (video: HTMLVideoElement) => Value) => page.$eval('video', read);
export const click = (text: string) => page.locator(`::-p-aria([name="${text}"][role="button"])`).click();
/** Not part of any verdict: for people to look at. */
export const shoot = (name: string) => page.screenshot({ path: join(ARTIFACTS, `viewer-${name}.png`) });
