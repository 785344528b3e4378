/** How long the line is watched before and during a trial. */
const WATCH_MS = 2_000;
/** A new lane has to connect, and starts slowly. */
const SETTLE_MS = 1_500;
/** More lanes have to bring this much, or they go again. */
const WORTH = 1.15;
/**
 * On a fast line they may also stay when they bring nothing and cost nothing: what one of several loses, the others make up for. Slow
 * lines are better off without: each lane keeps this much waiting, and a line of chat would wait behind it.
 */
const HARMLESS = 0.95;
const LEAST_LANE_BYTES = 64 * 1024;
const HARMLESS_WAIT_MS = 120;
/** When they bring nearly their share, as many again are tried at once. */
const FULL_SHARE = 0.8;
/** After a lane that brought nothing: lines change, but seldom. Doubled each time. */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 480_000;
/** Of the time that the line is watched, the transport has to hold back for at least this much before more lanes are tried. */
const HELD_BACK_SHARE = 0.8;
/** Nobody measured for this long: nothing moved meanwhile. */
const GAP_MS = 2_000;

type Phase = 'watching' | 'settling' | 'trying';

/**
 * How many lanes to use. One connection doesn't fill a long line that loses packets, several do; on most lines a second one brings
 * nothing. So while there is much to send, and the transport of the lanes in use holds it back, one more is tried, and kept when more
 * arrived.
 */
export class LaneCount {
  readonly #max: number;
  #count = 1;
  #phase: Phase = 'watching';
  /** Of the phase, as far as the line was busy. */
  #bytes = 0;
  #busyMs = 0;
  #heldBackMs = 0;
  /** Lanes before those that are on trial, and what they carried. */
  #before = { count: 1, rate: 0 };
  /** How many lanes to try next. */
  #step = 1;
  #measuredAtMs: number | undefined;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #pauseMs = FIRST_PAUSE_MS;

  /** `max`: lanes that the link can have, at least 1. */
  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Call it a few times a second. `totalBytesPerSecond`: over all lanes since the last call. `isBusy`: there was always more to send
   * than the lanes took; nothing can be learned from other times. `isHeldBack`: on all lanes in use something waits for the transport,
   * and not on the line.
   */
  measure(nowMs: number, totalBytesPerSecond: number, isBusy: boolean, isHeldBack: boolean): void {
    const passedMs = nowMs - (this.#measuredAtMs ?? nowMs);
    this.#measuredAtMs = nowMs;
    if (!isBusy || passedMs > GAP_MS) {
      // Steady sending begins anew; a trial goes on when there is something to try it with.
      if (this.#phase !== 'settling') this.#restart();
      return;
    }
    this.#busyMs += passedMs;
    if (isHeldBack) this.#heldBackMs += passedMs;
    this.#bytes += (totalBytesPerSecond * passedMs) / 1_000;
    if (this.#phase === 'settling') {
      if (this.#busyMs >= SETTLE_MS) this.#enter('trying');
    } else if (this.#busyMs >= WATCH_MS) {
      const rate = (this.#bytes * 1_000) / this.#busyMs;
      if (this.#phase === 'trying') this.#judge(rate, nowMs);
      if (this.#phase === 'watching') this.#tryMore(rate, nowMs);
    }
  }

  #judge(rate: number, nowMs: number): void {
    this.#phase = 'watching';
    const { count, rate: before } = this.#before;
    const isHarmless = (this.#count * LEAST_LANE_BYTES * 1_000) / rate < HARMLESS_WAIT_MS;
    if (rate >= before * (isHarmless ? HARMLESS : WORTH)) {
      this.#step = rate >= (before * FULL_SHARE * this.#count) / count ? this.#count : 1;
      return;
    }
    this.#count = count;
    this.#step = 1;
    this.#notBeforeMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  #tryMore(rate: number, nowMs: number): void {
    const isHeldBack = this.#heldBackMs >= HELD_BACK_SHARE * this.#busyMs;
    if (!isHeldBack || this.#count >= this.#max || nowMs < this.#notBeforeMs) return this.#restart();
    this.#before = { count: this.#count, rate };
    this.#count = Math.min(this.#max, this.#count + this.#step);
    this.#enter('settling');
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#restart();
  }

  #restart(): void {
    this.#bytes = 0;
    this.#busyMs = 0;
    this.#heldBackMs = 0;
  }
}
