import { BLOCK_BYTES, blockCount, blockLength, SPREAD_BLOCKS } from './blocks.ts';
import type { BlockEncoding } from './frames.ts';
import { Leaves } from './leaves.ts';
import type { PartialFile } from './store.ts';

/** What is there of one arriving transfer, and its writing. Outlives links. */
export class StoredBlocks {
  readonly leaves: Leaves;
  readonly #partial: PartialFile;
  readonly #runBytes: number;
  readonly #writing = new Set<number>();
  #settled: Promise<unknown> = Promise.resolve();

  /** What an earlier run left further ahead than can be told is forgotten. */
  constructor(partial: PartialFile, runBytes: number) {
    this.#partial = partial;
    this.#runBytes = runBytes;
    this.leaves = new Leaves(blockCount(runBytes));
    const indexes = [...partial.leaves.keys()].sort((a, b) => a - b);
    for (const index of indexes) {
      const leaf = partial.leaves.get(index);
      if (leaf && index <= this.leaves.firstMissing + SPREAD_BLOCKS) this.leaves.set(index, leaf);
    }
  }

  /** What is there, in bytes of the run. */
  get bytes(): number {
    const beyond = this.also().reduce((sum, index) => sum + blockLength(this.#runBytes, index), 0);
    return Math.min(this.leaves.firstMissing * BLOCK_BYTES, this.#runBytes) + beyond;
  }

  /** How many blocks are being written. */
  get writing(): number {
    return this.#writing.size;
  }

  isWriting(index: number): boolean {
    return this.#writing.has(index);
  }

  /** Blocks that are there beyond the first that is missing. */
  also(): number[] {
    const { firstMissing } = this.leaves;
    const beyond = Array.from({ length: SPREAD_BLOCKS }, (_, index) => firstMissing + 1 + index);
    return beyond.filter((index) => this.leaves.has(index));
  }

  /** Resolves when nothing is being written any more, whether it went well or not. */
  settled(): Promise<unknown> {
    return this.#settled;
  }

  /** See `PartialFile.blockMemory`. */
  memory(index: number): Uint8Array<ArrayBuffer> {
    return this.#partial.blockMemory(blockLength(this.#runBytes, index));
  }

  /** Checks and writes a block that is not there. Resolves with false when it was wrong. See `PartialFile.writeBlock`. */
  async write(
    index: number,
    bytes: Uint8Array<ArrayBuffer>,
    encoding: BlockEncoding,
    leaf: Uint8Array,
  ): Promise<boolean> {
    this.#writing.add(index);
    // A view into a frame: the store keeps what it is given.
    const own = leaf.slice();
    const written = this.#partial.writeBlock(index, bytes, encoding, own);
    this.#settled = Promise.allSettled([this.#settled, written]);
    try {
      const isRight = await written;
      if (isRight) this.leaves.set(index, own);
      return isRight;
    } finally {
      this.#writing.delete(index);
    }
  }

  finish(): Promise<File> {
    return this.#partial.finish();
  }
}
