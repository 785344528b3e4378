import * as v from 'valibot';
import { AppError, errorCode } from '../shared/errors.ts';
import { BLOCK_BYTES } from './blocks.ts';
import { INCOMING_FOLDER } from './opfs-folder.ts';
import { type StoreReply, StoreRequest } from './opfs-messages.ts';
import { blockOf, hashLeaf } from './tree-hash.ts';

/*
 * Writes arriving files to the origin private file system and hashes their blocks. A dedicated worker, because only there
 * `createSyncAccessHandle` exists, which is several times faster than a writable stream and writes in place.
 */

interface OpenFile {
  readonly folder: FileSystemDirectoryHandle;
  readonly name: string;
  readonly handle: FileSystemFileHandle;
  /** Gone once the file is finished. */
  access: FileSystemSyncAccessHandle | undefined;
}

const files = new Map<number, OpenFile>();
let settled: Promise<unknown> = Promise.resolve();

self.addEventListener('message', (event: MessageEvent) => {
  const request = v.parse(StoreRequest, event.data);
  settled = settled.then(() => handle(request));
});

/** Resolves when the next request may take effect; a hash may still be on its way then. */
async function handle(request: StoreRequest): Promise<void> {
  const { request: number } = request;
  const fail = (error: unknown) => reply({ request: number, type: 'failed', code: errorCode(toAppError(error)) });
  try {
    switch (request.type) {
      case 'create':
        await create(request);
        return reply({ request: number, type: 'done' });
      case 'write':
        write(request.file, request.index, request.input).then((leaf) => {
          reply({ request: number, type: 'written', leaf });
        }, fail);
        return;
      case 'finish':
        return reply({ request: number, type: 'finished', content: await finish(request.file) });
      case 'remove':
        await remove(request.file);
        return reply({ request: number, type: 'done' });
    }
  } catch (error) {
    fail(error);
  }
}

type CreateRequest = Extract<StoreRequest, { type: 'create' }>;

async function create({ file, folder: folderName, name, sizeBytes }: CreateRequest): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const incoming = await root.getDirectoryHandle(INCOMING_FOLDER, { create: true });
  const folder = await incoming.getDirectoryHandle(folderName, { create: true });
  for (const [number, open] of files)
    if (open.name === name && (await open.folder.isSameEntry(folder))) await remove(number);
  const handle = await folder.getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle();
  files.set(file, { folder, name, handle, access });
  // The quota is asked for the whole size at once: what `estimate` says before is capped at 10 GiB, and no promise.
  try {
    access.truncate(0);
    access.truncate(sizeBytes);
  } catch (error) {
    await remove(file);
    throw error;
  }
}

/** Hashing runs on a thread of WebCrypto's while this one writes. */
async function write(file: number, index: number, buffer: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
  const access = files.get(file)?.access;
  if (!access) throw new Error('No such file is open.');
  const input = new Uint8Array(buffer);
  const block = blockOf(input);
  const leaf = hashLeaf(input);
  const writtenBytes = access.write(block, { at: index * BLOCK_BYTES });
  if (writtenBytes !== block.length) throw new AppError('storage-full');
  return leaf;
}

async function finish(file: number): Promise<File> {
  const open = files.get(file);
  if (!open) throw new Error('No such file is open.');
  open.access?.close();
  open.access = undefined;
  return open.handle.getFile();
}

async function remove(file: number): Promise<void> {
  const open = files.get(file);
  if (!open) return;
  files.delete(file);
  open.access?.close();
  await open.folder.removeEntry(open.name);
}

function toAppError(error: unknown): unknown {
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  return isFull ? new AppError('storage-full', { cause: error }) : error;
}

function reply(message: StoreReply): void {
  self.postMessage(message);
}
