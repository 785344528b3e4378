import * as v from 'valibot';
import { utf8 } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { MAX_FILE_BYTES, MAX_FILES, MAX_MANIFEST_BYTES } from '../shared/limits.ts';
import { SizeBytes, TimeMs } from '../shared/schemas.ts';
import type { ReceivedFile } from './exchange-options.ts';
import { safeName } from './safe-name.ts';
import type { SourceFile, TransferDetails } from './source.ts';
import { UniquePaths } from './unique-paths.ts';

/*
 * The list of files that comes before their bytes: JSON, `[[path, sizeBytes, modifiedAt], …]`, in the order of the bytes. Paths are as
 * the sender's system has them; the receiver makes them safe. Whatever stands in a row behind these is for later versions.
 */

/** Names of one path, its file included. */
const MAX_DEPTH = 32;
/** A download keeps the extension of its name only if its type is this one. */
const SAVED_TYPE = 'application/octet-stream';

const Manifest = v.pipe(
  v.array(v.tuple([v.pipe(v.string(), v.check(isShallow)), SizeBytes, TimeMs])),
  v.minLength(1),
  v.maxLength(MAX_FILES),
);

/** @throws AppError `file-too-many` when the list is too long. */
export function encodeManifest(files: readonly SourceFile[]): Uint8Array<ArrayBuffer> {
  const bytes = utf8.encode(
    JSON.stringify(files.map(({ path, file }) => [shallow(path), file.size, modifiedAt(file)])),
  );
  if (bytes.length > MAX_MANIFEST_BYTES) throw new AppError('file-too-many');
  return bytes;
}

/** When a file was changed, as the wire takes it. */
export function modifiedAt(file: File): number {
  return Math.max(0, Math.trunc(file.lastModified));
}

/**
 * The files of a transfer that is whole. `content` is its run; `details` are those of its offer.
 * @throws AppError `file-corrupt` when the list is not what was offered.
 */
export async function readFiles(content: File, details: TransferDetails): Promise<ReceivedFile[]> {
  const { form, name, sizeBytes, modifiedAt, manifestBytes, count } = details;
  if (form === 'file') return [new Part(content, 0, safeName(name), sizeBytes, modifiedAt)];
  const list = parse(await content.slice(0, manifestBytes).arrayBuffer());
  const totalBytes = list.reduce((sum, [, fileBytes]) => sum + fileBytes, 0);
  if (list.length !== count || totalBytes !== sizeBytes) throw new AppError('file-corrupt');
  const paths = new UniquePaths();
  let at = manifestBytes;
  return list.map(([path, fileBytes, fileModifiedAt]) => {
    const file = new Part(content, at, paths.add(path), fileBytes, fileModifiedAt);
    at += fileBytes;
    return file;
  });
}

/** Whether an offer can be true: one file has no list, everything else has one. */
export function isConsistent({ form, count, manifestBytes, sizeBytes }: TransferDetails): boolean {
  const isListed = form === 'file' ? count === 1 && manifestBytes === 0 : manifestBytes > 0;
  return isListed && sizeBytes <= MAX_FILE_BYTES;
}

/** A file inside a run. A slice is registered with the browser: ten thousand are made only when they are wanted. */
class Part implements ReceivedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
  readonly #run: File;
  readonly #at: number;

  constructor(run: File, at: number, path: string, sizeBytes: number, modifiedAt: number) {
    this.#run = run;
    this.#at = at;
    this.path = path;
    this.sizeBytes = sizeBytes;
    this.modifiedAt = modifiedAt;
  }

  get content(): Blob {
    return this.#run.slice(this.#at, this.#at + this.sizeBytes, SAVED_TYPE);
  }
}

function parse(bytes: ArrayBuffer): v.InferOutput<typeof Manifest> {
  try {
    return v.parse(Manifest, JSON.parse(utf8.decode(new Uint8Array(bytes))));
  } catch (cause) {
    throw new AppError('file-corrupt', { cause });
  }
}

/** A tree that is too deep loses its lowest folders, not its files. */
function shallow(path: string): string {
  const names = path.split('/');
  return [...names.slice(0, MAX_DEPTH - 1), names.slice(MAX_DEPTH - 1).join('_')].filter(Boolean).join('/');
}

function isShallow(path: string): boolean {
  return path.split('/', MAX_DEPTH + 1).length <= MAX_DEPTH;
}
