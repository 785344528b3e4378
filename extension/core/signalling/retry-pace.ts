import { Backoff } from '../shared/backoff.ts';

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
/** While the server has been away for no longer than this, most likely somebody waits for it. */
const EAGER_MS = 120_000;
const EAGER_PAUSE_MS = 1_000;
/** A network that is back answers within this; an attempt that began before it was back never does. */
const EAGER_LIMIT_MS = 2_500;
/**
 * Chromium holds a WebSocket of a renderer back for 1 to 5 s × 2^(n - 16), n the failures of the last minutes by the successes and one:
 * whoever gives up each attempt after 2.5 s has, after 40 s, hardly an attempt that has begun at all.
 */
const QUICK_TRIES = 10;
/** Long enough for the longest hold, and a connection after it. */
const HELD_BACK_LIMIT_MS = 6_500;
/** A server that accepts the socket and then says nothing is as good as none. */
const OPEN_LIMIT_MS = 8_000;

/** How often, and for how long, a server that can't be reached is tried. */
export class RetryPace {
  readonly #backoff = new Backoff(FIRST_RETRY_MS, MAX_RETRY_MS);
  #lostAt: number | null = null;
  #triedAt = Number.NEGATIVE_INFINITY;
  /** Since it was there last. */
  #tries = 0;

  /** It was there and has gone. */
  lost(): void {
    this.#lostAt = performance.now();
    this.#backoff.reset();
  }

  /** It is there. */
  found(): void {
    this.#lostAt = null;
    this.#tries = 0;
    this.#backoff.reset();
  }

  /** Somebody waits. */
  hurry(): void {
    this.#backoff.reset();
    if (this.#lostAt !== null) this.#lostAt = performance.now();
  }

  /** An attempt begins: how long it may take, in ms. */
  begin(): number {
    this.#triedAt = performance.now();
    this.#tries += 1;
    if (!this.#isEager) return OPEN_LIMIT_MS;
    return this.#tries > QUICK_TRIES ? HELD_BACK_LIMIT_MS : EAGER_LIMIT_MS;
  }

  /** The time to wait before the next attempt, in ms. */
  next(): number {
    if (!this.#isEager) return this.#backoff.next();
    // So that not all clients of a server that has gone return in step.
    const pauseMs = EAGER_PAUSE_MS * (0.5 + Math.random());
    return Math.max(0, Math.round(this.#triedAt + pauseMs - performance.now()));
  }

  get #isEager(): boolean {
    return this.#lostAt !== null && performance.now() - this.#lostAt < EAGER_MS;
  }
}
