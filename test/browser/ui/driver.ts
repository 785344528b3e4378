import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { AppState } from '../../../extension/core/session/state.ts';
import { type Look, UiStage } from './stage.ts';

/*
 * How a test uses the interface: as a person does, with the test in the place of the offscreen document. What is behind it is covered
 * end to end.
 */

let stage: UiStage;

/** Opens a browser before the tests of a file, and a fresh one of everything that pages remember for each of them. */
export function useStage(): void {
  beforeAll(async () => {
    stage = await UiStage.open();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.close());
}

/** A page that shows the interface in this state. */
export const show = (state: AppState | null | undefined, look?: Look) => stage.show(state ?? null, look);
export const button = (page: Page, name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`);
export const menuItem = (page: Page, name: string, role: 'menuitem' | 'menuitemradio' = 'menuitem') =>
  page.locator(`::-p-aria([name="${name}"][role="${role}"])`);
/** Every command that the interface gave. */
export const asked = (page: Page) => page.evaluate(() => ui.asked);
export const namesAsked = async (page: Page) => (await asked(page)).map(({ name }) => name);
export const screen = (page: Page) => page.evaluate(() => document.body.innerText);
export const tell = (page: Page, state: AppState | null | undefined) =>
  page.evaluate((next) => ui.tell(next), state ?? null);
/** What stands in the message field. */
export const field = (page: Page) => page.$eval('textarea', (element) => element.value);

export async function sees(page: Page, text: string): Promise<void> {
  await expect.poll(() => screen(page)).toContain(text);
}

export async function isAsked(page: Page, name: string, request: unknown): Promise<void> {
  await expect.poll(() => asked(page)).toContainEqual({ name, request });
}
