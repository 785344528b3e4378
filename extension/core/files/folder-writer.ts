import { AppError } from '../shared/errors.ts';

/** One file to be written. `path`: relative, with slashes, each name safe. */
export interface FileToWrite {
  readonly path: string;
  readonly content: Blob;
}

/** Written side by side: each file costs several round trips to the browser, and a disk gains nothing from more. */
const AT_ONCE = 8;
/** Of one name in a folder. */
const MAX_SAME_NAMES = 10_000;

/**
 * Writes files into a folder that a person has chosen. Nothing that stands there is overwritten: what comes under a taken name gets a
 * number, a whole folder as well. `onWritten` hears how many stand there. The browser offers no way to set their times.
 * @throws AppError `save-full`; `save-failed` when the folder can't be written; the signal's reason when aborted.
 */
export async function writeToFolder(
  folder: FileSystemDirectoryHandle,
  files: readonly FileToWrite[],
  { signal, onWritten }: { signal: AbortSignal; onWritten(count: number): void },
): Promise<void> {
  const tops = new Map<string, Promise<string>>();
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>();
  const folderAt = (names: readonly string[]): Promise<FileSystemDirectoryHandle> => {
    const name = names.at(-1);
    if (name === undefined) return Promise.resolve(folder);
    const path = names.join('/');
    const known = folders.get(path);
    if (known) return known;
    const made = folderAt(names.slice(0, -1)).then((parent) => parent.getDirectoryHandle(name, { create: true }));
    folders.set(path, made);
    return made;
  };
  const given = new Set<string>();
  let naming: Promise<unknown> = Promise.resolve();
  // One after the other: a number given to one name must not be another's own.
  const nameOf = (top: string, isFolder: boolean): Promise<string> => {
    const known = tops.get(top);
    if (known) return known;
    const named = naming.then(() => freeName(folder, top, isFolder, given));
    naming = named.catch(() => {});
    tops.set(top, named);
    return named;
  };
  const left = [...files];
  let written = 0;
  const writeNext = async () => {
    for (let file = left.shift(); file; file = left.shift()) {
      signal.throwIfAborted();
      const [top = '', ...below] = file.path.split('/');
      const names = [await nameOf(top, below.length > 0), ...below];
      const parent = await folderAt(names.slice(0, -1));
      const handle = await parent.getFileHandle(names.at(-1) ?? top, { create: true });
      await file.content.stream().pipeTo(await handle.createWritable(), { signal });
      onWritten(++written);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, writeNext));
  } catch (cause) {
    left.length = 0;
    signal.throwIfAborted();
    const isFull = cause instanceof DOMException && cause.name === 'QuotaExceededError';
    throw new AppError(isFull ? 'save-full' : 'save-failed', { cause });
  }
}

/** The name itself, or with the lowest number that makes it free, also from those `given` before. */
async function freeName(
  folder: FileSystemDirectoryHandle,
  name: string,
  isFolder: boolean,
  given: Set<string>,
): Promise<string> {
  const dot = isFolder ? -1 : name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let number = 0; number < MAX_SAME_NAMES; number++) {
    const candidate = number === 0 ? name : `${stem} (${number})${extension}`;
    const key = candidate.toLowerCase();
    if (given.has(key) || (await exists(folder, candidate))) continue;
    given.add(key);
    return candidate;
  }
  throw new AppError('save-failed');
}

async function exists(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    // A folder of this name is a mismatch of types.
    return !(error instanceof DOMException && error.name === 'NotFoundError');
  }
}
