import { cpus } from 'node:os';

/** One figure of one case, measured `values.length` times, perhaps beside a baseline measured in the same run. */
export interface Figure {
  readonly case: string;
  readonly figure: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly baselineValues?: readonly number[];
  /** What a number can't say. */
  readonly note?: string;
}

/** A figure that could not be measured. */
export interface Gap {
  readonly case: string;
  readonly figure: null;
  readonly why: string;
}

interface Row {
  readonly case: string;
  readonly figure: string;
  readonly unit: string;
  readonly n: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly baseline?: number;
  readonly ratio?: number;
  readonly note?: string;
}

/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const high = sorted[half];
  const low = sorted[sorted.length - 1 - half];
  if (high === undefined || low === undefined) throw new Error('no values, no median');
  return (low + high) / 2;
}

function row({ values, baselineValues, ...named }: Figure): Row {
  const middle = median(values);
  const plain = { ...named, n: values.length, median: middle, min: Math.min(...values), max: Math.max(...values) };
  if (!baselineValues) return plain;
  const baseline = median(baselineValues);
  return { ...plain, baseline, ratio: middle / baseline };
}

/** Prints a table for people and, when asked, one line of JSON as the last one. */
export function report(bench: string, chromium: string, figures: readonly (Figure | Gap)[], asJson: boolean): void {
  const rows = figures.map((figure) => (figure.figure === null ? figure : row(figure)));
  console.table(
    rows.map((one) => Object.fromEntries(Object.entries(one).map(([key, value]) => [key, rounded(value)]))),
  );
  if (!asJson) return;
  const machine = { cpus: cpus().length, chromium, node: process.versions.node };
  const json = { bench, at: new Date().toISOString(), machine, rows };
  console.log(JSON.stringify(json, (_key, value: unknown) => rounded(value)));
}

/** Three digits after the point are more than any of this is worth. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
