import { Backoff } from '../../core/shared/backoff.ts';

/** Nothing has come for so long although the sharer can be asked: its end may have gone. A path that can come back by itself is back by then. */
const ASK_AGAIN_AFTER_MS = 30_000;
/** A connection that has lasted so long was a good one: its loss is no sign that the next one fails too. */
const STEADY_MS = 60_000;

/** Decides when a page to which nothing comes asks again by itself: ever more rarely, until a connection has lasted. */
export class Patience {
  readonly #ask: () => void;
  readonly #pauses = new Backoff(2_000, 240_000);
  /** At least so long until it asks again. */
  #pauseMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** The sharer has let go of the page: it asks as soon as it may. */
  dropped(): void {
    this.#askIn(this.#pauseMs);
  }

  /** From now on something should come. */
  waits(): void {
    this.#askIn(Math.max(ASK_AGAIN_AFTER_MS, this.#pauseMs));
  }

  /** From now on there is a connection. */
  connected(): void {
    this.#after(STEADY_MS, () => {
      this.#pauses.reset();
      this.#pauseMs = 0;
    });
  }

  /** It doesn't ask until one of the above is so. */
  rests(): void {
    clearTimeout(this.#timer);
  }

  #askIn(delayMs: number): void {
    this.#after(delayMs, () => {
      this.#pauseMs = this.#pauses.next();
      this.#ask();
    });
  }

  #after(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, delayMs);
  }
}
