import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, PROJECT_DIR } from './build.ts';
import { findBrowser } from './find-browser.ts';
import { loopbackOnly } from './loopback.ts';

/** `npm test`: every check and test, stage by stage. Stops at the first stage that fails, with its exit code. */
async function main(): Promise<number> {
  console.log(`Browser: ${findBrowser()}`);
  const checked = await run(['npm', 'run', 'check']);
  if (checked !== 0) return checked;
  await ensureBuilt();
  const vitest = [process.execPath, join(PROJECT_DIR, 'node_modules', 'vitest', 'vitest.mjs'), 'run'];
  const loopback = loopbackOnly('Integration and browser tests');
  // One after the other: the browsers want both cores for themselves.
  for (const project of ['integration', 'browser']) {
    const code = await run([...loopback, ...vitest, '--config', 'test/vitest.config.ts', '--project', project]);
    if (code !== 0) return code;
  }
  return 0;
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

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
