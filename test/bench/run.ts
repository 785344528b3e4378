import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { loopbackOnly } from '../support/loopback.ts';
import { connectBench } from './connect.ts';
import { filesBench } from './files.ts';
import { pairingBench } from './pairing.ts';
import { type Figure, type Gap, report } from './report.ts';
import { shareBench } from './share.ts';

/** A named set of cases. `run` measures one and may take minutes. */
export interface Bench {
  readonly cases: Readonly<Record<string, () => Promise<BenchResult>>>;
}

export interface BenchResult {
  readonly chromium: string;
  readonly figures: readonly (Figure | Gap)[];
}

const BENCHES: Readonly<Record<string, Bench>> = {
  connect: connectBench,
  files: filesBench,
  pairing: pairingBench,
  share: shareBench,
};
const USAGE = `Usage: npm run bench -- NAME [--json] [--case CASE]. NAME is one of: ${Object.keys(BENCHES).join(', ')}.`;

/** Set in the process that runs in the namespace. */
const INSIDE = 'PAIRWISE_BENCH_INSIDE';
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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
  if (process.env[INSIDE] === undefined) {
    const command = loopbackOnly('Bench');
    if (command.length > 0) return runInside(command);
  }
  const results: BenchResult[] = [];
  for (const one of names) {
    console.log(`${name}, ${one}:`);
    const result = await bench.cases[one]?.();
    if (result) results.push(result);
  }
  const figures = results.flatMap((result) => result.figures);
  report(name, results[0]?.chromium ?? 'none', figures, values.json);
}

/** Runs this program again behind a command prefix, and ends with its exit code. */
async function runInside([prefix = '', ...rest]: readonly string[]): Promise<void> {
  const again = [...rest, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(prefix, again, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } });
  // Whoever presses Ctrl-C reaches both; this one waits until the other has cleaned up.
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, forward);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  process.exit(code ?? 1);
}

// Ended early it still removes its profiles, on `exit`.
for (const signal of SIGNALS) process.on(signal, () => process.exit(1));

main().then(
  // The server's library keeps a timer that can't be reached: without `exit` the process would stay.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
