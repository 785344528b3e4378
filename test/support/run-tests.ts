import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, PROJECT_DIR } from './build.ts';
import { findBrowser } from './find-browser.ts';
import { loopbackOnly } from './loopback.ts';

/** A test that was skipped is a failure. */
const NO_SKIPS = ['--reporter=default', '--reporter=./test/support/no-skips.ts'];

/**
 * `npm test`: every check and test, stage by stage. Stops at the first stage that fails, with its exit code. The network stage is skipped
 * where it can't run, and so are tests that need what the system doesn't have; with `PAIRWISE_NETWORK=required` both is a failure.
 * `npm run test:network`, with the argument `network`, has that stage alone, and fails where it can't run.
 */
async function main(args: readonly string[]): Promise<number> {
  const isNetworkOnly = args.length === 1 && args[0] === 'network';
  if (args.length > 0 && !isNetworkOnly) throw new Error(`Unknown: ${args.join(' ')}. There is only network.`);
  console.log(`Browser: ${findBrowser()}`);
  if (!isNetworkOnly) {
    const checked = await run(['npm', 'run', 'check']);
    if (checked !== 0) return checked;
  }
  await ensureBuilt();
  const loopback = loopbackOnly('Integration, browser and network tests');
  // One after the other: the browsers want both cores for themselves.
  const isRequired = isNetworkOnly || process.env.PAIRWISE_NETWORK === 'required';
  for (const project of isNetworkOnly ? [] : ['integration', 'browser']) {
    const code = await run([...loopback, ...vitest(project), ...(isRequired ? NO_SKIPS : [])]);
    if (code !== 0) return code;
  }
  const why = whyNoNetwork(loopback);
  if (why !== null) {
    console.log(`Network tests: ${isRequired ? 'failed' : 'skipped'}, ${why}.`);
    return isRequired ? 1 : 0;
  }
  return run([...loopback, ...vitest('network'), ...NO_SKIPS]);
}

function vitest(project: string): string[] {
  const program = join(PROJECT_DIR, 'node_modules', 'vitest', 'vitest.mjs');
  return [process.execPath, program, 'run', '--config', 'test/vitest.config.ts', '--project', project];
}

/** Asked where they would run, which may permit more than here. Null when they can. */
function whyNoNetwork(prefix: readonly string[]): string | null {
  const script = join(PROJECT_DIR, 'test', 'network', 'capability.ts');
  const [command = '', ...args] = [...prefix, process.execPath, '--import', 'tsx', script];
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: PROJECT_DIR, encoding: 'utf8' });
  if (status === 0) return null;
  if (stdout.trim() === '') throw new Error(`Whether the network tests can run is not clear:\n${stderr}`);
  return stdout.trim();
}

/** Runs a command in the project's folder and resolves with its exit code, 1 when it was killed. */
function run([command = '', ...args]: readonly string[]): Promise<number> {
  // On Windows npm is a script, which only a shell can start.
  const shell = process.platform === 'win32' && command === 'npm';
  const child = spawn(command, args, { cwd: PROJECT_DIR, stdio: 'inherit', shell });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve(code ?? 1);
    });
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
