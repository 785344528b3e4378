import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const POLL_MS = 20;

/** Whether the system ends a program with the one that started it. */
const canTie = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;

/** What starts a program. Where the system knows how, it ends with this process, however that ends. */
export function withParent(program: string): readonly [string, ...string[]] {
  return canTie ? ['setpriv', '--pdeathsig', 'KILL', program] : [program];
}

/** Whether this computer runs Linux, and has all these programs. */
export function hasPrograms(names: readonly string[]): boolean {
  return process.platform === 'linux' && names.every((name) => spawnSync('which', [name]).status === 0);
}

/** Resolves once a program has made this path. @throws Error when it ends instead, or takes too long. */
export async function makes(program: ChildProcess, path: string): Promise<void> {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (!existsSync(path)) {
    if (hasEnded(program) || performance.now() > deadlineMs) throw new Error(`${path} does not come.`);
    await delay(POLL_MS);
  }
}

/** Ends a program, and resolves when it has ended. Idempotent. */
export async function end(program: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (hasEnded(program)) return;
  const closed = once(program, 'close');
  program.kill(signal);
  await closed;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
