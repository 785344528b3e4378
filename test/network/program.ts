import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PROJECT_DIR } from '../support/build.ts';
import type { Namespace } from './namespace.ts';

/** A program that runs in a namespace until it is killed. */
export interface Program {
  /** Ends it at once, as a loss of power would. Idempotent. */
  kill(): Promise<void>;
}

/**
 * Starts a program in a namespace and resolves when it prints what says that it listens. It ends with this process, however that ends.
 * @throws Error with what it printed, when it ends instead.
 */
export async function startProgram(
  namespace: Namespace,
  [program = '', ...args]: readonly string[],
  { ready, env = {} }: { ready: RegExp; env?: Readonly<Record<string, string>> },
): Promise<Program> {
  const command = ['--pdeathsig', 'KILL', ...namespace.prefix, program, ...args];
  const child = spawn('setpriv', command, {
    cwd: PROJECT_DIR,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      printed.push(error.message);
      resolve();
    });
    child.once('close', () => resolve());
  });
  const listens = new Promise<true>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        if (printed.push(line) > KEPT_LINES) printed.shift();
        if (ready.test(line)) resolve(true);
      });
    }
  });
  if ((await Promise.race([listens, exited])) !== true) {
    throw new Error(`${program} didn't start:\n${printed.join('\n')}`);
  }
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Enough to see why something didn't start. */
const KEPT_LINES = 50;
