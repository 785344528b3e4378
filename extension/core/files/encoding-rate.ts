/** Time over which it is judged whether the encoder holds the transfer up. */
const WINDOW_MS = 2_000;
/** Busy for less than this part of the time the encoder isn't what the transfer waits for: then deflating only helps. */
const LIMITING_SHARE = 0.7;
/** Time that blocks go plain, to learn what the line delivers without the encoder. */
const TRIAL_MS = 400;
/** The line must be this much faster than the encoder: below, it isn't worth the other's data volume. */
const MARGIN = 1.1;
/** Until the next trial, or the next look at the encoder when the line was faster; twice as long after each of either. */
const FIRST_WAIT_MS = 8_000;
const MAX_WAIT_MS = 60_000;

/**
 * Finds out whether deflating makes transfers faster. While the encoder waits for blocks it does. While blocks wait for the encoder,
 * the line is tried without it for a moment, and the faster of the two is kept for a while. Times in milliseconds of one clock.
 */
export class EncodingRate {
  readonly #width: number;
  #underWay = 0;
  #changedAt = 0;
  #windowFrom = -Infinity;
  #busyMs = 0;
  #bytes = 0;
  #waitMs = FIRST_WAIT_MS;
  #trialAt = -Infinity;
  /** What the encoder achieved before the trial. */
  #encodedBytesPerSecond = 0;
  /** Set while blocks go plain. */
  #plainUntil: number | undefined;
  #isTrial = false;

  /** @param width blocks that the encoder takes at the same time. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Whether the next block should be deflated. `lineBytesPerSecond`: what the line delivers now. */
  isFaster(nowMs: number, lineBytesPerSecond: number): boolean {
    if (this.#plainUntil === undefined) return !this.#startsTrial(nowMs);
    if (nowMs < this.#plainUntil) return false;
    const isLineFaster = this.#isTrial && lineBytesPerSecond > this.#encodedBytesPerSecond * MARGIN;
    this.#isTrial = false;
    this.#plainUntil = isLineFaster ? nowMs + this.#waitMs : undefined;
    if (isLineFaster) this.#lengthenWait();
    this.#startWindow(nowMs);
    return !isLineFaster;
  }

  /** A block went to the encoder. */
  began(nowMs: number): void {
    this.#count(nowMs);
    this.#underWay += 1;
  }

  /** A block of that many plain bytes came back. */
  ended(nowMs: number, plainBytes: number): void {
    this.#count(nowMs);
    this.#underWay -= 1;
    this.#bytes += plainBytes;
  }

  #startsTrial(nowMs: number): boolean {
    this.#count(nowMs);
    const tookMs = nowMs - this.#windowFrom;
    if (tookMs < WINDOW_MS) return false;
    const isLimiting = this.#busyMs / tookMs >= LIMITING_SHARE;
    this.#encodedBytesPerSecond = (this.#bytes / tookMs) * 1000;
    this.#startWindow(nowMs);
    if (!isLimiting || nowMs < this.#trialAt) return false;
    this.#plainUntil = nowMs + TRIAL_MS;
    this.#isTrial = true;
    this.#trialAt = this.#plainUntil + this.#waitMs;
    this.#lengthenWait();
    return true;
  }

  #startWindow(nowMs: number): void {
    this.#windowFrom = nowMs;
    this.#busyMs = 0;
    this.#bytes = 0;
  }

  #lengthenWait(): void {
    this.#waitMs = Math.min(MAX_WAIT_MS, this.#waitMs * 2);
  }

  #count(nowMs: number): void {
    if (this.#underWay >= this.#width) this.#busyMs += nowMs - Math.max(this.#changedAt, this.#windowFrom);
    this.#changedAt = nowMs;
  }
}
