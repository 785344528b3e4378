/** A transfer is one run of bytes, cut into blocks: the unit that is hashed, packed, written and asked for again. The last may be shorter. */

/** 1 MiB: a receiver that is started anew loses at most this much on each lane, and WebCrypto and OPFS are at their fastest with it. */
export const BLOCK_BYTES = 1024 * 1024;
/** 64 KiB: the largest message that every browser takes, and as fast as any larger one. */
export const MAX_CHUNK_BYTES = 64 * 1024;
/** Only the last chunk of a block may be shorter than this: a block in single bytes would cost the receiver a million frames. */
export const MIN_CHUNK_BYTES = 16 * 1024;
/**
 * Blocks of one direction that are handed out and not yet stored, over all transfers: what the receiver may have to hold in memory
 * when its disk is slow. 16 MiB fills 1 Gbit/s at a round trip of 100 ms.
 */
export const WINDOW_BLOCKS = 16;
/** Blocks that arrived in part before a link went and are kept in memory until the next one comes: twice as many as there can be lanes. */
export const KEPT_PARTS = 8;
/** How far beyond the first block that is missing others may be sent: what is there can always be told in one `file-accept`. */
export const SPREAD_BLOCKS = 64;
/** Transfers of one direction whose bytes move at once; the others wait their turn. */
export const MAX_RUNNING = 4;
/** Wrong blocks of one transfer that are asked for again; the next one ends it. */
export const MAX_BAD_BLOCKS = 8;

/** Number of blocks of a run; none for an empty one. */
export function blockCount(runBytes: number): number {
  return Math.ceil(runBytes / BLOCK_BYTES);
}

/** How much of what has arrived of a plain block can be gone on from: whole pieces of `MIN_CHUNK_BYTES`, and never all of it. */
export function partBytes(arrivedBytes: number, lengthBytes: number): number {
  const pieces = Math.floor(Math.min(arrivedBytes, lengthBytes - 1) / MIN_CHUNK_BYTES);
  return Math.max(0, pieces) * MIN_CHUNK_BYTES;
}

/** Length of block `index`, 0 beyond the end. */
export function blockLength(runBytes: number, index: number): number {
  return Math.max(0, Math.min(BLOCK_BYTES, runBytes - index * BLOCK_BYTES));
}
