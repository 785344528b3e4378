const PING_MS = 1_000;
/** A server that is there answers within a round trip. */
const ANSWER_LIMIT_MS = 2_000;
/** So long the server may say nothing before it is asked: else a socket that died without a word would look alive for minutes. */
const SILENCE_MS = 25_000;
/** Nothing speaks against a socket that was merely silent, so its answer may take longer. */
const SILENCE_ANSWER_LIMIT_MS = 6_000;
/** How long one doubt lasts. */
const DOUBT_MS = 5_000;

export interface PulseOptions {
  /** Asks the server for a sign of life. */
  ping(): void;
  /** It gave none in time. */
  onDead(): void;
}

/** Finds out whether a socket that looks alive is. It asks while there is reason to, and rarely where nothing else is heard: a pair that does nothing costs little. */
export class Pulse {
  readonly #options: PulseOptions;
  #timer: ReturnType<typeof setInterval> | undefined;
  #limitTimer: ReturnType<typeof setTimeout> | undefined;
  #limitAt = 0;
  #doubtUntil = 0;
  #isWatching = false;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PulseOptions) {
    this.#options = options;
  }

  /** There is a socket, on which silence means nothing good. */
  watch(): void {
    this.#isWatching = true;
    this.heard();
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

  /** Asks now. `limitMs` for the answer; where an earlier question's limit ends before, that one stands. */
  check(limitMs = ANSWER_LIMIT_MS): void {
    this.#options.ping();
    const limitAt = performance.now() + limitMs;
    if (this.#limitTimer && this.#limitAt <= limitAt) return;
    clearTimeout(this.#limitTimer);
    this.#limitAt = limitAt;
    this.#limitTimer = setTimeout(() => {
      this.stop();
      this.#options.onDead();
    }, limitMs);
  }

  /** The server said something. */
  heard(): void {
    clearTimeout(this.#limitTimer);
    this.#limitTimer = undefined;
    clearTimeout(this.#silenceTimer);
    if (this.#isWatching) this.#silenceTimer = setTimeout(() => this.check(SILENCE_ANSWER_LIMIT_MS), SILENCE_MS);
  }

  /** There is no socket any more. */
  stop(): void {
    this.#isWatching = false;
    this.#rest();
    this.heard();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
