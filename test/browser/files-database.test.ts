import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patient } from '../support/browser.ts';
// For the type of `databaseLab`, which the page puts there.
import './files/database-page.ts';
import { type Site, serveModule } from './files/site.ts';
import { launchPlainBrowser } from './media/stage.ts';

let browser: Browser;
let site: Site;

beforeAll(async () => {
  site = await serveModule(join(import.meta.dirname, 'files', 'database-page.ts'));
  browser = await launchPlainBrowser();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test('what the version before has kept stays: pairings, chat, and files with how they ended', async () => {
  const page = patient(await browser.newPage());
  await page.goto(site.url);
  await page.waitForFunction(() => 'databaseLab' in globalThis);
  const kept = await page.evaluate(async () => {
    const saved = { startedAt: 1, verifiedAt: 2, savedAt: 3, downloadId: 4 };
    await databaseLab.makeOld([
      { state: 'done', ...saved },
      { state: 'moving', bytes: 3, bytesPerSecond: 1, secondsLeft: null },
      { state: 'saving' },
      { state: 'declined', byMe: true },
      { state: 'failed', code: 'file-stalled', bytes: 2 },
      { state: 'teleported' },
      'nonsense',
    ]);
    return databaseLab.read();
  });
  const file = { form: 'file', count: 1, sizeBytes: 5, manifestBytes: 0, mime: '', mine: false, kind: 'file' };
  const at = (index: number) => ({
    name: `${index}.bin`,
    at: 1_700_000_000_001 + index,
    modifiedAt: 1_700_000_000_001 + index,
  });
  const interrupted = { state: 'failed', code: 'file-interrupted', bytes: 0 };
  expect(kept).toEqual({
    name: 'Alice',
    files: { downloadFolder: 'Pairwise', keepPartialsDays: 7 },
    peers: [{ name: 'Bob', acceptUpToBytes: null }],
    items: [
      { kind: 'chat', mine: true, at: 1_700_000_000_000, text: 'Hello', mark: 'read' },
      {
        ...file,
        ...at(0),
        transfer: {
          state: 'done',
          startedAt: 1,
          verifiedAt: 2,
          savedAt: 3,
          downloadId: 4,
          place: '',
          repeatedBytes: 0,
          badBlocks: 0,
        },
      },
      { ...file, ...at(1), transfer: interrupted },
      { ...file, ...at(2), transfer: interrupted },
      { ...file, ...at(3), transfer: { state: 'declined', byMe: true } },
      { ...file, ...at(4), transfer: { state: 'failed', code: 'file-stalled', bytes: 2 } },
    ],
    unfinished: 0,
  });
});
