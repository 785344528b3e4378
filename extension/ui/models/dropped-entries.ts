import type { SourceFile } from '../../core/files/source.ts';
import { AppError } from '../../core/shared/errors.ts';
import { MAX_FILES } from '../../core/shared/limits.ts';

/** A file, or a folder that is still to be read. */
export type DroppedEntry = File | FileSystemDirectoryEntry;

/** Where no bottom is found by then, none is expected. */
const MAX_DEPTH = 32;
/** Folders without files count too. */
const MAX_ENTRIES = MAX_FILES * 2;
/** Files opened at the same time. Each is a question to another process: one by one, 5,000 files took 4.9 s, in this way 2.0 s. */
const MAX_OPENING = 64;

interface Listed {
  readonly path: string;
  readonly entry: File | FileSystemFileEntry;
}

/**
 * Every file of what was dropped, with its path from there on, in the order in which the system lists them. Folders without a file
 * leave no trace. Listing is quick, opening is not: too many are refused before the first is opened.
 * @throws AppError `file-too-many`, `file-gone` when one of them can't be read.
 */
export async function walkEntries(tops: readonly DroppedEntry[]): Promise<SourceFile[]> {
  const listed: Listed[] = [];
  let entries = 0;

  const add = (path: string, entry: Listed['entry']) => {
    if (listed.length >= MAX_FILES) throw new AppError('file-too-many');
    listed.push({ path, entry });
  };
  const walk = async (folder: FileSystemDirectoryEntry, path: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) throw new AppError('file-too-many');
    const reader = folder.createReader();
    // The browser gives a hundred at a time, and nothing when there are no more.
    for (let batch = await read(reader); batch.length > 0; batch = await read(reader)) {
      entries += batch.length;
      if (entries > MAX_ENTRIES) throw new AppError('file-too-many');
      for (const entry of batch) {
        const inside = `${path}/${entry.name}`;
        if (isFile(entry)) add(inside, entry);
        else if (isFolder(entry)) await walk(entry, inside, depth + 1);
      }
    }
  };

  for (const top of tops) {
    if (top instanceof File) add(top.name, top);
    else await walk(top, top.name, 1);
  }
  return openAll(listed);
}

async function openAll(listed: readonly Listed[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  let next = 0;
  const work = async () => {
    while (next < listed.length) {
      const at = next++;
      const one = listed[at];
      if (one) files[at] = { path: one.path, file: await open(one.entry) };
    }
  };
  await Promise.all(Array.from({ length: MAX_OPENING }, work));
  return files;
}

async function open(entry: Listed['entry']): Promise<File> {
  if (entry instanceof File) return entry;
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
