import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Fixed by the manifest's `key`. */
export const EXTENSION_ID = 'jnaeikoheheabkghikcnhppeogckoepf';

/** A browser profile on disk. It outlives the browser, so that one can be started again with it. */
export interface Profile {
  readonly dir: string;
  /** Everything the browser saves lands here, without a question. */
  readonly downloadsDir: string;
  /** Idempotent. */
  remove(): Promise<void>;
}

const leftDirs = new Set<string>();
// For a process that ends in a hurry: whoever has time calls `remove`.
process.on('exit', () => {
  for (const dir of leftDirs) rmSync(dir, { recursive: true, force: true });
});

/** Makes an empty profile in the temporary folder, with Pairwise pinned to the toolbar. */
export async function createProfile(): Promise<Profile> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'pairwise-')));
  leftDirs.add(dir);
  const downloadsDir = join(dir, 'Downloads');
  await mkdir(downloadsDir);
  await mkdir(join(dir, 'Default'));
  const preferences = {
    download: { default_directory: downloadsDir, prompt_for_download: false },
    extensions: { pinned_extensions: [EXTENSION_ID], ui: { developer_mode: true } },
    browser: { has_seen_welcome_page: true },
  };
  await writeFile(join(dir, 'Default', 'Preferences'), JSON.stringify(preferences));
  return {
    dir,
    downloadsDir,
    remove: async () => {
      // The browser's helper processes may still write for a moment after it has closed.
      await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      leftDirs.delete(dir);
    },
  };
}
