import { AppError } from '../shared/errors.ts';
import { BLOCK_BYTES, blockLength } from './blocks.ts';
import { blockOf, createLeafInput, hashLeaf } from './tree-hash.ts';

export interface SourceBlock {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
}

/**
 * Reads and hashes one block of a picked file. A `File` is a snapshot: once the file on disk differs, every read of it fails.
 * @throws AppError `file-gone` when the file isn't there any more, `file-changed` when it was changed since it was picked.
 */
export async function readBlock(file: File, index: number): Promise<SourceBlock> {
  const start = index * BLOCK_BYTES;
  const end = start + blockLength(file.size, index);
  const input = createLeafInput(end - start);
  const bytes = blockOf(input);
  bytes.set(new Uint8Array(await readSlice(file, start, end)));
  return { index, bytes, leaf: await hashLeaf(input) };
}

async function readSlice(file: File, start: number, end: number): Promise<ArrayBuffer> {
  try {
    return await file.slice(start, end).arrayBuffer();
  } catch (error) {
    const isGone = error instanceof DOMException && error.name === 'NotFoundError';
    throw new AppError(isGone ? 'file-gone' : 'file-changed', { cause: error });
  }
}
