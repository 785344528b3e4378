import { makeZip, predictLength } from 'client-zip';
import { AppError } from '../shared/errors.ts';
import { openFolder, removeEntry, ZIPS_FOLDER } from './opfs-folder.ts';

/** One file of a zip. `path`: relative, with slashes. */
export interface ZipEntry {
  readonly path: string;
  readonly modifiedAt: number;
  readonly content: Blob;
}

/** Read and written at a time. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Packs files into one zip in private storage, without compressing them; above 4 GiB or 65,535 files it is a zip64. Whoever asked
 * removes it. `onPacked` hears how many files are in it.
 * @throws AppError `save-full` when the zip, and a copy of it in Downloads, don't fit; the signal's reason when aborted.
 */
export async function packZip(
  name: string,
  files: readonly ZipEntry[],
  { signal, onPacked }: { signal: AbortSignal; onPacked(count: number): void },
): Promise<File> {
  const entries = files.map(({ path, modifiedAt, content }) => ({
    name: path,
    lastModified: new Date(modifiedAt),
    input: content,
    size: content.size,
  }));
  const sizeBytes = Number(predictLength(entries));
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  if (quota - usage < 2 * sizeBytes) throw new AppError('save-full');
  const folder = await openFolder(ZIPS_FOLDER, { create: true });
  const handle = await folder.getFileHandle(name, { create: true });
  try {
    const zip = makeZip(counted(readTogether(entries), onPacked));
    await zip.pipeThrough(gather()).pipeTo(await handle.createWritable(), { signal });
  } catch (error) {
    await removeZip(name);
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw isFull ? new AppError('save-full', { cause: error }) : error;
  }
  return handle.getFile();
}

/** Idempotent. */
export async function removeZip(name: string): Promise<void> {
  await removeEntry(await openFolder(ZIPS_FOLDER, { create: true }), name);
}

/** Tells of each entry once the next one, or the end, is asked for. */
async function* counted<Entry>(
  entries: AsyncIterable<Entry>,
  onPacked: (count: number) => void,
): AsyncGenerator<Entry> {
  let count = 0;
  for await (const entry of entries) {
    yield entry;
    onPacked(++count);
  }
}

interface Entry {
  readonly name: string;
  readonly lastModified: Date;
  readonly input: Blob;
  readonly size: number;
}

/** Reads small files many at a time: each read is a round trip to the browser, which costs more than their bytes. */
async function* readTogether(
  entries: readonly Entry[],
): AsyncGenerator<Omit<Entry, 'input'> & { input: Blob | Uint8Array }> {
  let group: Entry[] = [];
  let groupBytes = 0;
  for (const entry of entries) {
    if (groupBytes + entry.size > PIECE_BYTES) {
      yield* readGroup(group);
      group = [];
      groupBytes = 0;
    }
    if (entry.size > PIECE_BYTES) {
      yield entry;
      continue;
    }
    group.push(entry);
    groupBytes += entry.size;
  }
  yield* readGroup(group);
}

async function* readGroup(group: readonly Entry[]): AsyncGenerator<Omit<Entry, 'input'> & { input: Uint8Array }> {
  const bytes = new Uint8Array(await new Blob(group.map(({ input }) => input)).arrayBuffer());
  let at = 0;
  for (const entry of group) {
    yield { ...entry, input: bytes.subarray(at, at + entry.size) };
    at += entry.size;
  }
}

/** Makes large pieces of small ones: each write is a round trip too. */
function gather(): TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(PIECE_BYTES);
  let filledBytes = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      for (let rest = chunk; rest.length > 0; ) {
        const part = rest.subarray(0, PIECE_BYTES - filledBytes);
        piece.set(part, filledBytes);
        filledBytes += part.length;
        rest = rest.subarray(part.length);
        if (filledBytes < PIECE_BYTES) continue;
        controller.enqueue(piece);
        piece = new Uint8Array(PIECE_BYTES);
        filledBytes = 0;
      }
    },
    flush: (controller) => controller.enqueue(piece.subarray(0, filledBytes)),
  });
}
