import type { BlockEncoding } from './frames.ts';

/** How far the check of what is there already has come. */
export interface Check {
  readonly checkedBytes: number;
  /** All that is to be checked. */
  readonly ofBytes: number;
}

/** Where arriving transfers lie until they are whole: private to the extension, invisible to the person. */
export interface FileStore {
  /** Bytes that can still be written, as far as is known. */
  availableBytes(): Promise<number>;
  /**
   * Opens a transfer: what an earlier run left of one with this name and size is checked against its hashes and goes on, anything
   * else is made anew, with its room set aside. `name` has only the characters of an `ItemId`. `onCheck` hears of a check that takes
   * longer, a few times a second.
   * @throws AppError `storage-full`.
   */
  open(name: string, sizeBytes: number, onCheck?: (check: Check) => void): Promise<PartialFile>;
  /** Ends what is under way and gives the resources back. Finished transfers stay readable, unfinished ones stay as they are. */
  close(): Promise<void>;
}

/** One transfer being written, block by block in any order. Calls take effect in the order they were made. */
export interface PartialFile {
  /** Leaf hashes of the blocks that were there when it was opened, by index. */
  readonly leaves: ReadonlyMap<number, Uint8Array>;
  /** Memory for a block of this length, to be filled and handed to `writeBlock`. Anything may stand in it. */
  blockMemory(lengthBytes: number): Uint8Array<ArrayBuffer>;
  /**
   * Decodes block `index`, compares it with its leaf hash and writes both. The memory of `bytes` belongs to the store from here on.
   * Resolves with false, and nothing is kept, when the block is not what the hash says.
   * @throws AppError `storage-full`.
   */
  writeBlock(
    index: number,
    bytes: Uint8Array<ArrayBuffer>,
    encoding: BlockEncoding,
    leaf: Uint8Array,
  ): Promise<boolean>;
  /** Ends writing. The file reads from the store for as long as it isn't removed. */
  finish(): Promise<File>;
  /** Gives it back unfinished: it can be opened again. Idempotent. */
  close(): Promise<void>;
  /** Idempotent, at any time. */
  remove(): Promise<void>;
}
