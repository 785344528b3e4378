import { delay } from '../shared/abort.ts';
import { sameBytes } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { BLOCK_BYTES, blockCount, blockLength } from './blocks.ts';
import { decodeBlock } from './compression.ts';
import type { BlockEncoding } from './frames.ts';
import { INCOMING_FOLDER, LEAVES_SUFFIX, openFolder, removeEntry } from './opfs-folder.ts';
import type { Check } from './store.ts';
import { asLeafInput, blockOf, createLeafInput, HASH_BYTES, hashLeaf, type LeafInput } from './tree-hash.ts';

/** Blocks read and hashed side by side when a file is opened again: WebCrypto is twice as fast with four. */
const CHECKED_AT_ONCE = 4;
/** Progress of that is told this often. */
const CHECK_TOLD_MS = 250;
/** A context that has just ended may still hold a file, on a computer that is very busy for long: 30 s. */
const LOCK_TRIES = 300;
const LOCK_PAUSE_MS = 100;

/** One arriving transfer and its sidecar of leaf hashes, held open in a worker. */
export class OpfsFile {
  /** Hashes of the blocks that were there when it was opened, by index. */
  readonly leaves: Map<number, Uint8Array>;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #handle: FileSystemFileHandle;
  readonly #sizeBytes: number;
  /** Gone once the file is closed. */
  #open: Access | undefined;

  private constructor(folder: FileSystemDirectoryHandle, file: FileSystemFileHandle, sizeBytes: number, open: Access) {
    this.#folder = folder;
    this.#handle = file;
    this.#sizeBytes = sizeBytes;
    this.#open = open;
    this.leaves = open.known;
  }

  /**
   * Goes on with what lies there, once every block of it has been hashed again, or makes it anew. `onCheck` hears of the hashing when
   * it takes longer.
   * @throws DOMException `QuotaExceededError`, and then nothing is left behind of one made anew.
   */
  static async open(
    place: { folder: string; name: string; sizeBytes: number },
    onCheck: (check: Check) => void,
  ): Promise<OpfsFile> {
    const { name, sizeBytes } = place;
    const incoming = await openFolder(INCOMING_FOLDER, { create: true });
    const folder = await incoming.getDirectoryHandle(place.folder, { create: true });
    const handle = await folder.getFileHandle(name, { create: true });
    const content = await lock(handle);
    let leaves: FileSystemSyncAccessHandle | undefined;
    let isKnown = false;
    try {
      leaves = await lock(await folder.getFileHandle(name + LEAVES_SUFFIX, { create: true }));
      const leafBytes = blockCount(sizeBytes) * HASH_BYTES;
      isKnown = content.getSize() === sizeBytes && leaves.getSize() === leafBytes;
      if (!isKnown) {
        // The quota is asked for the whole size at once: what `estimate` says before is capped, and no promise.
        for (const access of [leaves, content]) access.truncate(0);
        content.truncate(sizeBytes);
        leaves.truncate(leafBytes);
      }
      const known = isKnown ? await checkAll(content, leaves, sizeBytes, onCheck) : new Map<number, Uint8Array>();
      return new OpfsFile(folder, handle, sizeBytes, { content, leaves, known });
    } catch (error) {
      content.close();
      leaves?.close();
      if (!isKnown) for (const entry of [name, name + LEAVES_SUFFIX]) await removeEntry(folder, entry);
      throw error;
    }
  }

  /** The plain block, ready to be written; undefined when it isn't what the hash says. */
  async check(block: {
    index: number;
    bytes: Uint8Array<ArrayBuffer>;
    encoding: BlockEncoding;
    leaf: Uint8Array;
  }): Promise<LeafInput | undefined> {
    const input = await decodeBlock(block.bytes, block.encoding, blockLength(this.#sizeBytes, block.index));
    return input && sameBytes(await hashLeaf(input), block.leaf) ? input : undefined;
  }

  /** Writes a checked block, then its hash: what a crash leaves between the two is hashed again before it is believed. */
  write(index: number, input: LeafInput, leaf: Uint8Array): void {
    if (!this.#open) throw new Error('The file is closed.');
    const { content, leaves } = this.#open;
    write(content, blockOf(input), index * BLOCK_BYTES);
    write(leaves, leaf, index * HASH_BYTES);
  }

  /** Ends writing. */
  async finish(): Promise<File> {
    this.close();
    return this.#handle.getFile();
  }

  /** Idempotent. */
  close(): void {
    this.#open?.content.close();
    this.#open?.leaves.close();
    this.#open = undefined;
  }

  /** Idempotent. */
  async remove(): Promise<void> {
    this.close();
    for (const name of [this.#handle.name, this.#handle.name + LEAVES_SUFFIX]) await removeEntry(this.#folder, name);
  }
}

interface Access {
  readonly content: FileSystemSyncAccessHandle;
  readonly leaves: FileSystemSyncAccessHandle;
  readonly known: Map<number, Uint8Array>;
}

async function lock(handle: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
  for (let left = LOCK_TRIES; ; left--) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      const isHeld = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!isHeld || left === 0) throw error;
      await delay(LOCK_PAUSE_MS);
    }
  }
}

function write(access: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  if (access.write(bytes, { at }) !== bytes.length) throw new AppError('storage-full');
}

/** Hashes every block that has a leaf. A leaf that doesn't match is taken out, here and in the file. */
async function checkAll(
  content: FileSystemSyncAccessHandle,
  leaves: FileSystemSyncAccessHandle,
  sizeBytes: number,
  onCheck: (check: Check) => void,
): Promise<Map<number, Uint8Array>> {
  const stored = new Uint8Array(leaves.getSize());
  leaves.read(stored, { at: 0 });
  const known = new Map<number, Uint8Array>();
  const claimed: number[] = [];
  for (let index = 0; index * HASH_BYTES < stored.length; index++)
    if (leafAt(stored, index).some((byte) => byte !== 0)) claimed.push(index);
  const ofBytes = claimed.reduce((sum, index) => sum + blockLength(sizeBytes, index), 0);
  let checkedBytes = 0;
  let toldAt = performance.now();
  const tell = () => {
    if (performance.now() - toldAt < CHECK_TOLD_MS) return;
    toldAt = performance.now();
    onCheck({ checkedBytes, ofBytes });
  };
  const checkNext = async () => {
    // Hashing takes a copy at once.
    const room = createLeafInput(BLOCK_BYTES);
    for (let index = claimed.shift(); index !== undefined; index = claimed.shift()) {
      const lengthBytes = blockLength(sizeBytes, index);
      const input = asLeafInput(blockOf(room).subarray(0, lengthBytes));
      content.read(blockOf(input), { at: index * BLOCK_BYTES });
      const leaf = leafAt(stored, index);
      if (sameBytes(await hashLeaf(input), leaf)) known.set(index, leaf);
      else leaves.write(new Uint8Array(HASH_BYTES), { at: index * HASH_BYTES });
      checkedBytes += lengthBytes;
      tell();
    }
  };
  await Promise.all(Array.from({ length: CHECKED_AT_ONCE }, checkNext));
  return known;
}

function leafAt(leaves: Uint8Array, index: number): Uint8Array {
  return leaves.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
}
