/*
 * Folders of the origin private file system. `incoming/<peerId>/<itemId>` is an arriving transfer, whole or in parts, and
 * `<itemId>.leaves` beside it says which of its blocks are there. `outgoing/<itemId>` is a copy of what is sent, `<itemId>.json` beside
 * it describes it. `zips` holds what is being packed.
 */
export const INCOMING_FOLDER = 'incoming';
export const OUTGOING_FOLDER = 'outgoing';
export const ZIPS_FOLDER = 'zips';
export const LEAVES_SUFFIX = '.leaves';

/** A folder right below the root. @throws DOMException `NotFoundError` when it isn't there and isn't to be made. */
export async function openFolder(name: string, options: { create: boolean }): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(name, options);
}

/** What lies in a folder below the root, nothing when there is none. */
export async function entriesOf(name: string): Promise<(FileSystemDirectoryHandle | FileSystemFileHandle)[]> {
  const entries: (FileSystemDirectoryHandle | FileSystemFileHandle)[] = [];
  const folder = await openFolder(name, { create: false }).catch(() => null);
  if (folder) for await (const entry of folder.values()) entries.push(entry);
  return entries;
}

/**
 * Removes what is there, with everything in it. Never rejects: what another context still holds open stays until the next sweep, and
 * mostly there is nothing to remove, which is an error too.
 */
export async function removeEntry(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await folder.removeEntry(name, { recursive: true }).catch(() => {});
}
