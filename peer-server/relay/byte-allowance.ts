import type { Budget } from '../backplane/backplane.ts';

/** Budgets are counted in pieces of this size: whoever keeps them is asked once for many frames. */
export const PIECE_BYTES = 1024 * 1024;

/** What one socket may send of its address's budget. Pieces are taken ahead, so that no frame waits for an answer. */
export class ByteAllowance {
  readonly #budget: Budget;
  readonly #address: string;
  readonly #onSpent: () => void;
  readonly #onError: (error: unknown) => void;
  #leftBytes = 0;
  #isAsking = false;

  /** @param onSpent called when the address has used up its budget */
  constructor(budget: Budget, address: string, onSpent: () => void, onError: (error: unknown) => void) {
    this.#budget = budget;
    this.#address = address;
    this.#onSpent = onSpent;
    this.#onError = onError;
  }

  use(bytes: number): void {
    this.#leftBytes -= bytes;
    if (this.#leftBytes >= 0 || this.#isAsking) return;
    this.#isAsking = true;
    this.#budget.take(this.#address).then(
      (isTaken) => this.#answered(isTaken),
      (error: unknown) => {
        // Nobody's transfer ends because servers can't reach what they share; the room's own bound remains.
        this.#onError(error);
        this.#answered(true);
      },
    );
  }

  #answered(isTaken: boolean): void {
    this.#isAsking = false;
    if (!isTaken) return this.#onSpent();
    this.#leftBytes += PIECE_BYTES;
    this.use(0);
  }
}
