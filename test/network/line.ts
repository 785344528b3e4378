import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { makeTemporaryDir, type TemporaryDir } from './temporary-dir.ts';

export interface LineOptions {
  readonly bitsPerSecond: number;
  /** One way. */
  readonly delayMs: number;
  /** What waits in front of the line; more is dropped. */
  readonly queueBytes: number;
  /** Share of the packets that get lost. Default 0. */
  readonly loss?: number;
}

/** What one direction of a line did. */
export interface LineCount {
  readonly packets: number;
  readonly bytes: number;
  /** Packets that the queue had no room for, and those that were lost by chance. */
  readonly overflowed: number;
  readonly lost: number;
}

/** Two network namespaces with nothing but this line between them, and loopback in each. */
export interface Line {
  /** Command prefixes that run the rest at one end, or the other. */
  readonly ends: readonly [readonly string[], readonly string[]];
  /** Both directions since it was opened, the one from the first end first. */
  counts(): Promise<readonly LineCount[]>;
  /** Idempotent. The namespaces go with the last process in them. */
  close(): Promise<void>;
}

/** Why there can be no line here, in one sentence without an end. */
export class NoLineError extends Error {
  override readonly name = 'NoLineError';
}

/** @throws NoLineError where network namespaces, TUN devices or a C compiler are missing. */
export async function openLine(options: LineOptions): Promise<Line> {
  const dir = await makeTemporaryDir('line');
  try {
    const program = join(dir.path, 'line');
    compile(program);
    return await start(program, options, dir);
  } catch (error) {
    await dir.remove();
    throw error;
  }
}

/** Writes a program that runs another one, with its own arguments, behind a command prefix. Returns its path. */
export async function writeProgram(path: string, prefix: readonly string[], program: string): Promise<string> {
  const words = [...prefix, program].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  await writeFile(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  return path;
}

function compile(program: string): void {
  const source = join(import.meta.dirname, 'line.c');
  const { error, status, stderr } = spawnSync('cc', ['-O2', '-o', program, source], { encoding: 'utf8' });
  if (error) throw new NoLineError(`a C compiler is needed to build test/network/line.c (${error.message})`);
  if (status !== 0) throw new Error(`test/network/line.c doesn't compile:\n${stderr}`);
}

async function start(program: string, options: LineOptions, dir: TemporaryDir): Promise<Line> {
  const { bitsPerSecond, delayMs, queueBytes, loss = 0 } = options;
  const numbers = [bitsPerSecond, delayMs * 1_000, queueBytes, loss * 1_000_000, 1];
  // It ends with its standard input, so also when this process is killed.
  const child = spawn(
    program,
    numbers.map((one) => String(Math.round(one))),
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint += data.toString();
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface(child.stdout);
  const ready = await Promise.race([nextLine(lines), exited]);
  const [, first, second] = /^ready (\d+) (\d+)$/.exec(ready ?? '') ?? [];
  if (child.pid === undefined || !first || !second) {
    throw new NoLineError(`network namespaces with TUN devices aren't permitted here (${complaint.trim()})`);
  }
  const end = (fd: string) => ['nsenter', `--net=/proc/${child.pid}/fd/${fd}`, '--'];
  return {
    ends: [end(first), end(second)],
    counts: () => ask(child, lines),
    close: async () => {
      child.stdin.end();
      await exited;
      await dir.remove();
    },
  };
}

async function ask(child: ChildProcess, lines: Interface): Promise<LineCount[]> {
  const answer = nextLine(lines);
  child.stdin?.write('\n');
  const counts: LineCount[] = JSON.parse(await answer);
  return counts;
}

function nextLine(lines: Interface): Promise<string> {
  return new Promise((resolve) => lines.once('line', resolve));
}
