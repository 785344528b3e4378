import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { bundle, launchPlainBrowser, openPlainPage } from '../browser/media/stage.ts';
// For the type of `relayLab`, which the page puts there.
import type {} from '../browser/relay/page.ts';
import { startServerProcess } from '../support/server-process.ts';
import type { Figure } from './report.ts';
import type { BenchResult } from './run.ts';
import { startUsage } from './usage.ts';

const BYTES = 64 * 1024 * 1024;
const ROUNDS = 5;
/** Between two lines that somebody writes meanwhile. */
const PAUSE_MS = 50;

/** What one way to move bytes through the relay achieved, round by round. */
interface Moved {
  readonly rates: number[];
  readonly cpuSecondsPerGB: number[];
}

/**
 * Two browsers on our relay: sealed frames as fast as the bulk lane takes them, and with the windows of the file engine, against two bare
 * sockets through the same relay, turn by turn; and how long a short frame on the control lane takes there and back while the engine sends.
 */
export async function relayBrowserCase(name: string): Promise<BenchResult> {
  const server = await startServerProcess({ ALLOWED_ORIGINS: '*' });
  const browsers: Browser[] = [];
  try {
    browsers.push(await launchPlainBrowser(), await launchPlainBrowser());
    const [alice, bob] = await openPages(browsers);
    await alice.evaluate((url) => relayLab.signIn(url), server.url);
    const bare: Moved = { rates: [], cpuSecondsPerGB: [] };
    const sealed: Moved = { rates: [], cpuSecondsPerGB: [] };
    const windowed: Moved = { rates: [], cpuSecondsPerGB: [] };
    const roundTripsMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await measured(browsers, bare, () => sendBare(alice, bob));
      await onLinks(alice, bob, () => measured(browsers, sealed, () => sendFrames(alice, bob)));
      await onLinks(alice, bob, () =>
        measured(browsers, windowed, async () => {
          const sent = await sendFile(alice, bob);
          roundTripsMs.push(...sent.roundTripsMs);
          return sent.tookMs;
        }),
      );
    }
    return {
      chromium: (await browsers[0]?.version()) ?? 'none',
      figures: [
        ...figures(name, 'rate', 'cpuSecondsPerGB', sealed, bare),
        ...figures(name, 'fileRate', 'fileCpuSecondsPerGB', windowed, bare),
        { case: name, figure: 'controlRoundTripMs', unit: 'ms', values: roundTripsMs, note: 'while a file moves' },
      ],
    };
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server.stop();
  }
}

async function openPages(browsers: readonly Browser[]): Promise<[Page, Page]> {
  const script = await bundle(join(import.meta.dirname, '..', 'browser', 'relay', 'page.ts'));
  const [alice, bob] = await Promise.all(
    browsers.map(async (browser) => {
      const page = await openPlainPage(browser);
      await page.addScriptTag({ content: script, type: 'module' });
      await page.waitForFunction(() => 'relayLab' in globalThis);
      return page;
    }),
  );
  if (!alice || !bob) throw new Error('Two browsers are needed.');
  return [alice, bob];
}

/** Opens a sealed link for this, and closes it. */
async function onLinks(alice: Page, bob: Page, act: () => Promise<void>): Promise<void> {
  const [first, second] = await alice.evaluate(() => relayLab.room());
  await Promise.all([
    alice.evaluate((url) => relayLab.open(url, 'initiator'), first),
    bob.evaluate((url) => relayLab.open(url, 'responder'), second),
  ]);
  await act();
  await alice.evaluate(() => relayLab.close());
  await bob.evaluate(() => relayLab.closed());
}

async function sendFrames(alice: Page, bob: Page): Promise<number> {
  const [tookMs] = await Promise.all([
    alice.evaluate((bytes) => relayLab.sendFrames(bytes), BYTES),
    bob.evaluate((bytes) => relayLab.receiveFrames(bytes), BYTES),
  ]);
  return tookMs;
}

async function sendFile(alice: Page, bob: Page): Promise<{ tookMs: number; roundTripsMs: number[] }> {
  await bob.evaluate(() => relayLab.echo());
  const [sent] = await Promise.all([
    alice.evaluate((bytes, pauseMs) => relayLab.sendAndAsk(bytes, pauseMs), BYTES, PAUSE_MS),
    bob.evaluate((bytes) => relayLab.receiveFile(bytes), BYTES),
  ]);
  return sent;
}

async function sendBare(alice: Page, bob: Page): Promise<number> {
  const [first, second] = await alice.evaluate(() => relayLab.room());
  const [tookMs] = await Promise.all([
    alice.evaluate((url, bytes) => relayLab.sendBare(url, bytes), first, BYTES),
    bob.evaluate((url) => relayLab.receiveBare(url), second),
  ]);
  return tookMs;
}

async function measured(browsers: readonly Browser[], into: Moved, move: () => Promise<number>): Promise<void> {
  const usage = await startUsage(browsers, { memory: false });
  const tookMs = await move();
  const { cpuSeconds } = await usage.stop();
  into.rates.push(BYTES / 1e6 / (tookMs / 1000));
  into.cpuSecondsPerGB.push(cpuSeconds / (BYTES / 1e9));
}

function figures(name: string, rate: string, cpu: string, moved: Moved, bare: Moved): Figure[] {
  return [
    { case: name, figure: rate, unit: 'MB/s', values: moved.rates, baselineValues: bare.rates },
    {
      case: name,
      figure: cpu,
      unit: 's',
      values: moved.cpuSecondsPerGB,
      baselineValues: bare.cpuSecondsPerGB,
      note: 'of both browsers',
    },
  ];
}
