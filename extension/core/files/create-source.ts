import { AppError } from '../shared/errors.ts';
import { MAX_FILE_BYTES, MAX_FILES, MAX_MIME_LENGTH } from '../shared/limits.ts';
import { BLOCK_BYTES, blockLength } from './blocks.ts';
import { encodeManifest, modifiedAt } from './manifest.ts';
import { safeName } from './safe-name.ts';
import type { Selection, SourceFile, TransferDetails, TransferSource } from './source.ts';
import { asLeafInput, LEAF_PREFIX_BYTES, type LeafInput, toLeafInput } from './tree-hash.ts';

/**
 * Describes what a person chose and makes it one run of bytes. The same choice gives the same run, in whatever order the browser lists
 * a folder. `selection.form` `file` needs exactly one file, the others at least one.
 * @throws AppError `file-too-many`, `file-too-large`; `file-gone` when there is no file.
 */
export function createSource(selection: Selection): TransferSource {
  const files = selection.files.toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  const [first] = files;
  if (!first) throw new AppError('file-gone');
  if (files.length > MAX_FILES) throw new AppError('file-too-many');
  const sizeBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  if (sizeBytes > MAX_FILE_BYTES) throw new AppError('file-too-large');
  if (selection.form === 'file' && files.length > 1) throw new Error('One file was chosen.');
  return selection.form === 'file' ? oneFile(selection, first.file) : manyFiles(selection, files, sizeBytes);
}

function oneFile(selection: Selection, file: File): TransferSource {
  const mime = file.type.length <= MAX_MIME_LENGTH ? file.type : '';
  return new BlobSource(file, {
    form: 'file',
    name: safeName(selection.name),
    count: 1,
    sizeBytes: file.size,
    manifestBytes: 0,
    mime,
    modifiedAt: modifiedAt(file),
  });
}

function manyFiles(selection: Selection, files: readonly SourceFile[], sizeBytes: number): TransferSource {
  const manifest = encodeManifest(files);
  const run = new Blob([manifest, ...files.map(({ file }) => file)]);
  return new BlobSource(run, {
    form: selection.form,
    name: safeName(selection.name),
    count: files.length,
    sizeBytes,
    manifestBytes: manifest.length,
    mime: '',
    modifiedAt: files.reduce((newest, { file }) => Math.max(newest, modifiedAt(file)), 0),
  });
}

/** A `File` is a snapshot: once the file on disk differs, every read of it fails. */
class BlobSource implements TransferSource {
  readonly details: TransferDetails;
  readonly #run: Blob;

  constructor(run: Blob, details: TransferDetails) {
    this.#run = run;
    this.details = details;
  }

  async readBlock(index: number): Promise<LeafInput> {
    const { sizeBytes, manifestBytes } = this.details;
    const start = index * BLOCK_BYTES;
    const lengthBytes = blockLength(manifestBytes + sizeBytes, index);
    // With the byte before it, whose place the leaf prefix takes: so the block needn't be copied. The first has none before it.
    const leadBytes = index === 0 || lengthBytes === 0 ? 0 : LEAF_PREFIX_BYTES;
    const bytes = await readSlice(this.#run, start - leadBytes, start + lengthBytes);
    if (bytes.length !== leadBytes + lengthBytes) throw new AppError('file-changed');
    return leadBytes === 0 ? toLeafInput(bytes) : asLeafInput(bytes.subarray(leadBytes));
  }
}

async function readSlice(run: Blob, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await run.slice(start, end).arrayBuffer());
  } catch (error) {
    const isGone = error instanceof DOMException && error.name === 'NotFoundError';
    throw new AppError(isGone ? 'file-gone' : 'file-changed', { cause: error });
  }
}
