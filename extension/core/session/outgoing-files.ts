import { createSource } from '../files/create-source.ts';
import type { OpfsCopies } from '../files/opfs-copies.ts';
import { type Selection, sameDetails, type TransferDetails, type TransferSource } from '../files/source.ts';
import { hasHandle, keepHandle, openHandle, readHandle, removeHandle } from '../files/source-handles.ts';
import { report } from '../shared/report.ts';

/**
 * The files behind what I send, by transfer: as they were picked. So that they survive a restart, small ones are copied too, and of a
 * large one that was dropped it is known where it lies.
 */
export class OutgoingFiles {
  readonly #copies: OpfsCopies;
  readonly #sources = new Map<string, TransferSource>();

  constructor(copies: OpfsCopies) {
    this.#copies = copies;
  }

  get(id: string): TransferSource | null {
    return this.#sources.get(id) ?? null;
  }

  /** Keeps a source. The copy is made in the background. */
  add(id: string, selection: Selection, source: TransferSource): void {
    this.#sources.set(id, source);
    // Without one it has to be chosen again after a restart, which the person is told then.
    this.#copies.keep(id, selection).catch(report);
  }

  /** Keeps the source of a file that lies at the place of its copy already. */
  adopt(id: string, selection: Selection, source: TransferSource): void {
    this.#sources.set(id, source);
    this.#copies.adopt(id, selection).catch(report);
  }

  /** Keeps where the file of a source lies. */
  async remember(id: string, handle: FileSystemFileHandle): Promise<void> {
    if (!this.#sources.has(id)) return;
    await keepHandle(id, handle);
    // It may have arrived meanwhile.
    if (!this.#sources.has(id)) await removeHandle(id);
  }

  /** Whether it is known where the file lies. */
  isRemembered(id: string): Promise<boolean> {
    return hasHandle(id);
  }

  /** The files at hand under this id, if need be from their copy, or from where they lie while the browser allows that. */
  async find(id: string, details: TransferDetails): Promise<TransferSource | null> {
    const known = this.#sources.get(id);
    if (known) return known;
    const selection = (await this.#copies.open(id)) ?? (await readAllowed(id));
    const source = selection && createSource(selection);
    if (!source || !sameDetails(details, source.details)) return null;
    this.#sources.set(id, source);
    return source;
  }

  /** The copy has done its duty; in this run the files can still be sent again. */
  dropCopy(id: string): void {
    this.#copies.remove(id).catch(report);
    removeHandle(id).catch(report);
  }

  drop(id: string): void {
    this.#sources.delete(id);
    this.dropCopy(id);
  }
}

/** Leave to read lasts while any page of the extension is open; here nobody can be asked for it. */
async function readAllowed(id: string): Promise<Selection | null> {
  const handle = (await hasHandle(id)) ? await openHandle(id) : null;
  if (!handle || (await handle.queryPermission({ mode: 'read' })) !== 'granted') return null;
  return readHandle(handle).catch(() => null);
}
