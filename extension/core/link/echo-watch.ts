import type { SignsOfLife } from './signs-of-life.ts';

/** More than a round trip: an answer that is not there by this part of its time is more than slow. */
const DOUBT_SHARE = 0.4;

export interface EchoWatchOptions {
  /** Asks the other side for a sign of life. */
  ask(): void;
  /** What was said has no echo, nor the question after it an answer so far. */
  onDoubt(): void;
  /** The answer is late. */
  onSuspect(): void;
}

/** Somebody waits for the other side: a path that has died is noticed by what has no echo, long before a heartbeat is missing. */
export class EchoWatch {
  readonly #life: SignsOfLife;
  readonly #options: EchoWatchOptions;
  #echoTimer: ReturnType<typeof setTimeout> | undefined;
  #doubtTimer: ReturnType<typeof setTimeout> | undefined;
  #answerTimer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(life: SignsOfLife, options: EchoWatchOptions) {
    this.#life = life;
    this.#options = options;
  }

  /** The other side was told something. */
  said(): void {
    this.#life.said();
    this.#awaitEcho();
  }

  /** There is reason to doubt: asks at once. */
  probe(): void {
    this.#life.asked();
    this.#options.ask();
    this.#awaitAnswer();
  }

  /** Idempotent. */
  stop(): void {
    this.#stopped = true;
    for (const timer of [this.#echoTimer, this.#doubtTimer, this.#answerTimer]) clearTimeout(timer);
  }

  #awaitEcho(): void {
    const dueMs = this.#life.echoDueMs;
    if (this.#stopped || this.#echoTimer || dueMs === null) return;
    this.#echoTimer = setTimeout(() => {
      this.#echoTimer = undefined;
      if (this.#life.echoDueMs === 0) this.#missEcho();
      else this.#awaitEcho();
    }, dueMs);
  }

  #missEcho(): void {
    this.probe();
    if (this.#stopped) return;
    clearTimeout(this.#doubtTimer);
    this.#doubtTimer = setTimeout(() => {
      if (this.#life.answerDueMs !== null) this.#options.onDoubt();
    }, DOUBT_SHARE * this.#life.roundTrips.answerLimitMs);
  }

  #awaitAnswer(): void {
    const dueMs = this.#life.answerDueMs;
    if (this.#stopped || this.#answerTimer || dueMs === null) return;
    this.#answerTimer = setTimeout(() => {
      this.#answerTimer = undefined;
      if (this.#life.isSuspect) this.#options.onSuspect();
      // That question has its answer, and a later one may have none.
      else this.#awaitAnswer();
    }, dueMs + 1);
  }
}
