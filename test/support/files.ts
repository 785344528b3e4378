import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Profile } from './profile.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Writes a file of random bytes beside a person's profile, gone with it.
 * @returns its path.
 */
export async function makeFile(profile: Profile, name: string, sizeBytes: number): Promise<string> {
  const path = join(profile.dir, name);
  await pipeline(Readable.from(randomChunks(sizeBytes)), createWriteStream(path));
  return path;
}

/**
 * Writes a file that is sent in no time and yet has no two blocks alike: each mebibyte repeats a few random bytes of its own. Beside a
 * profile or in any other folder, which is not removed with it.
 * @returns its path.
 */
export async function makeRepetitive({ dir }: Pick<Profile, 'dir'>, name: string, sizeBytes: number): Promise<string> {
  const path = join(dir, name);
  await pipeline(Readable.from(repetitiveChunks(sizeBytes)), createWriteStream(path));
  return path;
}

/**
 * Writes a file of log lines beside a person's profile, gone with it: always the same ones, which gzip makes 6 times smaller.
 * @returns its path.
 */
export async function makeLog(profile: Profile, name: string, sizeBytes: number): Promise<string> {
  const path = join(profile.dir, name);
  await pipeline(Readable.from(logChunks(sizeBytes)), createWriteStream(path));
  return path;
}

function* randomChunks(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= CHUNK_BYTES) yield randomBytes(Math.min(left, CHUNK_BYTES));
}

function* repetitiveChunks(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= CHUNK_BYTES) {
    yield Buffer.alloc(Math.min(left, CHUNK_BYTES), randomBytes(64));
  }
}

/** SHA-256 of a file, in hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Lines for so many bytes are made up; larger files repeat them, too far apart for any compression to notice. */
const DISTINCT_LOG_BYTES = 32 * 1024 * 1024;
const LEVELS = ['INFO', 'INFO', 'INFO', 'INFO', 'DEBUG', 'DEBUG', 'WARN', 'ERROR'] as const;
const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT'] as const;
const PATHS = [
  '/api/orders',
  '/api/orders/items',
  '/api/users/session',
  '/static/app.js',
  '/health',
  '/api/search',
] as const;

function* logChunks(sizeBytes: number): Generator<Buffer> {
  const random = seededRandom(4);
  const below = (bound: number) => Math.floor(random() * bound);
  const one = (choices: readonly string[]) => choices[below(choices.length)];
  let timeMs = Date.UTC(2026, 2, 1);
  const line = () => {
    timeMs += below(40);
    const request = `${one(METHODS)} ${one(PATHS)}/${below(5_000)} status=${below(20) > 0 ? 200 : 500}`;
    const measured = `bytes=${below(20_000)} took=${below(90)}ms client=10.0.${below(4)}.${below(250)}`;
    return `${new Date(timeMs).toISOString()} ${one(LEVELS)} [worker-${below(8)}] ${request} ${measured}\n`;
  };
  const chunks: Buffer[] = [];
  let madeBytes = 0;
  for (let at = 0; madeBytes < sizeBytes; at += 1) {
    const isNew = madeBytes < DISTINCT_LOG_BYTES;
    const chunk = isNew ? Buffer.from(Array.from({ length: 8_000 }, line).join('')) : chunks[at % chunks.length];
    if (!chunk) throw new Error('no lines');
    if (isNew) chunks.push(chunk);
    yield chunk.subarray(0, sizeBytes - madeBytes);
    madeBytes += chunk.length;
  }
}

/** Numbers from 0 to 1 that are the same for the same seed: splitmix32. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Writes a folder beside a person's profile, gone with it: a file for each path, with other bytes each. Returns its path. */
export async function makeFolder(profile: Profile, name: string, paths: readonly string[]): Promise<string> {
  const folder = join(profile.dir, name);
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), randomBytes(1 + Math.floor(Math.random() * 5_000)));
  }
  return folder;
}

/** The content of every file below a folder, by its path. */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.map(async (file) => [relative(folder, file), await readFile(file)] as const),
  );
  return new Map(contents);
}
