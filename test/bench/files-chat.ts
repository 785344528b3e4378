import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { readState } from '../support/state.ts';
import { FeedLog } from './feed-log.ts';
import { limitMs } from './files-rate.ts';
import { FilesStage, fileLoad, MIB, nothingMeasured } from './files-stage.ts';
import type { BenchResult } from './run.ts';

const PAUSE_MS = 250;
const BEGUN_BYTES = 16 * MIB;

/** Both write to each other, turn by turn, while a file moves from one to the other. */
export async function chatCase(name: string, sizeBytes: number): Promise<BenchResult> {
  const stage = await FilesStage.open(limitMs(sizeBytes));
  try {
    const load = await fileLoad(stage.people.alice.profile, 'random', sizeBytes);
    const [delaysMs] = await Promise.all([
      chatWhileMoving(stage, 'round-1-random.bin', BEGUN_BYTES),
      stage.send(load, nothingMeasured()),
    ]);
    return {
      chromium: await stage.chromium(),
      figures: [
        { case: name, figure: 'chatMs', unit: 'ms', values: delaysMs },
        { case: name, figure: 'chatP99Ms', unit: 'ms', values: [percentile(delaysMs, 0.99)] },
      ],
    };
  } finally {
    await stage.close();
  }
}

/**
 * Lines count once so many bytes are there: the file moves at its full rate then.
 * @returns for each line the milliseconds from its writer's Enter to its reader's view.
 */
export async function chatWhileMoving(
  { alicePage, bobPage, bobLog }: FilesStage,
  file: string,
  begunBytes: number,
): Promise<number[]> {
  const aliceLog = await FeedLog.open(alicePage, bobLog.limitMs);
  const writers = [
    { page: alicePage, peerId: await onlyPeer(alicePage), reader: bobLog },
    { page: bobPage, peerId: await onlyPeer(bobPage), reader: aliceLog },
  ];
  await bobLog.fileHas(file, begunBytes);
  const written: { text: string; atMs: number; reader: FeedLog }[] = [];
  for (;;) {
    for (const { page, peerId, reader } of writers) {
      const text = `${file}, line ${written.length}`;
      written.push({ text, atMs: await write(page, peerId, text), reader });
      await delay(PAUSE_MS);
    }
    const newest = (await bobLog.file(file)).at(-1);
    if (newest?.item.transfer.state !== 'moving') break;
  }
  const delaysMs: number[] = [];
  for (const { text, atMs, reader } of written) delaysMs.push((await reader.lineReaches(text)) - atMs);
  return delaysMs;
}

/** Sends as the view's Enter does and doesn't wait for it. @returns when, in milliseconds since 1970. */
function write(page: Page, peerId: string, text: string): Promise<number> {
  return page.evaluate(
    (message) => {
      const atMs = Date.now();
      chrome.runtime.sendMessage(message).catch(console.error);
      return atMs;
    },
    { target: 'offscreen', type: 'chat-send', peerId, text },
  );
}

async function onlyPeer(page: Page): Promise<string> {
  const [peer] = (await readState(page)).peers;
  if (!peer) throw new Error('Nobody is known here.');
  return peer.id;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
