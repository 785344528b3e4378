import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
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

function* randomChunks(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= CHUNK_BYTES) yield randomBytes(Math.min(left, CHUNK_BYTES));
}

/** SHA-256 of a file, in hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
