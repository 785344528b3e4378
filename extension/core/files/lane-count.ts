/** How long the line is watched before and during a trial. */
const WATCH_MS = 2_000;
/** A new lane has to connect, and starts slowly. */
const SETTLE_MS = 1_500;
/** A lane more has to bring this much, or it goes again. */
const WORTH = 1.15;
/** After a lane that brought nothing: lines change, but seldom. Doubled each time. */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 480_000;
/** Nobody measured for this long: nothing moved meanwhile. */
const GAP_MS = 2_000;

type Phase = 'watching' | 'settling' | 'trying';

/**
 * How many lanes to use. One connection doesn't fill a long line that loses packets, several do; on most lines a second one brings
 * nothing. So one more is tried while there is much to send, and kept when it carried more.
 */
export class LaneCount {
  readonly #max: number;
  #count = 1;
  #phase: Phase = 'watching';
  /** Of the phase, as far as the line was busy. */
  #bytes = 0;
  #busyMs = 0;
  /** What was carried before the lane that is on trial. */
  #beforeRate = 0;
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
   * Call it a few times a second. `totalBytesPerSecond`: over all lanes since the last call. `isLineBusy`: there was always more to
   * send than the lanes took; nothing can be learned from other times.
   */
  measure(nowMs: number, totalBytesPerSecond: number, isLineBusy: boolean): void {
    const passedMs = nowMs - (this.#measuredAtMs ?? nowMs);
    this.#measuredAtMs = nowMs;
    if (!isLineBusy || passedMs > GAP_MS) {
      // Steady sending begins anew; a trial goes on when there is something to try it with.
      if (this.#phase !== 'settling') this.#restart();
      return;
    }
    this.#busyMs += passedMs;
    this.#bytes += (totalBytesPerSecond * passedMs) / 1_000;
    if (this.#phase === 'settling') {
      if (this.#busyMs >= SETTLE_MS) this.#enter('trying');
    } else if (this.#busyMs >= WATCH_MS) {
      const rate = (this.#bytes * 1_000) / this.#busyMs;
      if (this.#phase === 'trying') this.#judge(rate, nowMs);
      if (this.#phase === 'watching') this.#tryOneMore(rate, nowMs);
    }
  }

  #judge(rate: number, nowMs: number): void {
    this.#phase = 'watching';
    if (rate >= this.#beforeRate * WORTH) return;
    this.#count--;
    this.#notBeforeMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  #tryOneMore(rate: number, nowMs: number): void {
    if (this.#count >= this.#max || nowMs < this.#notBeforeMs) return this.#restart();
    this.#beforeRate = rate;
    this.#count++;
    this.#enter('settling');
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#restart();
  }

  #restart(): void {
    this.#bytes = 0;
    this.#busyMs = 0;
  }
}
