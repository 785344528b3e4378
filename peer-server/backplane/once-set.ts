/** 4,000 tokens a second for two minutes, more than one process can verify beside its work; some 60 MB. */
const MAX_KEYS = 500_000;

/** Remembers keys for a time. */
export class OnceSet {
  /** Oldest first, as keys are never touched again. */
  readonly #dueMs = new Map<string, number>();

  /** True the first time within `ttlMs`. False also when there is no room: rather refuse than forget. */
  use(key: string, ttlMs: number): boolean {
    const nowMs = performance.now();
    for (const [old, dueMs] of this.#dueMs) {
      if (dueMs > nowMs) break;
      this.#dueMs.delete(old);
    }
    const dueMs = this.#dueMs.get(key);
    if (dueMs !== undefined && dueMs > nowMs) return false;
    if (this.#dueMs.size >= MAX_KEYS) return false;
    this.#dueMs.delete(key);
    this.#dueMs.set(key, nowMs + ttlMs);
    return true;
  }
}
