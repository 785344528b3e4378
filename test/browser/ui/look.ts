import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import type { AppState } from '../../../extension/core/session/state.ts';

/* What a test does with a page of the stage, and what it sees there. */

const LIMIT_MS = 10_000;

export const button = (page: Page, name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`);
export const menuItem = (page: Page, name: string) => page.locator(`::-p-aria([name="${name}"][role="menuitem"])`);
export const asked = (page: Page) => page.evaluate(() => ui.asked);
export const namesAsked = async (page: Page) => (await asked(page)).map(({ name }) => name);
export const screen = (page: Page) => page.evaluate(() => document.body.innerText);
export const tell = (page: Page, state: AppState | null) => page.evaluate((next) => ui.tell(next), state);
export const field = (page: Page) => page.$eval('textarea', (element) => element.value);

export async function sees(page: Page, text: string): Promise<void> {
  await expect.poll(() => screen(page), { timeout: LIMIT_MS }).toContain(text);
}

export async function isAsked(page: Page, name: string, request: unknown): Promise<void> {
  await expect.poll(() => asked(page), { timeout: LIMIT_MS }).toContainEqual({ name, request });
}
