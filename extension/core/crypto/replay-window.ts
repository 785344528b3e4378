/** Messages of one sender that may still arrive behind the newest. */
const WINDOW = 64;
const MASK = (1n << BigInt(WINDOW)) - 1n;

/**
 * Remembers which numbers have been seen, for a path that delivers late and twice: the newest and the 63 before it. Older ones count
 * as seen.
 */
export class ReplayWindow {
  #newest = -1;
  /** Bit i stands for `newest - i`. */
  #seen = 0n;

  /** Whether `n` may still be taken. Asks only; `mark` remembers. */
  isNew(n: number): boolean {
    if (n > this.#newest) return true;
    const age = this.#newest - n;
    return age < WINDOW && (this.#seen & (1n << BigInt(age))) === 0n;
  }

  /** Call it once the message with this number has proven genuine, never before: a forged high number would lock out the honest ones. */
  mark(n: number): void {
    if (n > this.#newest) {
      const step = n - this.#newest;
      this.#seen = step >= WINDOW ? 1n : ((this.#seen << BigInt(step)) & MASK) | 1n;
      this.#newest = n;
    } else if (this.#newest - n < WINDOW) {
      this.#seen |= 1n << BigInt(this.#newest - n);
    }
  }
}
