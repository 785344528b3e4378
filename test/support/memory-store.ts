import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import type { FileStore, PartialFile } from '../../extension/core/files/store.ts';
import { blockOf, hashLeaf, type LeafInput } from '../../extension/core/files/tree-hash.ts';
import { AppError } from '../../extension/core/shared/errors.ts';

export interface MemoryStoreOptions {
  /** What `availableBytes` says at the start; it sinks as blocks are written. */
  availableBytes?: number;
  /** What the disk really takes, whatever it said before. */
  capacityBytes?: number;
  /** Every write waits for this first. */
  beforeWrite?(index: number): Promise<void>;
}

/** A `FileStore` in memory. */
export class MemoryStore implements FileStore {
  /** Files that exist, finished or not. */
  readonly files = new Map<string, Blob[]>();
  isClosed = false;
  readonly #options: MemoryStoreOptions;
  #writtenBytes = 0;

  constructor(options: MemoryStoreOptions = {}) {
    this.#options = options;
  }

  async availableBytes(): Promise<number> {
    return (this.#options.availableBytes ?? Number.MAX_SAFE_INTEGER) - this.#writtenBytes;
  }

  async create(name: string): Promise<PartialFile> {
    const blocks: Blob[] = [];
    this.files.set(name, blocks);
    return {
      writeBlock: (index, block) => this.#write(blocks, index, block),
      finish: async () => new File(blocks, name),
      remove: async () => {
        if (this.files.get(name) === blocks) this.files.delete(name);
      },
    };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async #write(blocks: Blob[], index: number, input: LeafInput): Promise<Uint8Array> {
    await this.#options.beforeWrite?.(index);
    const block = blockOf(input);
    if (this.#writtenBytes + block.length > (this.#options.capacityBytes ?? Number.MAX_SAFE_INTEGER)) {
      throw new AppError('storage-full');
    }
    this.#writtenBytes += block.length;
    if (block.length > BLOCK_BYTES) throw new Error('A block of this store is too large.');
    blocks[index] = new Blob([block]);
    return hashLeaf(input);
  }
}
