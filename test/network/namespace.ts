import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why there can be no network here, in one sentence without an end. */
export class NoNetworkError extends Error {
  override readonly name = 'NoNetworkError';
}

/** A network namespace with loopback, and no name that another one could have. */
export interface Namespace {
  /** Whose namespace it is: commands that move a device name this process. */
  readonly pid: number;
  /** A command prefix that runs the rest in it. */
  readonly prefix: readonly string[];
  /** Runs lines of shell in it and resolves with what they print. @throws Error with what the first one that fails says. */
  shell(...lines: readonly string[]): Promise<string>;
  /** Idempotent. The namespace goes with the last process in it. */
  close(): Promise<void>;
}

/** @throws NoNetworkError where that isn't permitted. */
export async function openNamespace(): Promise<Namespace> {
  // It ends with its standard input, so also when this process is killed, and its namespace and devices with it.
  const holder = ['-n', 'sh', '-c', 'ip link set lo up && echo ready && exec cat'];
  const child = spawn('unshare', holder, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint += data.toString();
  });
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      complaint += error.message;
      resolve();
    });
    child.once('close', () => resolve());
  });
  const ready = new Promise<true>((resolve) => child.stdout.once('data', () => resolve(true)));
  const { pid } = child;
  if ((await Promise.race([ready, exited])) !== true || pid === undefined) {
    throw new NoNetworkError(`network namespaces aren't permitted here (${complaint.trim()})`);
  }
  const prefix = ['nsenter', `--net=/proc/${pid}/ns/net`, '--'];
  return {
    pid,
    prefix,
    shell: async (...lines) => {
      const [command = '', ...args] = [...prefix, 'sh', '-ec', lines.join('\n')];
      return (await run(command, args)).stdout;
    },
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
