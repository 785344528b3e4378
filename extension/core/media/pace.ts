/** Runs something at once, and what is asked for too soon afterwards once more when the pause is over. */
export class Pace {
  readonly #run: () => void;
  readonly #pauseMs: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #again = false;

  constructor(run: () => void, pauseMs: number) {
    this.#run = run;
    this.#pauseMs = pauseMs;
  }

  ask(): void {
    if (this.#timer) {
      this.#again = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#again) this.ask();
    }, this.#pauseMs);
    this.#again = false;
    this.#run();
  }

  /** Idempotent. What waits doesn't run any more. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#again = false;
    this.#timer = null;
  }
}
