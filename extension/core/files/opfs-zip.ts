import { makeZip, predictLength } from 'client-zip';
import { AppError } from '../shared/errors.ts';
import { openFolder, removeEntry, ZIPS_FOLDER } from './opfs-folder.ts';

/** One file of a zip. `path`: relative, with slashes. */
export interface ZipEntry {
  readonly path: string;
  readonly modifiedAt: number;
  readonly content: Blob;
}

/**
 * Packs files into one zip in private storage, without compressing them; above 4 GiB or 65,535 files it is a zip64. Whoever asked
 * removes it. `onPacked` hears how many files are in it.
 * @throws AppError `save-full` when the zip, and a copy of it in Downloads, don't fit; the signal's reason when aborted.
 */
export async function packZip(
  name: string,
  files: readonly ZipEntry[],
  { signal, onPacked }: { signal: AbortSignal; onPacked(count: number): void },
): Promise<File> {
  const entries = files.map(({ path, modifiedAt, content }) => ({
    name: path,
    lastModified: new Date(modifiedAt),
    input: content,
    size: content.size,
  }));
  const sizeBytes = Number(predictLength(entries));
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  if (quota - usage < 2 * sizeBytes) throw new AppError('save-full');
  const folder = await openFolder(ZIPS_FOLDER, { create: true });
  const handle = await folder.getFileHandle(name, { create: true });
  try {
    await makeZip(counted(entries, onPacked)).pipeTo(await handle.createWritable(), { signal });
  } catch (error) {
    await removeZip(name);
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw isFull ? new AppError('save-full', { cause: error }) : error;
  }
  return handle.getFile();
}

/** Idempotent. */
export async function removeZip(name: string): Promise<void> {
  await removeEntry(await openFolder(ZIPS_FOLDER, { create: true }), name);
}

/** Tells of each entry once the next one, or the end, is asked for. */
function* counted<Entry>(entries: readonly Entry[], onPacked: (count: number) => void): Generator<Entry> {
  for (const [index, entry] of entries.entries()) {
    yield entry;
    onPacked(index + 1);
  }
}
