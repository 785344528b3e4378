import type { NameplateEntry, Nameplates } from './backplane.ts';

/** Four digits: at most 10,000 entries, so what has expired may lie until its number is used again. */
export class MemoryNameplates implements Nameplates {
  readonly #entries = new Map<string, { readonly entry: NameplateEntry; readonly dueMs: number }>();

  async open(nameplate: string, entry: NameplateEntry, ttlMs: number): Promise<boolean> {
    if (this.#find(nameplate)) return false;
    this.#entries.set(nameplate, { entry, dueMs: performance.now() + ttlMs });
    return true;
  }

  async claim(nameplate: string, options: { readonly threeWordsOnly: boolean }): Promise<NameplateEntry | undefined> {
    const entry = this.#find(nameplate);
    if (!entry || (options.threeWordsOnly && !entry.threeWords)) return undefined;
    this.#entries.delete(nameplate);
    return entry;
  }

  async close(nameplate: string, owner: string): Promise<void> {
    if (this.#entries.get(nameplate)?.entry.owner === owner) this.#entries.delete(nameplate);
  }

  #find(nameplate: string): NameplateEntry | undefined {
    const found = this.#entries.get(nameplate);
    return found && found.dueMs > performance.now() ? found.entry : undefined;
  }
}
