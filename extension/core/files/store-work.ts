import type { Check, FileStore, PartialFile } from './store.ts';

/** The store of whoever receives: opened when something is first received, and closed when nothing works on it any more. */
export class StoreWork {
  readonly #openStore: () => FileStore;
  readonly #unfinished = new Set<Promise<void>>();
  #store: FileStore | undefined;
  #accepted: Promise<void> = Promise.resolve();
  #restored: Promise<void> = Promise.resolve();

  constructor(openStore: () => FileStore) {
    this.#openStore = openStore;
  }

  /** See `FileStore.open`. */
  open(id: string, runBytes: number, onCheck: (check: Check) => void): Promise<PartialFile> {
    return this.#opened().open(id, runBytes, onCheck);
  }

  /** See `FileStore.availableBytes`. */
  availableBytes(): Promise<number> {
    return this.#opened().availableBytes();
  }

  /** Opens the file of one that was just accepted after those before it: their room is set aside by then. */
  accepts(open: () => Promise<void>): void {
    this.#accepted = this.#after(this.#accepted, open);
  }

  /**
   * The same for one of an earlier run. Those have their room, and a line of their own: all that is there is hashed again, and gigabytes
   * of that must not keep new ones waiting.
   */
  restores(open: () => Promise<void>): void {
    this.#restored = this.#after(this.#restored, open);
  }

  /** `close` waits for it. A store that fails while it cleans up has nothing to say to anybody: its leftovers go at the next start. */
  track(work: Promise<void>): void {
    const tracked = work.catch(() => undefined).then(() => void this.#unfinished.delete(tracked));
    this.#unfinished.add(tracked);
  }

  /** Once all work is done. */
  async close(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished);
    await this.#store?.close();
  }

  #after(before: Promise<void>, open: () => Promise<void>): Promise<void> {
    const done = before.then(open).catch(() => undefined);
    this.track(done);
    return done;
  }

  #opened(): FileStore {
    this.#store ??= this.#openStore();
    return this.#store;
  }
}
