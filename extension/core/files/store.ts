import type { LeafInput } from './tree-hash.ts';

/** Where arriving files lie until they are whole: private to the extension, invisible to the person. */
export interface FileStore {
  /** Bytes that can still be written, as far as is known. */
  availableBytes(): Promise<number>;
  /**
   * Starts a file and sets its room aside; an earlier one of the same name is gone. `name` has only the characters of an `ItemId`.
   * @throws AppError `storage-full`.
   */
  create(name: string, sizeBytes: number): Promise<PartialFile>;
  /** Ends what is under way and gives the resources back. Finished files stay readable, unfinished ones stay as they are. */
  close(): Promise<void>;
}

/** One file being written. Calls take effect in the order they were made. */
export interface PartialFile {
  /**
   * Writes block `index` and resolves with its leaf hash once it is written. The block's memory belongs to the store from here on.
   * @throws AppError `storage-full`.
   */
  writeBlock(index: number, block: LeafInput): Promise<Uint8Array>;
  /** Ends writing. The file reads from the store for as long as it isn't removed. */
  finish(): Promise<File>;
  /** Idempotent, at any time. */
  remove(): Promise<void>;
}
