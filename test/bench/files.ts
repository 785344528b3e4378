import { link, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { makeFile } from '../support/files.ts';
import { meetPeople, type People } from '../support/people.ts';
import { findFile, readState } from '../support/state.ts';
import { sendRaw } from './raw-channel.ts';
import type { Figure, Gap } from './report.ts';
import type { Bench, BenchResult } from './run.ts';
import { startUsage, type Usage } from './usage.ts';

const MIB = 1024 * 1024;
const ROUNDS = 5;
/** Four times what the slowest of the known ways needs for this size. */
const ROUND_LIMIT_MS = 240_000;
const POLL_MS = 500;

interface Measured {
  readonly rates: number[];
  readonly usages: Usage[];
}

export const filesBench: Bench = {
  cases: { 'random-256MiB': () => randomFile('random-256MiB', 256 * MIB) },
};

/** One incompressible file, against a bare data channel between the same two browsers, turn by turn. */
async function randomFile(name: string, sizeBytes: number): Promise<BenchResult> {
  const people = await meetPeople({ protocolTimeoutMs: ROUND_LIMIT_MS });
  try {
    const { alice, bob } = people;
    await alice.pairsWith(bob);
    const [from, to] = await Promise.all([alice, bob].map(({ browser }) => browser.panel('/options.html')));
    if (!from || !to) throw new Error('no pages for the bare channel');
    const file = await makeFile(alice.profile, 'random.bin', sizeBytes);
    const raw: Measured = { rates: [], usages: [] };
    const ours: Measured = { rates: [], usages: [] };
    const saveMs: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const rawMs = await watched(people, raw, async () => {
        await Promise.all([from.bringToFront(), to.bringToFront()]);
        return sendRaw(from, to, sizeBytes);
      });
      raw.rates.push(megabytesPerSecond(sizeBytes, rawMs));
      const sent = await watched(people, ours, () => sendFile(people, to, file, round));
      ours.rates.push(megabytesPerSecond(sizeBytes, sent.verifyMs));
      saveMs.push(sent.saveMs);
      console.log(
        `  round ${round} of ${ROUNDS}: bare ${raw.rates.at(-1)?.toFixed(1)}, Pairwise ${ours.rates.at(-1)?.toFixed(1)} MB/s`,
      );
    }
    const figures = [
      { case: name, figure: 'rate', unit: 'MB/s', values: ours.rates, baselineValues: raw.rates },
      { case: name, figure: 'saveMs', unit: 'ms', values: saveMs },
      { case: name, figure: 'cpu', unit: '% of a core', values: cpu(ours), baselineValues: cpu(raw) },
      ...memory(name, ours),
    ];
    return { chromium: await people.alice.browser.browser.version(), figures };
  } finally {
    await people.close();
  }
}

/** Adds what both browsers used meanwhile. */
async function watched<T>({ alice, bob }: People, measured: Measured, run: () => Promise<T>): Promise<T> {
  const usage = await startUsage([alice.browser.browser, bob.browser.browser]);
  const value = await run();
  measured.usages.push(await usage.stop());
  return value;
}

/**
 * Sends one file through the popup. The clock is the receiver's own: from accepting to the last block checked in OPFS, and from there
 * to the finished download.
 */
async function sendFile(
  { alice, bob }: People,
  statePage: Page,
  file: string,
  round: number,
): Promise<{ verifyMs: number; saveMs: number }> {
  // A name of its own for each round, so that neither timeline nor download folder can show an earlier one.
  const name = `${round}-${basename(file)}`;
  const path = join(alice.profile.dir, name);
  await link(file, path);
  await alice.sendsFile(path);
  await bob.accepts(name);
  const deadlineMs = performance.now() + ROUND_LIMIT_MS;
  while (performance.now() < deadlineMs) {
    const transfer = findFile(await readState(statePage), name)?.transfer;
    if (transfer?.state === 'done') {
      await Promise.all([rm(path), rm(bob.downloadPath(name))]);
      return { verifyMs: transfer.verifiedAt - transfer.startedAt, saveMs: transfer.savedAt - transfer.verifiedAt };
    }
    if (transfer?.state === 'failed') throw new Error(`The transfer failed: ${transfer.code}.`);
    await delay(POLL_MS);
  }
  throw new Error(`The transfer took longer than ${ROUND_LIMIT_MS} ms.`);
}

function megabytesPerSecond(sizeBytes: number, tookMs: number): number {
  return sizeBytes / 1e6 / (tookMs / 1000);
}

function cpu({ usages }: Measured): number[] {
  return usages.map(({ cpuPercent }) => cpuPercent);
}

function memory(name: string, { usages }: Measured): (Figure | Gap)[] {
  const values = usages.map(({ addedMemoryMiB }) => addedMemoryMiB).filter((value) => value !== null);
  if (values.length === 0)
    return [{ case: name, figure: null, why: 'added memory is read from /proc, which only Linux has' }];
  return [{ case: name, figure: 'addedMemoryMiB', unit: 'MiB', values }];
}
