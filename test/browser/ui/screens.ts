/** Pictures of every screen, to be looked at beside the design board: `npx tsx test/browser/ui/screens.ts [name …]`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import type { CheckName, Outcomes } from '../../../extension/core/doctor/findings.ts';
import { findings } from './findings.ts';
import { type Look, UiStage } from './stage.ts';
import { SECRET, states } from './states.ts';

const DIR = join(import.meta.dirname, '..', '..', '.artifacts', 'screens');
/** Enter animations have ended by then. */
const SETTLE_MS = 400;

/** What a person does before the picture is taken. */
const STEPS: Record<string, (page: Page) => Promise<void>> = {
  c: async (page) => {
    await page.locator('::-p-aria(Enter a code[role="button"])').click();
    await page.locator('input').fill('4821-acid-zebr');
    await page.waitForSelector('[role="option"]');
  },
  e: async (page) => {
    await page.locator('textarea').fill('Shall we take the early ferry?');
  },
  peers: async (page) => {
    await page.locator('.peer').click();
  },
};
const enters = (text: string) => async (page: Page) => {
  await page.locator('::-p-aria(Enter a code[role="button"])').click();
  await page.locator('input[role="combobox"]').fill(text);
};
const chooses = (item: string) => async (page: Page) => {
  await page.locator('[aria-label="More"]').click();
  await page.locator(`::-p-text(${item})`).click();
};
const finds =
  (outcomes: Outcomes, running: CheckName | null = null) =>
  (page: Page) =>
    page.evaluate((found, now) => ui.findings(found, now), outcomes, running);
const DOCTOR: Look = { view: 'options', width: 700, height: 1_240 };
const EXTRA: Record<string, { state: string; look?: Look; step?: (page: Page) => Promise<void> }> = {
  'more-menu': { state: 'e', step: (page) => page.locator('[aria-label="More"]').click() },
  'switch-menu': { state: 'g', step: (page) => page.locator('::-p-aria(Switch[role="button"])').click() },
  'quality-menu': { state: 'g-black', step: (page) => page.locator('.banner .btn.small').click() },
  'attach-menu': { state: 'g', step: (page) => page.locator('[aria-label="Attach"]').click() },
  rename: {
    state: 'e',
    step: async (page) => {
      await page.locator('[aria-label="More"]').click();
      await page.locator('::-p-text(Rename Bob)').click();
    },
  },
  'c-secret': { state: 'c', step: enters(SECRET) },
  'c-third': { state: 'c', step: enters('4821-acid-zebra-zo') },
  'accept-files': { state: 'e', step: chooses('Files from Bob') },
  verify: { state: 'e', step: chooses('Verify Bob') },
  block: { state: 'e', step: chooses('Block Bob') },
  'blocked-read': { state: 'blocked', step: (page) => page.locator('::-p-aria(Show messages)').click() },
  panel: { state: 'f', look: { view: 'side-panel', width: 620, height: 760 } },
  'forced-e': { state: 'e', look: { forcedColors: true } },
  'forced-f': { state: 'f', look: { forcedColors: true } },
  'forced-g': { state: 'g', look: { forcedColors: true } },
  'forced-b': { state: 'b', look: { forcedColors: true } },
  'forced-files': { state: 'files-held', look: { forcedColors: true } },
  'narrow-files': { state: 'files-saved', look: { view: 'side-panel', width: 300, height: 900 } },
  'panel-files': { state: 'files-saved', look: { view: 'side-panel', width: 620, height: 900 } },
  'tall-files': { state: 'files', look: { view: 'side-panel', width: 380, height: 900 } },
  'tall-held': { state: 'files-held', look: { view: 'side-panel', width: 380, height: 900 } },
  'tall-interrupted': { state: 'files-interrupted', look: { view: 'side-panel', width: 380, height: 900 } },
  'tall-saved': { state: 'files-saved', look: { view: 'side-panel', width: 380, height: 960 } },
  'narrow-g': { state: 'g-lost', look: { view: 'side-panel', width: 300, height: 600 } },
  'narrow-switch': {
    state: 'g-voices',
    look: { view: 'side-panel', width: 300, height: 600 },
    step: (page) => page.locator('::-p-aria(Switch[role="button"])').click(),
  },
  'narrow-asked': { state: 'asked', look: { view: 'side-panel', width: 300, height: 600 } },
  'panel-g': { state: 'g-paused', look: { view: 'side-panel', width: 620, height: 600 } },
  'g-enter': {
    state: 'g',
    step: async (page) => {
      await page.locator('.peer').click();
      await page.locator('::-p-text(Pair another)').click();
      await page.locator('::-p-aria(Enter a code[role="button"])').click();
      await page.waitForSelector('input[role="combobox"]');
    },
  },
  narrow: { state: 'e', look: { view: 'side-panel', width: 300, height: 600 } },
  'doctor-well': { state: 'loading', look: DOCTOR, step: finds(findings.well) },
  'doctor-udp': { state: 'loading', look: DOCTOR, step: finds(findings.udp) },
  'doctor-udp-relay': { state: 'loading', look: DOCTOR, step: finds(findings['udp-relay']) },
  'doctor-turn': { state: 'loading', look: DOCTOR, step: finds(findings.turn) },
  'doctor-ice-silent': { state: 'loading', look: DOCTOR, step: finds(findings['ice-silent']) },
  'doctor-server': { state: 'loading', look: DOCTOR, step: finds(findings.server) },
  'doctor-stock': { state: 'loading', look: DOCTOR, step: finds(findings.stock) },
  'doctor-half': { state: 'loading', look: DOCTOR, step: finds(findings.half, 'stun') },
  'doctor-narrow': { state: 'loading', look: { ...DOCTOR, width: 320 }, step: finds(findings['udp-relay']) },
  'doctor-forced': { state: 'loading', look: { ...DOCTOR, forcedColors: true }, step: finds(findings.udp) },
  'e-note': { state: 'e', step: (page) => page.locator('button.path').click() },
  'options-stock': { state: 'stock', look: { view: 'options', width: 700, height: 960 } },
  options: { state: 'server', look: { view: 'options', width: 700, height: 880 } },
};

const wanted = new Set(process.argv.slice(2));
const stage = await UiStage.open();
try {
  await mkdir(DIR, { recursive: true });
  const all = { ...Object.fromEntries(Object.keys(states).map((state) => [state, { state }])), ...EXTRA };
  for (const [name, { state, look, step }] of Object.entries<(typeof EXTRA)[string]>(all)) {
    if (wanted.size > 0 && !wanted.has(name)) continue;
    for (const theme of ['light', 'dark'] as const) {
      const page = await stage.show(states[state] ?? null, { ...look, theme, scale: 2 });
      await (step ?? STEPS[name])?.(page);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      await page.screenshot({ path: join(DIR, `${name}-${theme}.png`) });
      await stage.clear();
    }
  }
} finally {
  await stage.close();
}
