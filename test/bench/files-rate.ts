import { FilesStage, fileLoad, type Measured, MIB, nothingMeasured } from './files-stage.ts';
import type { Figure, Gap } from './report.ts';
import type { BenchResult } from './run.ts';

/** A gigabyte in ten minutes: a tenth of what the slowest of the known ways needs. */
const LIMIT_MS_PER_MIB = 600;
const LEAST_LIMIT_MS = 120_000;

interface RateCase {
  readonly name: string;
  readonly content: 'random' | 'log';
  readonly sizeBytes: number;
  readonly rounds: number;
}

/** One file, against a bare data channel between the same two browsers, turn by turn. */
export async function rateCase({ name, content, sizeBytes, rounds }: RateCase): Promise<BenchResult> {
  const stage = await FilesStage.open(limitMs(sizeBytes));
  try {
    const load = await fileLoad(stage.people.alice.profile, content, sizeBytes);
    const raw = nothingMeasured();
    const ours = nothingMeasured();
    for (let round = 1; round <= rounds; round += 1) {
      await stage.raw(sizeBytes, raw);
      await stage.send(load, ours);
      tellRound(round, rounds, raw, ours);
    }
    return { chromium: await stage.chromium(), figures: rateFigures(name, ours, raw) };
  } finally {
    await stage.close();
  }
}

/** How much both browsers grow while a file far larger than that moves, is checked and is saved. */
export async function memoryCase(name: string, sizeBytes: number): Promise<BenchResult> {
  const stage = await FilesStage.open(limitMs(sizeBytes));
  try {
    const load = await fileLoad(stage.people.alice.profile, 'random', sizeBytes);
    const ours = nothingMeasured();
    const usage = await stage.usage();
    await stage.send(load, ours);
    const whole = { ...ours, usages: [await usage.stop()] };
    return { chromium: await stage.chromium(), figures: rateFigures(name, whole) };
  } finally {
    await stage.close();
  }
}

export function limitMs(sizeBytes: number): number {
  return Math.max(LEAST_LIMIT_MS, (sizeBytes / MIB) * LIMIT_MS_PER_MIB);
}

/** `baseline`: what it is compared with, measured in the same run. */
export function rateFigures(name: string, ours: Measured, baseline?: Measured): (Figure | Gap)[] {
  const figure = (figureName: string, unit: string, of: (measured: Measured) => readonly number[]): Figure => ({
    case: name,
    figure: figureName,
    unit,
    values: of(ours),
    ...(baseline && { baselineValues: of(baseline) }),
  });
  return [
    figure('rate', 'MB/s', ({ rates }) => rates),
    { case: name, figure: 'saveMs', unit: 'ms', values: ours.saveMs },
    figure('cpu', '% of a core', ({ usages }) => usages.map(({ cpuPercent }) => cpuPercent)),
    figure('cpuPerGB', 's', ({ cpuSecondsPerGB }) => cpuSecondsPerGB),
    memoryFigure(name, ours),
  ];
}

export function tellRound(round: number, rounds: number, baseline: Measured, ours: Measured): void {
  const [other, own] = [baseline, ours].map(({ rates }) => rates.at(-1)?.toFixed(1));
  console.log(`  round ${round} of ${rounds}: baseline ${other}, Pairwise ${own} MB/s`);
}

function memoryFigure(name: string, { usages }: Measured): Figure | Gap {
  const values = usages.map(({ addedMemoryMiB }) => addedMemoryMiB).filter((value) => value !== null);
  if (values.length > 0) return { case: name, figure: 'addedMemoryMiB', unit: 'MiB', values };
  return { case: name, figure: null, why: 'added memory is read from /proc, which only Linux has' };
}
