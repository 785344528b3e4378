import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../support/command.ts';
import type { Profile } from '../support/profile.ts';
import { digestOf, readZip } from '../support/zip.ts';
import { rateFigures, tellRound } from './files-rate.ts';
import { FilesStage, fileLoad, folderLoad, type Load, nothingMeasured } from './files-stage.ts';
import type { BenchResult } from './run.ts';

const FILE_BYTES = 8 * 1024;
/** Folders in the folder. */
const BRANCHES = 20;
const ROUNDS = 5;
/** Each file costs a little wherever it passes, whatever its size: to be picked above all, and in the zip. Many times what it needs. */
const LIMIT_MS_PER_FILE = 60;

/** Many small files in a folder, against one file of their size, turn by turn. Too many for Downloads: they are saved as one zip. */
export async function smallCase(name: string, count: number): Promise<BenchResult> {
  const limitMs = count * LIMIT_MS_PER_FILE;
  const stage = await FilesStage.open(limitMs);
  try {
    const { profile } = stage.people.alice;
    const many = await manyFiles(profile, count, limitMs);
    const one = await fileLoad(profile, 'random', count * FILE_BYTES);
    const baseline = nothingMeasured();
    const ours = nothingMeasured();
    for (let round = 1; round <= ROUNDS; round += 1) {
      await stage.send(one, baseline);
      await stage.send(many, ours);
      tellRound(round, ROUNDS, baseline, ours);
    }
    return { chromium: await stage.chromium(), figures: rateFigures(name, ours, baseline) };
  } finally {
    await stage.close();
  }
}

async function manyFiles(profile: Profile, count: number, limitMs: number): Promise<Load> {
  const path = join(profile.dir, 'many');
  const made = new Map<string, Buffer>();
  for (let index = 0; index < count; index += 1) {
    made.set(`branch-${index % BRANCHES}/leaf-${index}.bin`, randomBytes(FILE_BYTES));
  }
  for (let branch = 0; branch < BRANCHES; branch += 1) await mkdir(join(path, `branch-${branch}`), { recursive: true });
  for (const [file, content] of made) await writeFile(join(path, file), content);
  const digest = digestOf(made);
  return folderLoad(
    { path, sizeBytes: count * FILE_BYTES, limitMs },
    {
      save: async (_, page, { peerId, id, transfer }) => {
        if (transfer.state === 'ready') await command(page, 'file-save-zip', { peerId, id });
      },
      check: async ({ bob }, folder) => {
        const zip = bob.downloadPath(`${folder}.zip`);
        const received = await readZip(zip);
        const below = [...received].map(([file, content]) => [file.slice(folder.length + 1), content] as const);
        if (digestOf(new Map(below)) !== digest) throw new Error(`${folder} arrived with other content.`);
        await rm(zip);
      },
    },
  );
}
