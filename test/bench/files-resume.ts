import { setTimeout as delay } from 'node:timers/promises';
import { canCutNetwork, cutNetwork, restoreNetwork } from '../support/cut.ts';
import type { FeedLog } from './feed-log.ts';
import { limitMs } from './files-rate.ts';
import { FilesStage, fileLoad, MIB, nothingMeasured } from './files-stage.ts';
import type { BenchResult } from './run.ts';

const SIZE_BYTES = 256 * MIB;
const CUT_MS = 10_000;
const ROUNDS = 3;

/** The network goes away when half of a file is there, and comes back after a while. Nobody clicks anything. */
export async function resumeCase(name: string): Promise<BenchResult> {
  const gap = await cutGap(name);
  if (gap) return gap;
  const stage = await FilesStage.open(limitMs(SIZE_BYTES));
  try {
    const load = await fileLoad(stage.people.alice.profile, 'random', SIZE_BYTES);
    const resumeMs: number[] = [];
    const repeatedBytes: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const sending = stage.send(load, nothingMeasured());
      const cutting = cutAtHalf(stage, `round-${round}-random.bin`);
      const [done, tookMs] = await Promise.all([sending, cutting]);
      resumeMs.push(tookMs);
      repeatedBytes.push(done.repeatedBytes);
      console.log(`  round ${round} of ${ROUNDS}: resumed after ${tookMs} ms, repeated ${done.repeatedBytes} bytes`);
    }
    return {
      chromium: await stage.chromium(),
      figures: [
        { case: name, figure: 'resumeMs', unit: 'ms', values: resumeMs },
        { case: name, figure: 'repeatedBytes', unit: 'bytes', values: repeatedBytes },
      ],
    };
  } finally {
    await stage.close();
  }
}

/** What a case says for itself where no network can be cut. */
export async function cutGap(name: string): Promise<BenchResult | null> {
  if (await canCutNetwork()) return null;
  const why = 'the network can be cut only in a namespace of its own, which isn’t permitted here';
  return { chromium: 'none', figures: [{ case: name, figure: null, why }] };
}

/** @returns milliseconds from the network's return to the first bytes that came after it, as Bob's screen would show them. */
async function cutAtHalf({ bobLog }: FilesStage, file: string): Promise<number> {
  await bobLog.fileHas(file, SIZE_BYTES / 2);
  const backMs = await cutForAWhile();
  await bobLog.fileReaches(file, ['saving', 'done']);
  return (await goesOnAt(bobLog, file, backMs)) - backMs;
}

/** Takes the network away for ten seconds. @returns when it was back, in milliseconds since 1970. */
export async function cutForAWhile(): Promise<number> {
  await cutNetwork();
  try {
    await delay(CUT_MS);
  } finally {
    await restoreNetwork();
  }
  return Date.now();
}

/** When the first bytes were told that came after the network was back; there are some by now. */
export async function goesOnAt(log: FeedLog, file: string, backMs: number): Promise<number> {
  const told = movingOf(await log.file(file));
  const before = Math.max(...told.filter(({ atMs }) => atMs < backMs).map(({ bytes }) => bytes));
  const first = told.find(({ atMs, bytes }) => atMs >= backMs && bytes > before);
  if (!first) throw new Error('Nothing was told between the return of the network and the end.');
  return first.atMs;
}

/** How far it had come whenever a view was told that it moves. */
export function movingOf(told: Awaited<ReturnType<FeedLog['file']>>): { atMs: number; bytes: number }[] {
  return told.flatMap(({ atMs, item: { transfer } }) =>
    transfer.state === 'moving' ? [{ atMs, bytes: transfer.bytes }] : [],
  );
}
