/** Waiting times that double from `firstMs` to `maxMs`, each ± 25 % so that many clients don't return in step. */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  #nextMs: number;

  constructor(firstMs: number, maxMs: number) {
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
    this.#nextMs = firstMs;
  }

  /** The time to wait before the next try, in ms. */
  next(): number {
    const baseMs = this.#nextMs;
    this.#nextMs = Math.min(this.#maxMs, baseMs * 2);
    return Math.round(baseMs * (0.75 + Math.random() / 2));
  }

  /** Something worked: start from the beginning. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
