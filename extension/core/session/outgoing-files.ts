import { createSource } from '../files/create-source.ts';
import type { OpfsCopies } from '../files/opfs-copies.ts';
import type { Selection, TransferSource } from '../files/source.ts';
import { report } from '../shared/report.ts';

/** The files behind what I send, by transfer: as they were picked, and small ones copied too, so that they survive a restart. */
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

  /** The files at hand under this id, if need be from their copy. */
  async find(id: string): Promise<TransferSource | null> {
    const known = this.#sources.get(id);
    if (known) return known;
    const selection = await this.#copies.open(id);
    if (!selection) return null;
    const source = createSource(selection);
    this.#sources.set(id, source);
    return source;
  }

  /** The copy has done its duty; in this run the files can still be sent again. */
  dropCopy(id: string): void {
    this.#copies.remove(id).catch(report);
  }

  drop(id: string): void {
    this.#sources.delete(id);
    this.dropCopy(id);
  }
}
