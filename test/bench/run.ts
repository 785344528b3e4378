import { parseArgs } from 'node:util';
import { filesBench } from './files.ts';
import { pairingBench } from './pairing.ts';
import { type Figure, type Gap, report } from './report.ts';

/** A named set of cases. `run` measures one and may take minutes. */
export interface Bench {
  readonly cases: Readonly<Record<string, () => Promise<BenchResult>>>;
}

export interface BenchResult {
  readonly chromium: string;
  readonly figures: readonly (Figure | Gap)[];
}

const BENCHES: Readonly<Record<string, Bench>> = { files: filesBench, pairing: pairingBench };
const USAGE = `Usage: npm run bench -- NAME [--json] [--case CASE]. NAME is one of: ${Object.keys(BENCHES).join(', ')}.`;

/** `npm run bench -- NAME [--json] [--case CASE]`. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, case: { type: 'string' } },
  });
  const [name = '', ...rest] = positionals;
  const bench = BENCHES[name];
  if (!bench || rest.length > 0) throw new Error(USAGE);
  const names = Object.keys(bench.cases).filter((one) => values.case === undefined || one === values.case);
  if (names.length === 0) throw new Error(`${name} has these cases: ${Object.keys(bench.cases).join(', ')}.`);
  const results: BenchResult[] = [];
  for (const one of names) {
    console.log(`${name}, ${one}:`);
    const result = await bench.cases[one]?.();
    if (result) results.push(result);
  }
  const figures = results.flatMap((result) => result.figures);
  report(name, results[0]?.chromium ?? 'none', figures, values.json);
}

// Ended early it still removes its profiles, on `exit`.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

main().then(
  // The server's library keeps a timer that can't be reached: without `exit` the process would stay.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
