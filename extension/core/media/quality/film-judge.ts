import type { SendingMeasure } from './codec-judge.ts';

/**
 * Bits a second for each pixel. Film at its full size through less (1.2 Mbit/s at 720p) is coarse and loses frames, where a smaller picture keeps them all.
 * Measured with film at 720p: at 1 Mbit/s 23 to 30 frames with the coarsest quantiser against 30 with a middling one; from 2 Mbit/s on nothing speaks for it.
 */
const NARROW_BITS_PER_PIXEL = 1.25;
const WIDE_BITS_PER_PIXEL = 2;
/** A line that isn't used says little about itself: its estimate comes from a few small probes. */
const USED_SHARE = 0.4;
const NARROW_MS = 3_000;
const WIDE_MS = 10_000;

/** Decides whether a line is too narrow for film at its full size. */
export class FilmJudge {
  #isNarrow = false;
  /** How long what speaks against it has lasted. */
  #againstMs = 0;

  get isNarrow(): boolean {
    return this.#isNarrow;
  }

  /** `elapsedMs`: what the measure is over. `pixels`: of a frame as it is captured. */
  measured(elapsedMs: number, measure: SendingMeasure, pixels: number): void {
    const { availableBitsPerSecond: available, sentBitsPerSecond: sent } = measure;
    const isUsed = sent >= available * USED_SHARE;
    const bits = available / pixels;
    const isAgainst = isUsed && (this.#isNarrow ? bits > WIDE_BITS_PER_PIXEL : bits < NARROW_BITS_PER_PIXEL);
    this.#againstMs = isAgainst ? this.#againstMs + elapsedMs : 0;
    if (this.#againstMs < (this.#isNarrow ? WIDE_MS : NARROW_MS)) return;
    this.#isNarrow = !this.#isNarrow;
    this.#againstMs = 0;
  }
}
