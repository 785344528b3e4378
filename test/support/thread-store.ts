import { OpfsFile } from '../../extension/core/files/opfs-file.ts';
import type { FileStore, PartialFile } from '../../extension/core/files/store.ts';
import { blockOf, createLeafInput } from '../../extension/core/files/tree-hash.ts';
import { AppError } from '../../extension/core/shared/errors.ts';
import { withResolvers } from './memory-link.ts';

/** What a test lets the disk of a device do. */
export class DiskControl {
  /** Set when nothing more fits. */
  isFull = false;
  /** Blocks written so far. */
  taken: number;
  #heldFrom = Number.POSITIVE_INFINITY;
  #go = withResolvers<void>();
  #opening = Promise.resolve();

  constructor(taken = 0) {
    this.taken = taken;
  }

  /** Blocks from this one on are not written before `goOn`. */
  holdFrom(block: number): void {
    this.#heldFrom = block;
    this.#go = withResolvers<void>();
  }

  /** No file opens before what is returned is called, as while a long check of one lasts. */
  holdOpening(): () => void {
    const { promise, resolve } = withResolvers<void>();
    this.#opening = promise;
    return () => resolve();
  }

  mayOpen(): Promise<void> {
    return this.#opening;
  }

  goOn(): void {
    this.#heldFrom = Number.POSITIVE_INFINITY;
    this.#go.resolve();
  }

  async passes(block: number): Promise<void> {
    if (block >= this.#heldFrom) await this.#go.promise;
    if (this.isFull) throw new AppError('storage-full');
  }
}

/** The store of private storage, without its worker. */
export function openThreadStore(folder: string, control: DiskControl): FileStore {
  return {
    availableBytes: async () => (control.isFull ? 0 : Number.MAX_SAFE_INTEGER),
    open: async (name, sizeBytes, onCheck = () => {}) => {
      await control.mayOpen();
      return partialOf(await OpfsFile.open({ folder, name, sizeBytes }, onCheck), control);
    },
    close: async () => {},
  };
}

function partialOf(file: OpfsFile, control: DiskControl): PartialFile {
  return {
    leaves: file.leaves,
    blockMemory: (lengthBytes) => blockOf(createLeafInput(lengthBytes)),
    writeBlock: async (index, bytes, encoding, leaf) => {
      const input = await file.check({ index, bytes, encoding, leaf });
      await control.passes(index);
      if (!input) return false;
      // Fails when the transfer has ended meanwhile: such a block isn't there.
      file.write(index, input, leaf);
      control.taken++;
      return true;
    },
    finish: () => file.finish(),
    close: async () => file.close(),
    remove: () => file.remove(),
  };
}
