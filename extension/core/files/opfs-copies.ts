import * as v from 'valibot';
import { MAX_COPIED_BYTES, MAX_FILES, MAX_PATH_LENGTH } from '../shared/limits.ts';
import { FileName, maybeText, SizeBytes, TransferForm, text } from '../shared/schemas.ts';
import { entriesOf, OUTGOING_FOLDER, openFolder, removeEntry } from './opfs-folder.ts';
import type { Selection } from './source.ts';

/** A MIME type, as far as a system takes it. */
const MAX_TYPE_LENGTH = 1_024;
const INDEX_SUFFIX = '.json';

/** What lies in a copy, file after file. */
const Index = v.object({
  form: TransferForm,
  name: FileName,
  files: v.pipe(
    v.array(
      v.object({
        path: text(MAX_PATH_LENGTH),
        name: text(MAX_PATH_LENGTH),
        type: maybeText(MAX_TYPE_LENGTH),
        sizeBytes: SizeBytes,
        modifiedAt: v.number(),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_FILES),
  ),
});

/**
 * Copies of what is being sent, in private storage: a `File` that was picked is gone when its document ends, a copy is not. Small ones
 * only; larger ones are read again from where they lie, see source-handles.ts, or chosen again.
 */
export class OpfsCopies {
  /** Copies are made one after the other, so that each knows what room is left. */
  #settled: Promise<unknown> = Promise.resolve();

  /** Copies what fits beside the other copies. Resolves with whether it did. @throws what reading or writing fails with. */
  keep(id: string, selection: Selection): Promise<boolean> {
    const kept = this.#settled.then(() => this.#keep(id, selection));
    this.#settled = kept.catch(() => {});
    return kept;
  }

  /** Takes a file that lies at the place of its copy already. */
  adopt(id: string, selection: Selection): Promise<void> {
    const adopted = this.#settled.then(async () => {
      await writeIndex(await openFolder(OUTGOING_FOLDER, { create: true }), id, selection);
    });
    this.#settled = adopted.catch(() => {});
    return adopted;
  }

  /** What was copied under this id; null when there is no whole copy. */
  async open(id: string): Promise<Selection | null> {
    const folder = await openFolder(OUTGOING_FOLDER, { create: true });
    const [index, content] = await Promise.all([fileIn(folder, id + INDEX_SUFFIX), fileIn(folder, id)]);
    if (!index || !content) return null;
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Index), await index.text());
    if (!parsed.success) return null;
    const { form, name, files } = parsed.output;
    let at = 0;
    const selected = files.map((entry) => {
      const part = content.slice(at, at + entry.sizeBytes);
      at += entry.sizeBytes;
      const file = new File([part], entry.name, { type: entry.type, lastModified: entry.modifiedAt });
      return { path: entry.path, file };
    });
    return at === content.size ? { form, name, files: selected } : null;
  }

  /** Idempotent. Waits for a copy that is being made. */
  remove(id: string): Promise<void> {
    const removed = this.#settled.then(() => remove(id));
    this.#settled = removed.catch(() => {});
    return removed;
  }

  async #keep(id: string, selection: Selection): Promise<boolean> {
    const sizeBytes = selection.files.reduce((sum, { file }) => sum + file.size, 0);
    if (sizeBytes > MAX_COPIED_BYTES || sizeBytes + (await copiedBytes()) > MAX_COPIED_BYTES) return false;
    const folder = await openFolder(OUTGOING_FOLDER, { create: true });
    try {
      await write(folder, id, new Blob(selection.files.map(({ file }) => file)));
      // Last: without it there is no copy.
      await writeIndex(folder, id, selection);
      return true;
    } catch (error) {
      await remove(id);
      throw error;
    }
  }
}

async function writeIndex(folder: FileSystemDirectoryHandle, id: string, selection: Selection): Promise<void> {
  const { form, name, files } = selection;
  const index: v.InferInput<typeof Index> = {
    form,
    name,
    files: files.map(({ path, file }) => ({
      path,
      name: file.name,
      type: file.type,
      sizeBytes: file.size,
      modifiedAt: file.lastModified,
    })),
  };
  await write(folder, id + INDEX_SUFFIX, new Blob([JSON.stringify(index)]));
}

/** Without what was adopted and is larger than any copy. */
async function copiedBytes(): Promise<number> {
  let bytes = 0;
  for (const entry of await entriesOf(OUTGOING_FOLDER)) {
    const sizeBytes = entry.kind === 'file' ? (await entry.getFile()).size : 0;
    if (sizeBytes <= MAX_COPIED_BYTES) bytes += sizeBytes;
  }
  return bytes;
}

async function write(folder: FileSystemDirectoryHandle, name: string, content: Blob): Promise<void> {
  const handle = await folder.getFileHandle(name, { create: true });
  await content.stream().pipeTo(await handle.createWritable());
}

async function fileIn(folder: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}

async function remove(id: string): Promise<void> {
  const folder = await openFolder(OUTGOING_FOLDER, { create: true });
  for (const name of [id + INDEX_SUFFIX, id]) await removeEntry(folder, name);
}
