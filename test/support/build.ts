import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const PROJECT_DIR = join(import.meta.dirname, '..', '..');
export const EXTENSION_DIR = join(PROJECT_DIR, '.output', 'chrome-mv3');

/** Everything the built folder is made of. */
const SOURCES = ['extension', 'wxt.config.ts', 'tsconfig.json', 'package-lock.json'];

let built: Promise<string> | undefined;

/**
 * Builds the extension unless the built folder is newer than every source, once for each process.
 * @returns the folder to load as an unpacked extension.
 * @throws Error when the build fails; its output has been printed.
 */
export function ensureBuilt(): Promise<string> {
  built ??= buildIfStale();
  return built;
}

async function buildIfStale(): Promise<string> {
  const manifestTimeMs = await stat(join(EXTENSION_DIR, 'manifest.json')).then(
    (found) => found.mtimeMs,
    () => 0,
  );
  const sourceTimesMs = await Promise.all(SOURCES.map((source) => newestTimeMs(join(PROJECT_DIR, source))));
  if (Math.max(...sourceTimesMs) >= manifestTimeMs) await build();
  return EXTENSION_DIR;
}

/** Folders count too: their time changes when a file in them is removed. */
async function newestTimeMs(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = await readdir(path);
  const timesMs = await Promise.all(entries.map((entry) => newestTimeMs(join(path, entry))));
  return Math.max(found.mtimeMs, ...timesMs);
}

function build(): Promise<void> {
  console.log('Building the extension.');
  const wxt = join(PROJECT_DIR, 'node_modules', 'wxt', 'bin', 'wxt.mjs');
  const child = spawn(process.execPath, [wxt, 'build'], {
    cwd: PROJECT_DIR,
    // Vitest says "test", and the views would be built as for a developer, twice as large as what is shipped.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => output.push(data));
  child.stderr.on('data', (data: Buffer) => output.push(data));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(output));
      reject(new Error(`The build failed (exit code ${code}).`));
    });
  });
}
