import { type LineOptions, NoLineError } from '../network/line.ts';
import { meetApart, type PeopleApart } from '../network/people-apart.ts';
import { chatWhileMoving } from './files-chat.ts';
import { FilesStage, fileLoad, type Measured, MIB, nothingMeasured } from './files-stage.ts';
import type { Gap } from './report.ts';
import type { BenchResult } from './run.ts';

const ROUNDS = 3;
/** Many times what a line that loses packets needs with one connection. */
const LIMIT_MS = 900_000;
/** 20 Mbit/s, 50 ms there and back, and a queue of an ordinary router in front of it. */
const LINE: LineOptions = { bitsPerSecond: 20_000_000, delayMs: 25, queueBytes: 256 * 1024 };
const LINE_BYTES_PER_SECOND = LINE.bitsPerSecond / 8;
/** The share of the line counts from the third second on. */
const START_MS = 2_000;

/** 14 s at the full rate. */
const CLEAN_BYTES = 32 * MIB;
/** A minute and more at four times the rate of one connection: the first ten seconds go by with trying. */
const LOSSY_BYTES = 64 * MIB;
const LOSSY_RAW_BYTES = 12 * MIB;

/** Two browsers that are far apart. Where the system permits no such line they say why. */
export const lineCases: Readonly<Record<string, () => Promise<BenchResult>>> = {
  'line-20mbit-50ms': () => apart('line-20mbit-50ms', LINE, cleanLine),
  'lossy-50ms': () => apart('lossy-50ms', { ...LINE, loss: 0.01 }, lossyLine),
};

interface Apart {
  readonly stage: FilesStage;
  readonly line: PeopleApart['line'];
}

async function apart(
  name: string,
  line: LineOptions,
  measure: (name: string, apart: Apart) => Promise<BenchResult['figures']>,
): Promise<BenchResult> {
  let people: PeopleApart | undefined;
  try {
    const stage = await FilesStage.open(LIMIT_MS, async (options) => {
      people = await meetApart(line, options);
      return people;
    });
    try {
      if (!people) throw new Error('Nobody was met.');
      return { chromium: await stage.chromium(), figures: await measure(name, { stage, line: people.line }) };
    } finally {
      await stage.close();
    }
  } catch (error) {
    if (!(error instanceof NoLineError)) throw error;
    const gap: Gap = { case: name, figure: null, why: error.message };
    return { chromium: 'none', figures: [gap] };
  }
}

/** A long line that loses nothing by itself: how much of it a file gets, and how long a chat line takes meanwhile. */
async function cleanLine(name: string, { stage, line }: Apart): Promise<BenchResult['figures']> {
  const load = await fileLoad(stage.people.alice.profile, 'random', CLEAN_BYTES);
  const [raw, ours] = [nothingMeasured(), nothingMeasured()];
  const shares: number[] = [];
  const chatMs: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await stage.raw(CLEAN_BYTES, raw);
    const file = `round-${round}-random.bin`;
    const [delaysMs, done] = await Promise.all([chatWhileMoving(stage, file, MIB), stage.send(load, ours)]);
    chatMs.push(...delaysMs);
    shares.push((await steadyRate(stage, file, done.verifiedAt)) / LINE_BYTES_PER_SECOND);
    console.log(`  ${told(round, raw, ours)}, ${shares.at(-1)?.toFixed(2)} of the line; ${await dropped(line)}`);
  }
  return [
    { case: name, figure: 'lineShare', unit: '', values: shares },
    { case: name, figure: 'rate', unit: 'MB/s', values: ours.rates, baselineValues: raw.rates },
    { case: name, figure: 'chatMs', unit: 'ms', values: chatMs },
  ];
}

/** A long line that loses one packet in a hundred: how much more than one bare connection a file gets. */
async function lossyLine(name: string, { stage, line }: Apart): Promise<BenchResult['figures']> {
  const load = await fileLoad(stage.people.alice.profile, 'random', LOSSY_BYTES);
  const [raw, ours] = [nothingMeasured(), nothingMeasured()];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await stage.raw(LOSSY_RAW_BYTES, raw);
    await stage.send(load, ours);
    console.log(`  ${told(round, raw, ours)}; ${await dropped(line)}`);
  }
  return [{ case: name, figure: 'rate', unit: 'MB/s', values: ours.rates, baselineValues: raw.rates }];
}

/** Bytes a second from the third second of moving to the last block checked. */
async function steadyRate({ bobLog }: FilesStage, file: string, verifiedAtMs: number): Promise<number> {
  const moving = (await bobLog.file(file)).flatMap(({ atMs, item }) =>
    item.transfer.state === 'moving' ? [{ atMs, bytes: item.transfer.bytes }] : [],
  );
  const [first] = moving;
  const start = first && moving.find(({ atMs }) => atMs >= first.atMs + START_MS);
  if (!start) throw new Error(`${file} did not move for ${START_MS} ms.`);
  return ((CLEAN_BYTES - start.bytes) * 1_000) / (verifiedAtMs - start.atMs);
}

function told(round: number, raw: Measured, ours: Measured): string {
  return `round ${round} of ${ROUNDS}: bare ${raw.rates.at(-1)?.toFixed(2)}, Pairwise ${ours.rates.at(-1)?.toFixed(2)} MB/s`;
}

async function dropped(line: PeopleApart['line']): Promise<string> {
  const counts = await line.counts();
  const sum = (of: 'overflowed' | 'lost') => counts.reduce((total, count) => total + count[of], 0);
  return `${sum('overflowed')} packets overflowed, ${sum('lost')} lost so far`;
}
