import type { Selection, SourceFile } from '../../core/files/source.ts';
import { AppError } from '../../core/shared/errors.ts';
import { MAX_COPIED_BYTES, MAX_FILE_NAME_LENGTH, MAX_FILES } from '../../core/shared/limits.ts';
import { type DroppedEntry, isFolder, walkEntries } from './dropped-entries.ts';
import { isPicture, namePasted } from './pasted-picture.ts';

declare global {
  /** Chromium's own; not in TypeScript's library. */
  interface DataTransferItem {
    getAsFileSystemHandle(): Promise<FileSystemHandle | null>;
  }
}

/** The files of a file input or folder picker, or what was dropped or pasted. */
export type Chosen = readonly File[] | DataTransfer;

/**
 * What was chosen, as one transfer: folders walked to the bottom, those without a file left out. Null when no file is among it. What
 * was dropped or pasted has to come here while its event is handled: afterwards the browser has taken the content away.
 * @throws AppError `file-too-many`, `file-gone` when something can't be read.
 */
export async function selectionOf(chosen: Chosen): Promise<Selection | null> {
  if (chosen instanceof DataTransfer) return select(await walkEntries(entriesOf(chosen)));
  if (chosen.length > MAX_FILES) throw new AppError('file-too-many');
  return select(chosen.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/**
 * Where a large file lies that was dropped alone, so that it can be read again after a restart; null for anything else. Has to be called
 * while the event of the drop is handled. Only for one that is too large to be copied: the browser refuses handles of places that it
 * thinks sensitive, the home folder as a whole for one, with a dialog, and would later ask for leave once for each of several.
 */
export async function handleOf(chosen: Chosen): Promise<FileSystemFileHandle | null> {
  if (!(chosen instanceof DataTransfer)) return null;
  const [item, ...others] = [...chosen.items].filter(({ kind }) => kind === 'file');
  if (!item || others.length > 0 || !item.webkitGetAsEntry()?.isFile) return null;
  if ((item.getAsFile()?.size ?? 0) <= MAX_COPIED_BYTES) return null;
  // Refused, or never answered: then the person chooses the file again.
  const handle = await item.getAsFileSystemHandle().catch(() => null);
  return handle instanceof FileSystemFileHandle ? handle : null;
}

function entriesOf({ items }: DataTransfer): DroppedEntry[] {
  const nowMs = Date.now();
  return [...items].flatMap((item): DroppedEntry | [] => {
    if (item.kind !== 'file') return [];
    const entry = item.webkitGetAsEntry();
    if (entry && isFolder(entry)) return entry;
    const file = item.getAsFile();
    if (!file) return [];
    return isPicture(item) ? namePasted(file, nowMs) : file;
  });
}

/** Below one folder it is that folder, and its name is no part of the paths. */
function select(files: readonly SourceFile[]): Selection | null {
  const [first] = files;
  if (!first) return null;
  const [top = '', ...rest] = first.path.split('/');
  const name = top.slice(0, MAX_FILE_NAME_LENGTH) || 'file';
  const start = `${top}/`;
  if (rest.length > 0 && files.every(({ path }) => path.startsWith(start))) {
    return { form: 'folder', name, files: files.map(({ path, file }) => ({ path: path.slice(start.length), file })) };
  }
  return { form: files.length === 1 ? 'file' : 'files', name, files };
}
