/** Time over which it is judged whether the encoder holds transfers up. */
const WINDOW_MS = 2_000;
/** Busy for less than this part of the time the encoder isn't what transfers wait for: then deflating only helps. */
const LIMITING_SHARE = 0.7;
/** Blocks sent plain to learn what the line takes without the encoder. The first ones only fill what is read ahead. */
const TRIAL_BLOCKS = 12;
const UNCOUNTED_BLOCKS = 4;
/** A line so slow needs no more blocks to show it. */
const TRIAL_LIMIT_MS = 1_000;
/** The line must be that much faster than the encoder: a smaller gain isn't worth the other's data volume. */
const MARGIN = 1.25;
/** Until the next trial, or the next look at the encoder when the line was faster; twice as long after each of either. */
const FIRST_WAIT_MS = 8_000;
const MAX_WAIT_MS = 60_000;

type Phase =
  | { readonly name: 'encoding' }
  /** Blocks go plain and are counted. */
  | { readonly name: 'trial'; blocks: number; fromMs: number; bytes: number }
  | { readonly name: 'plain'; readonly untilMs: number };

/**
 * Finds out whether deflating makes transfers faster. While the encoder waits for blocks it does. While blocks wait for the encoder,
 * some are sent plain, and the way that took more bytes a second is kept for a while. Blocks are asked for as the line takes them, so
 * counting those is measuring it. Times in milliseconds of one clock.
 */
export class EncodingRate {
  readonly #width: number;
  #phase: Phase = { name: 'encoding' };
  #underWay = 0;
  #changedAt = 0;
  #windowFrom = -Infinity;
  #busyMs = 0;
  #bytes = 0;
  #waitMs = FIRST_WAIT_MS;
  #trialAt = -Infinity;
  /** What the encoder achieved in the last window. */
  #encodedBytesPerSecond = 0;

  /** @param width blocks that the encoder takes at the same time. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Whether the next block, of `plainBytes` bytes, should be deflated. Asked once for each that could be. */
  isFaster(nowMs: number, plainBytes: number): boolean {
    const phase = this.#phase;
    if (phase.name === 'encoding') {
      if (this.#closeWindow(nowMs) && nowMs >= this.#trialAt) {
        this.#phase = { name: 'trial', blocks: 0, fromMs: nowMs, bytes: 0 };
      }
    } else if (phase.name === 'trial') this.#countTrial(phase, nowMs, plainBytes);
    else if (nowMs >= phase.untilMs) this.#encodeAgain(nowMs);
    return this.#phase.name === 'encoding';
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

  /** @returns whether a window has ended in which the encoder was what transfers waited for. */
  #closeWindow(nowMs: number): boolean {
    this.#count(nowMs);
    const tookMs = nowMs - this.#windowFrom;
    if (tookMs < WINDOW_MS) return false;
    const share = this.#busyMs / tookMs;
    this.#encodedBytesPerSecond = (this.#bytes / tookMs) * 1000;
    this.#startWindow(nowMs);
    return share >= LIMITING_SHARE;
  }

  #countTrial(trial: Extract<Phase, { name: 'trial' }>, nowMs: number, plainBytes: number): void {
    trial.blocks += 1;
    if (trial.blocks <= UNCOUNTED_BLOCKS) trial.fromMs = nowMs;
    else trial.bytes += plainBytes;
    const tookMs = nowMs - trial.fromMs;
    if (trial.blocks < TRIAL_BLOCKS && tookMs < TRIAL_LIMIT_MS) return;
    const isLineFaster = trial.bytes > ((this.#encodedBytesPerSecond * MARGIN) / 1000) * tookMs;
    if (isLineFaster) this.#phase = { name: 'plain', untilMs: nowMs + this.#waitMs };
    else {
      this.#encodeAgain(nowMs);
      this.#trialAt = nowMs + this.#waitMs;
    }
    this.#waitMs = Math.min(MAX_WAIT_MS, this.#waitMs * 2);
  }

  #encodeAgain(nowMs: number): void {
    this.#phase = { name: 'encoding' };
    this.#startWindow(nowMs);
  }

  #startWindow(nowMs: number): void {
    this.#windowFrom = nowMs;
    this.#busyMs = 0;
    this.#bytes = 0;
  }

  #count(nowMs: number): void {
    if (this.#underWay >= this.#width) this.#busyMs += nowMs - Math.max(this.#changedAt, this.#windowFrom);
    this.#changedAt = nowMs;
  }
}
