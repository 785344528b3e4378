import type { SourceFile } from '../../core/files/source.ts';
import { AppError } from '../../core/shared/errors.ts';
import { MAX_FILES } from '../../core/shared/limits.ts';

/** A file, or a folder that is still to be read. */
export type DroppedEntry = File | FileSystemDirectoryEntry;

/** Below a folder that links to itself there is no bottom; more than this is said to be too much. */
const MAX_DEPTH = 32;
/** Folders without files count too. */
const MAX_ENTRIES = MAX_FILES * 2;
/** Files opened at the same time: the browser answers each from another process, and waiting for every single one takes four times as long. */
const MAX_OPENING = 64;

/**
 * Every file of what was dropped, with its path from there on, in the order in which the system lists them. Folders without a file
 * leave no trace.
 * @throws AppError `file-too-many`, `file-gone` when one of them can't be read.
 */
export async function walkEntries(tops: readonly DroppedEntry[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  let entries = 0;

  const take = (path: string, file: File) => {
    if (files.length >= MAX_FILES) throw new AppError('file-too-many');
    files.push({ path, file });
  };
  const walk = async (folder: FileSystemDirectoryEntry, path: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) throw new AppError('file-too-many');
    const reader = folder.createReader();
    // The browser gives a hundred at a time, and nothing when there are no more.
    for (let batch = await read(reader); batch.length > 0; batch = await read(reader)) {
      entries += batch.length;
      if (entries > MAX_ENTRIES) throw new AppError('file-too-many');
      const opened = await openAll(batch);
      for (const [at, entry] of batch.entries()) {
        const file = opened[at];
        const inside = `${path}/${entry.name}`;
        if (file) take(inside, file);
        else if (isFolder(entry)) await walk(entry, inside, depth + 1);
      }
    }
  };

  for (const top of tops) {
    if (top instanceof File) take(top.name, top);
    else await walk(top, top.name, 1);
  }
  return files;
}

/** The files among the entries of a batch, at their places. */
async function openAll(batch: readonly FileSystemEntry[]): Promise<(File | null)[]> {
  const opened: (File | null)[] = [];
  for (let from = 0; from < batch.length; from += MAX_OPENING) {
    opened.push(...(await Promise.all(batch.slice(from, from + MAX_OPENING).map(open))));
  }
  return opened;
}

function open(entry: FileSystemEntry): Promise<File | null> {
  if (!isFile(entry)) return Promise.resolve(null);
  return new Promise((resolve, reject) => entry.file(resolve, (cause) => reject(new AppError('file-gone', { cause }))));
}

function read(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) =>
    reader.readEntries(resolve, (cause) => reject(new AppError('file-gone', { cause }))),
  );
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

/** Whether an entry is a folder. */
export function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
