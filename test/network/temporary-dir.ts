import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDir {
  readonly path: string;
  /** Idempotent. */
  remove(): Promise<void>;
}

const left = new Set<string>();
// For a process that ends in a hurry: whoever has time calls `remove`.
process.on('exit', () => {
  for (const path of left) rmSync(path, { recursive: true, force: true });
});

/** Makes an empty folder. `what` becomes part of its name. */
export async function makeTemporaryDir(what: string): Promise<TemporaryDir> {
  const path = await mkdtemp(join(tmpdir(), `pairwise-${what}-`));
  left.add(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      left.delete(path);
    },
  };
}
