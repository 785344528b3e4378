import {
  entriesOf,
  INCOMING_FOLDER,
  LEAVES_SUFFIX,
  OUTGOING_FOLDER,
  openFolder,
  removeEntry,
  ZIPS_FOLDER,
} from './opfs-folder.ts';

/** An arriving transfer that lies in private storage. `touchedAt`: when its bytes were last written. */
export interface Leftover {
  readonly peerId: string;
  readonly id: string;
  readonly touchedAt: number;
}

/**
 * Looks through what earlier runs left of arriving transfers and removes what `isKept` doesn't want. Call it before stores are opened,
 * or for what no store has open. Never rejects because of a single entry.
 */
export async function sweepIncoming(isKept: (leftover: Leftover) => Promise<boolean>): Promise<void> {
  for (const peer of await entriesOf(INCOMING_FOLDER)) {
    if (peer.kind !== 'directory') continue;
    const names: string[] = [];
    for await (const name of peer.keys()) names.push(name);
    const ids = new Set(
      names.map((name) => (name.endsWith(LEAVES_SUFFIX) ? name.slice(0, -LEAVES_SUFFIX.length) : name)),
    );
    let isEmpty = true;
    for (const id of ids) {
      if (names.includes(id) && (await isKept({ peerId: peer.name, id, touchedAt: await touchedAt(peer, id) }))) {
        isEmpty = false;
        continue;
      }
      await removeEntry(peer, id);
      await removeEntry(peer, id + LEAVES_SUFFIX);
    }
    if (isEmpty) await removeIncoming(peer.name);
  }
}

/** Removes everything that has arrived from a peer. */
export async function removeIncoming(peerId: string): Promise<void> {
  await removeEntry(await openFolder(INCOMING_FOLDER, { create: true }), peerId);
}

/** Removes copies of what was sent, but for those that `isKept` wants. */
export async function sweepOutgoing(isKept: (id: string) => Promise<boolean>): Promise<void> {
  const entries = await entriesOf(OUTGOING_FOLDER);
  if (entries.length === 0) return;
  const folder = await openFolder(OUTGOING_FOLDER, { create: true });
  for (const { name } of entries) {
    const [id = ''] = name.split('.');
    if (!(await isKept(id))) await removeEntry(folder, name);
  }
}

/** Removes what an earlier run was packing. */
export async function sweepZips(): Promise<void> {
  await removeEntry(await navigator.storage.getDirectory(), ZIPS_FOLDER);
}

async function touchedAt(folder: FileSystemDirectoryHandle, name: string): Promise<number> {
  try {
    return (await (await folder.getFileHandle(name)).getFile()).lastModified;
  } catch {
    // Somebody works on it.
    return Date.now();
  }
}
