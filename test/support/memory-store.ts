import { BlockMemory } from '../../extension/core/files/block-memory.ts';
import { blockCount, blockLength } from '../../extension/core/files/blocks.ts';
import { decodeBlock } from '../../extension/core/files/compression.ts';
import type { BlockEncoding } from '../../extension/core/files/frames.ts';
import type { Check, FileStore, PartialFile } from '../../extension/core/files/store.ts';
import { blockOf, hashLeaf } from '../../extension/core/files/tree-hash.ts';
import { sameBytes } from '../../extension/core/shared/bytes.ts';
import { AppError } from '../../extension/core/shared/errors.ts';

/** What lies on a disk, of whatever store writes it. */
export class MemoryDisk {
  readonly files = new Map<string, StoredFile>();
}

interface StoredFile {
  readonly sizeBytes: number;
  readonly blocks: Blob[];
  readonly leaves: Map<number, Uint8Array>;
  /** The writes so far. */
  settled: Promise<unknown>;
}

export interface MemoryStoreOptions {
  disk?: MemoryDisk;
  /** What `availableBytes` says at the start; each transfer that is opened takes its size. */
  availableBytes?: number;
  /** What the disk really takes, whatever it said before. */
  capacityBytes?: number;
  /** Opening waits for this first, as for a long check of what is there. */
  beforeOpen?(name: string, onCheck: (check: Check) => void): Promise<void>;
  /** Every write waits for this first. With false the block is found wrong. */
  beforeWrite?(index: number): Promise<boolean | undefined>;
}

/** A `FileStore` in memory. */
export class MemoryStore implements FileStore {
  readonly disk: MemoryDisk;
  isClosed = false;
  /** Blocks written, in their order. */
  readonly written: number[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #options: MemoryStoreOptions;
  readonly #memory = new BlockMemory();

  constructor(options: MemoryStoreOptions = {}) {
    this.#options = options;
    this.disk = options.disk ?? new MemoryDisk();
  }

  async availableBytes(): Promise<number> {
    const files = [...this.disk.files.values()];
    return (
      (this.#options.availableBytes ?? Number.MAX_SAFE_INTEGER) -
      files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    );
  }

  async open(name: string, sizeBytes: number, onCheck: (check: Check) => void = () => {}): Promise<PartialFile> {
    if (this.isClosed) throw new Error('The store is closed.');
    await this.#options.beforeOpen?.(name, onCheck);
    const known = this.disk.files.get(name);
    await known?.settled;
    const file: StoredFile =
      known?.sizeBytes === sizeBytes ? known : { sizeBytes, blocks: [], leaves: new Map(), settled: Promise.resolve() };
    this.disk.files.set(name, file);
    return {
      leaves: new Map(file.leaves),
      blockMemory: (lengthBytes) => this.#memory.take(lengthBytes),
      writeBlock: (index, bytes, encoding, leaf) => this.#write(file, index, bytes, encoding, leaf),
      finish: async () => {
        for (let index = 0; index < blockCount(sizeBytes); index++)
          if (!file.blocks[index]) throw new Error('A block was never written.');
        return new File(file.blocks, name);
      },
      close: async () => {},
      remove: async () => {
        if (this.disk.files.get(name) === file) this.disk.files.delete(name);
      },
    };
  }

  /** Resolves when so many blocks have been written. */
  async wrote(count: number): Promise<void> {
    while (this.written.length < count) {
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve);
      });
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async #write(
    file: StoredFile,
    index: number,
    bytes: Uint8Array<ArrayBuffer>,
    encoding: BlockEncoding,
    leaf: Uint8Array,
  ): Promise<boolean> {
    // The memory is the store's, as if it had gone to a worker.
    const { byteOffset, length } = bytes;
    const encoded = new Uint8Array(structuredClone(bytes.buffer, { transfer: [bytes.buffer] }), byteOffset, length);
    const written = this.#check(file, index, encoded, encoding, leaf);
    file.settled = Promise.allSettled([file.settled, written]);
    return written;
  }

  async #check(
    file: StoredFile,
    index: number,
    bytes: Uint8Array<ArrayBuffer>,
    encoding: BlockEncoding,
    leaf: Uint8Array,
  ): Promise<boolean> {
    if ((await this.#options.beforeWrite?.(index)) === false) return false;
    const input = await decodeBlock(bytes, encoding, blockLength(file.sizeBytes, index));
    if (!input || !sameBytes(await hashLeaf(input), leaf)) return false;
    const takenBytes = [...this.disk.files.values()].reduce((sum, { blocks }) => sum + bytesOf(blocks), 0);
    if (takenBytes + blockOf(input).length > (this.#options.capacityBytes ?? Number.MAX_SAFE_INTEGER))
      throw new AppError('storage-full');
    file.blocks[index] = new Blob([blockOf(input)]);
    file.leaves.set(index, leaf);
    this.written.push(index);
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
    // Full of what was in it, as after a real worker.
    this.#memory.give(bytes.buffer);
    return true;
  }
}

function bytesOf(blocks: readonly Blob[]): number {
  return blocks.reduce((sum, block) => sum + (block?.size ?? 0), 0);
}
