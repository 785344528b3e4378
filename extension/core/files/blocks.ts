/** A file is cut into blocks, the unit that is hashed, written and, later, asked for again. The last block may be shorter. */

/** 1 MiB: a lost link costs at most this much, and WebCrypto and OPFS are at their fastest with it. */
export const BLOCK_BYTES = 1024 * 1024;
/** 64 KiB: the largest message that every browser takes, and as fast as any larger one. */
export const CHUNK_BYTES = 64 * 1024;
/**
 * Bytes sent and not yet acknowledged, over all files of one direction: what the receiver may have to hold in memory when its disk
 * is slow. 8 MiB fills 500 Mbit/s at a round trip of 100 ms.
 */
export const WINDOW_BYTES = 8 * 1024 * 1024;
/** Files of one direction whose bytes move at once; the others wait their turn. Each may hold two blocks beyond the window. */
export const MAX_RUNNING = 4;
/** What an honest sender can make the receiver hold: the window, and for each file a block being filled and one being written. */
export const HELD_LIMIT_BYTES = WINDOW_BYTES + 2 * MAX_RUNNING * BLOCK_BYTES;

/** Number of blocks of a file; none for an empty one. */
export function blockCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES);
}

/** Length of block `index`, 0 beyond the end. */
export function blockLength(sizeBytes: number, index: number): number {
  return Math.max(0, Math.min(BLOCK_BYTES, sizeBytes - index * BLOCK_BYTES));
}
