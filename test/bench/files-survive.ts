import { basename } from 'node:path';
import { makeFile, sha256 } from '../support/files.ts';
import { FeedLog } from './feed-log.ts';
import { limitMs } from './files-rate.ts';
import { cutForAWhile, cutGap, goesOnAt, movingOf } from './files-resume.ts';
import { FilesStage } from './files-stage.ts';
import type { BenchResult } from './run.ts';

/**
 * One file through all that an evening brings: the network goes away at a quarter and at half of it, and at three quarters Bob quits
 * his browser and starts it again. Nobody clicks anything meanwhile.
 */
export async function surviveCase(name: string, sizeBytes: number): Promise<BenchResult> {
  const gap = await cutGap(name);
  if (gap) return gap;
  const stage = await FilesStage.open(limitMs(sizeBytes));
  try {
    const { alice, bob } = stage.people;
    const path = await makeFile(alice.profile, 'survivor.bin', sizeBytes);
    const file = basename(path);
    const sent = await sha256(path);
    await alice.sendsFile(path);
    await alice.closesPopup();
    const resumeMs: number[] = [];
    for (const part of [0.25, 0.5]) {
      resumeMs.push(await cutAt(stage.bobLog, file, part * sizeBytes));
      console.log(`  at ${part}: went on ${resumeMs.at(-1)} ms after the network was back`);
    }
    const restarted = await restartAt(stage, file, 0.75 * sizeBytes);
    console.log(`  at 0.75: went on ${restarted.tookMs} ms after Bob’s browser was started again`);
    const { at, transfer } = await restarted.log.fileReaches(file, ['done']);
    if (transfer.state !== 'done') throw new Error('Not done.');
    const saved = await sha256(bob.downloadPath(file));
    const told = [...restarted.before, ...(await restarted.log.file(file))];
    return {
      chromium: await stage.chromium(),
      figures: [
        { case: name, figure: 'tookMs', unit: 'ms', values: [transfer.savedAt - at] },
        { case: name, figure: 'resumeMs', unit: 'ms', values: resumeMs },
        { case: name, figure: 'restartMs', unit: 'ms', values: [restarted.tookMs] },
        { case: name, figure: 'repeatedBytes', unit: 'bytes', values: [fallenBack(told) + transfer.repeatedBytes] },
        {
          case: name,
          figure: 'sha256Equal',
          unit: '',
          values: [saved === sent ? 1 : 0],
          note: `sent ${sent}, saved ${saved}`,
        },
      ],
    };
  } finally {
    await stage.close();
  }
}

/** @returns milliseconds from the network's return to the first new bytes, as Bob's screen would show them. */
async function cutAt(log: FeedLog, file: string, bytes: number): Promise<number> {
  await log.fileHas(file, bytes);
  const backMs = await cutForAWhile();
  await log.fileHas(file, mostBytes(await log.file(file)) + 1);
  return (await goesOnAt(log, file, backMs)) - backMs;
}

/**
 * Bob quits his browser and starts it again.
 * @returns milliseconds from its start to the first new bytes, what his views were told until then, and what they are told now.
 */
async function restartAt(
  { people: { bob }, bobLog }: FilesStage,
  file: string,
  bytes: number,
): Promise<{ tookMs: number; before: TimesTold; log: FeedLog }> {
  await bobLog.fileHas(file, bytes);
  const before = await bobLog.file(file);
  await bob.quitsBrowser();
  const startMs = Date.now();
  await bob.startsBrowserAgain({ protocolTimeoutMs: bobLog.limitMs });
  const log = await FeedLog.open(await bob.browser.panel('/options.html'), bobLog.limitMs);
  const most = mostBytes(before);
  await log.fileHas(file, most + 1);
  const first = movingOf(await log.file(file)).find((told) => told.bytes > most);
  if (!first) throw new Error('Nothing was told between the start of the browser and the end.');
  return { tookMs: first.atMs - startMs, before, log };
}

type TimesTold = Awaited<ReturnType<FeedLog['file']>>;

function mostBytes(told: TimesTold): number {
  return Math.max(...movingOf(told).map(({ bytes }) => bytes));
}

/** What had arrived and was not counted any more when it went on: it came again. */
function fallenBack(told: TimesTold): number {
  const moving = movingOf(told);
  return moving.reduce((sum, { bytes }, index) => sum + Math.max(0, (moving[index - 1]?.bytes ?? 0) - bytes), 0);
}
