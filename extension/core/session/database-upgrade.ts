import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import * as v from 'valibot';

/** 2: device keys and sealed pairings; those made before had no keys and are gone. 3: a file item can be a folder or several files. */
export const VERSION = 3;

export interface Schema extends DBSchema {
  settings: { key: string; value: unknown };
  peers: { key: string; value: unknown };
  farewells: { key: string; value: unknown };
  items: { key: string; value: unknown; indexes: { 'by-peer': [string, number]; unfinished: [string, number] } };
}

/** A file as version 2 kept it, as far as it is changed here. */
const OldFile = v.looseObject({
  kind: v.literal('file'),
  at: v.number(),
  transfer: v.looseObject({ state: v.string() }),
});

type Upgrade = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

/** Makes the stores of a first start, or brings those of an older version up to date. */
export async function upgradeDatabase(
  stores: IDBPDatabase<Schema>,
  oldVersion: number,
  transaction: Upgrade,
): Promise<void> {
  if (oldVersion === 2) return upgradeFiles(transaction);
  for (const name of stores.objectStoreNames) stores.deleteObjectStore(name);
  stores.createObjectStore('settings');
  stores.createObjectStore('farewells', { keyPath: 'id' });
  stores.createObjectStore('peers', { keyPath: 'id' });
  const items = stores.createObjectStore('items', { keyPath: 'id' });
  items.createIndex('by-peer', ['peerId', 'at']);
  // Only unfinished items have `unfinishedAt`, so this index stays small however long the history is.
  items.createIndex('unfinished', ['peerId', 'unfinishedAt']);
}

async function upgradeFiles(transaction: Upgrade): Promise<void> {
  let cursor = await transaction.objectStore('items').openCursor();
  for (; cursor; cursor = await cursor.continue()) {
    const old = v.safeParse(OldFile, cursor.value);
    if (old.success) await cursor.update(upgradedFile(old.output));
  }
}

/** What had not ended could not survive a restart then: it has failed. */
function upgradedFile({ unfinishedAt, ...old }: v.InferOutput<typeof OldFile>): unknown {
  const details = { form: 'file', count: 1, manifestBytes: 0, modifiedAt: old.at };
  const { transfer } = old;
  switch (transfer.state) {
    case 'done':
      return { ...old, ...details, transfer: { ...transfer, place: '', repeatedBytes: 0, badBlocks: 0 } };
    case 'waiting':
    case 'offered':
    case 'moving':
    case 'saving':
      return { ...old, ...details, transfer: { state: 'failed', code: 'file-interrupted', bytes: 0 } };
    default:
      return { ...old, ...details };
  }
}
