import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Whether the network that everything here runs over can be taken away without harm: it is loopback in a namespace of its own,
 * with nothing else in it.
 */
export async function canCutNetwork(): Promise<boolean> {
  const devices = await readFile('/proc/self/net/dev', 'utf8').catch(() => '');
  const names = [...devices.matchAll(/^\s*([^\s:]+):/gm)].map(([, name]) => name);
  return names.length === 1 && names[0] === 'lo';
}

/** Takes the network away, from both browsers and from the server, as a pulled cable does. @throws Error when `canCutNetwork` is false. */
export async function cutNetwork(): Promise<void> {
  if (!(await canCutNetwork())) throw new Error('This network is not ours to cut.');
  await run('ip', ['link', 'set', 'lo', 'down']);
}

/** Brings it back. */
export async function restoreNetwork(): Promise<void> {
  await run('ip', ['link', 'set', 'lo', 'up']);
}
