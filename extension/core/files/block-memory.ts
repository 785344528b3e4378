import { BLOCK_BYTES, WINDOW_BLOCKS } from './blocks.ts';
import { blockOf, createLeafInput, LEAF_PREFIX_BYTES } from './tree-hash.ts';

/**
 * Memory of whole blocks that is used again. What is thrown away instead waits for the garbage collector, for each thread up to some ten
 * megabytes. Nobody else may read what is given back here.
 */
export class BlockMemory {
  #free: ArrayBuffer[] = [];

  /** Room for a block, as it lies in a leaf input. Anything may stand in it. */
  take(lengthBytes: number): Uint8Array<ArrayBuffer> {
    const buffer = lengthBytes === BLOCK_BYTES ? this.#free.pop() : undefined;
    return buffer ? new Uint8Array(buffer, LEAF_PREFIX_BYTES) : blockOf(createLeafInput(lengthBytes));
  }

  /** Takes memory back; any other than that of a whole block, and more than is ever needed, is dropped. */
  give(buffer: ArrayBuffer): void {
    const isWhole = buffer.byteLength === LEAF_PREFIX_BYTES + BLOCK_BYTES;
    if (isWhole && this.#free.length < WINDOW_BLOCKS) this.#free.push(buffer);
  }

  /** No file is open any more. */
  clear(): void {
    this.#free = [];
  }
}
