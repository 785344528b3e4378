import type { LeafInput } from './tree-hash.ts';

/**
 * One file of a transfer. `path`: names separated by slashes, relative, as the person's own system has them; in a `folder` from below
 * that folder, without its name.
 */
export interface SourceFile {
  readonly path: string;
  readonly file: File;
}

/** What a person chose, before it is described and read. `name`: of the file, of the folder, or of the first of several files. */
export interface Selection {
  readonly form: TransferDetails['form'];
  readonly name: string;
  readonly files: readonly SourceFile[];
}

/** What a transfer is, as it is offered. */
export interface TransferDetails {
  readonly form: 'file' | 'folder' | 'files';
  readonly name: string;
  readonly count: number;
  /** Sum of the files. */
  readonly sizeBytes: number;
  /** Length of the list that comes before the files, see manifest.ts; 0 for one file. */
  readonly manifestBytes: number;
  readonly mime: string;
  readonly modifiedAt: number;
}

/** Everything that one transfer sends, as one run of bytes: the manifest, then file after file. */
export interface TransferSource {
  readonly details: TransferDetails;
  /**
   * Reads one block, with room for its leaf prefix.
   * @throws AppError `file-changed`, `file-gone` when the source is not what it was.
   */
  readBlock(index: number): Promise<LeafInput>;
}

/** Whether two descriptions are of the same transfer. The type is a guess of each system and says nothing. */
export function sameDetails(a: TransferDetails, b: TransferDetails): boolean {
  return (
    a.form === b.form &&
    a.name === b.name &&
    a.count === b.count &&
    a.sizeBytes === b.sizeBytes &&
    a.manifestBytes === b.manifestBytes &&
    a.modifiedAt === b.modifiedAt
  );
}

/** What a transfer carries, without the rest of an item, an offer or whatever else it is part of. */
export function detailsOf(all: TransferDetails): TransferDetails {
  const { form, name, count, sizeBytes, manifestBytes, mime, modifiedAt } = all;
  return { form, name, count, sizeBytes, manifestBytes, mime, modifiedAt };
}
