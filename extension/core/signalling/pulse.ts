const PING_MS = 1_000;
/** A server that is there answers within a round trip. */
const ANSWER_LIMIT_MS = 2_000;
/** How long one doubt lasts. */
const DOUBT_MS = 5_000;

export interface PulseOptions {
  /** Asks the server for a sign of life. */
  ping(): void;
  /** It gave none in time. */
  onDead(): void;
}

/** Finds out whether a socket that looks alive is. It asks only while there is reason to: a pair that does nothing costs nothing. */
export class Pulse {
  readonly #options: PulseOptions;
  #timer: ReturnType<typeof setInterval> | undefined;
  #limitTimer: ReturnType<typeof setTimeout> | undefined;
  #doubtUntil = 0;

  constructor(options: PulseOptions) {
    this.#options = options;
  }

  /** Something else is wrong: asks each second for a while. */
  doubt(): void {
    this.#doubtUntil = performance.now() + DOUBT_MS;
    if (this.#timer) return;
    this.#timer = setInterval(() => {
      if (performance.now() > this.#doubtUntil) this.#rest();
      else this.check();
    }, PING_MS);
    this.check();
  }

  /** Asks now. `limitMs` for the answer; an earlier question's limit stands. */
  check(limitMs = ANSWER_LIMIT_MS): void {
    this.#options.ping();
    this.#limitTimer ??= setTimeout(() => {
      this.stop();
      this.#options.onDead();
    }, limitMs);
  }

  /** The server said something. */
  heard(): void {
    clearTimeout(this.#limitTimer);
    this.#limitTimer = undefined;
  }

  /** There is no socket any more. */
  stop(): void {
    this.#rest();
    this.heard();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
