import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser } from './find-browser.ts';
import type { Person } from './person.ts';

/** Private storage lies there. */
const STORAGE_FOLDER = join('Default', 'File System');
const PIECE_BYTES = 64 * 1024;

/** Whether this computer lets a program have a disk of its own. */
export function canMount(): boolean {
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}

/** Starts a person's browser again with its private storage on a disk of its own, empty and so large. */
export async function startsOnSmallDisk(person: Person, sizeBytes: number): Promise<void> {
  const folder = join(person.profile.dir, STORAGE_FOLDER);
  const executablePath = join(person.profile.dir, 'browser-on-small-disk');
  await mkdir(folder, { recursive: true });
  const mount = `mount -t tmpfs -o size=${sizeBytes} tmpfs '${folder}'`;
  await writeFile(
    executablePath,
    `#!/bin/sh\nexec unshare -m sh -c "${mount}"' && exec "$@"' sh '${findBrowser()}' "$@"\n`,
  );
  await chmod(executablePath, 0o755);
  await person.quitsBrowser();
  await person.startsBrowserAgain({ executablePath });
}

/** Something else fills that disk to the last byte. @returns what makes room again. */
export async function fillDisk({ browser: { browser }, profile }: Person): Promise<() => Promise<void>> {
  // Only the browser itself sees its disk.
  const path = join(`/proc/${browser.process()?.pid}/root`, profile.dir, STORAGE_FOLDER, 'filler');
  const isFull = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  for (let full = false; !full; ) {
    await writeFile(path, Buffer.alloc(PIECE_BYTES), { flag: 'a' }).catch((error: unknown) => {
      if (!isFull(error)) throw error;
      full = true;
    });
  }
  return () => rm(path);
}
