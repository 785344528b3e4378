import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PROJECT_DIR } from './build.ts';

/** Of the figures in /proc, on every Linux there is. */
const TICKS_PER_SECOND = 100;

export interface ServerProcess {
  readonly url: string;
  /** Exit code and signal, once it has ended. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  isRunning(): boolean;
  /** Resident memory, as the system counts it. */
  rssBytes(): number;
  /** Processor time it has used. */
  cpuSeconds(): number;
  /** All it has written to standard output and error. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Runs a script with tsx and waits for the first line it prints. Undefined `url` when it ended instead. */
async function run(script: string, env: Readonly<Record<string, string>>, nodeArgs: readonly string[]) {
  const child = spawn(process.execPath, [...nodeArgs, '--import', 'tsx', script], {
    cwd: PROJECT_DIR,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const firstLine = new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      output += `${line}\n`;
      resolve(line);
    });
  });
  const line = await Promise.race([firstLine, exited.then(() => undefined)]);
  return { child, exited, line, output: () => output };
}

/** Starts the server as it is deployed: a process of its own, configured by its environment. @throws Error when it doesn't start. */
export async function startServerProcess(
  env: Readonly<Record<string, string>> = {},
  { script = 'peer-server/main.ts', nodeArgs = [] }: { script?: string; nodeArgs?: readonly string[] } = {},
): Promise<ServerProcess> {
  const { child, exited, line, output } = await run(script, { PORT: '0', LOG_LEVEL: 'silent', ...env }, nodeArgs);
  const url = line?.match(/http:\S+/)?.[0];
  const { pid } = child;
  if (url === undefined || pid === undefined) throw new Error(`server didn't start: ${output()}`);
  return {
    url,
    exited,
    output,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    rssBytes: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024,
    cpuSeconds: () => {
      // Behind the name, which is in brackets and may hold anything: the 14th and 15th field of all.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    kill: (signal) => {
      child.kill(signal);
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs the server where it must not start. */
export async function runServerToEnd(env: Readonly<Record<string, string>>) {
  const { exited, output } = await run('peer-server/main.ts', { PORT: '0', ...env }, []);
  const { code } = await exited;
  return { code, output: output() };
}
