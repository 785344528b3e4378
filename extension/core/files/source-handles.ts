import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import * as v from 'valibot';
import { AppError } from '../shared/errors.ts';
import type { Selection } from './source.ts';

declare global {
  /** Chromium's own; not in TypeScript's library. */
  interface FileSystemHandle {
    queryPermission(options: { mode: 'read' }): Promise<PermissionState>;
    /** Only in answer to a click, and only in a page that is seen. */
    requestPermission(options: { mode: 'read' }): Promise<PermissionState>;
  }
}

/*
 * Where the files of unfinished transfers lie on the disk: a handle survives a restart, leave to read through it has to be given again.
 * In a database of its own, since a view reads it too.
 */
const DATABASE = 'source-handles';
const VERSION = 1;
/** More large files than anybody sends at the same time. */
const MAX_HANDLES = 100;

interface Schema extends DBSchema {
  handles: { key: string; value: unknown };
}

/** Keeps the handle of a transfer's file, unless very many are kept already. */
export async function keepHandle(id: string, handle: FileSystemFileHandle): Promise<void> {
  await withDatabase(async (db) => {
    const transaction = db.transaction('handles', 'readwrite');
    if ((await transaction.store.count()) < MAX_HANDLES) await transaction.store.put(handle, id);
    await transaction.done;
  });
}

/** Null when none is kept. */
export async function openHandle(id: string): Promise<FileSystemFileHandle | null> {
  const parsed = v.safeParse(v.instance(FileSystemFileHandle), await withDatabase((db) => db.get('handles', id)));
  return parsed.success ? parsed.output : null;
}

export async function hasHandle(id: string): Promise<boolean> {
  return (await withDatabase((db) => db.count('handles', id))) > 0;
}

/** Idempotent. */
export async function removeHandle(id: string): Promise<void> {
  await withDatabase((db) => db.delete('handles', id));
}

/** Removes all but those that `isKept` wants. */
export async function sweepHandles(isKept: (id: string) => Promise<boolean>): Promise<void> {
  for (const id of await withDatabase((db) => db.getAllKeys('handles'))) {
    if (!(await isKept(id))) await removeHandle(id);
  }
}

/** What a transfer of this one file sends. Leave to read it was given. @throws AppError `file-gone`. */
export async function readHandle(handle: FileSystemFileHandle): Promise<Selection> {
  try {
    const file = await handle.getFile();
    return { form: 'file', name: file.name, files: [{ path: file.name, file }] };
  } catch (cause) {
    throw new AppError('file-gone', { cause });
  }
}

async function withDatabase<Result>(work: (db: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result> {
  const db = await openDB<Schema>(DATABASE, VERSION, { upgrade: (made) => void made.createObjectStore('handles') });
  try {
    return await work(db);
  } finally {
    db.close();
  }
}
