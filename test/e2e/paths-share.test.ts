import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { beforeAll, expect } from 'vitest';
import { blockPaths } from '../support/no-paths.ts';
import { strangersTest } from '../support/people-test.ts';

const ARTIFACTS = join(import.meta.dirname, '..', '.artifacts');
const LIMIT_MS = 60_000;
const NEEDS_TURN = 'A live picture can’t go through the relay';

beforeAll(() => mkdir(ARTIFACTS, { recursive: true }));

const status = (viewer: Page) => viewer.$eval('[role=status]', (element) => element.textContent);

strangersTest(
  'over the relay a share says on both sides that it needs TURN, is over, and the chat goes on',
  async ({ people: { alice, bob, pages } }) => {
    for (const person of [alice, bob]) await blockPaths(await person.browser.offscreen());
    await bob.entersCode(await alice.showsCode());
    await alice.comparesWordsWith(bob);
    await Promise.all([alice.sees('Relay'), bob.sees('Relay')]);
    await alice.goesTo(pages.url('colours'));
    await alice.sharesTab();
    const viewer = await bob.watches();
    const openedAtMs = performance.now();
    await expect.poll(() => status(viewer), { timeout: LIMIT_MS, interval: 100 }).toContain(NEEDS_TURN);
    expect(performance.now() - openedAtMs).toBeLessThan(30_000);
    await viewer.screenshot({ path: join(ARTIFACTS, 'paths-share-viewer.png') });
    await alice.sees(NEEDS_TURN);
    await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('');
    await alice.says('Then in words');
    await bob.sees('Then in words');
    // Nothing stands in the way of the next share.
    await alice.sharesTab();
    await bob.watches();
    await expect.poll(() => alice.badge(), { timeout: LIMIT_MS }).toBe('');
    await alice.sees(NEEDS_TURN);
  },
);
