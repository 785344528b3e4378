import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';

const LIMIT_MS = 60_000;

/** Waits until the middle of the viewer says this, among other things. */
export const says = (viewer: Page, text: string) =>
  expect
    .poll(() => viewer.$eval('[role=status]', (element) => element.textContent), { timeout: LIMIT_MS })
    .toContain(text);

/** Waits until the viewer offers to point, or says why it doesn't. */
export const offers = (viewer: Page, why: string | null) =>
  viewer.waitForSelector(
    `[aria-label="Point"]${why === null ? ':not([aria-disabled])' : `[aria-description="${why}"]`}`,
    { timeout: LIMIT_MS },
  );

/** Why nobody can point at a page without the script of Pairwise. */
export const UNREACHED = 'Pairwise doesn’t reach into this page at Alice’s side, so nobody can point at it';
