import { isLineUsed, type SendingMeasure } from './sending-measure.ts';

/**
 * Bits a second for each pixel. Film at its full size through less (1.2 Mbit/s at 720p) is coarse and loses frames, where a smaller picture keeps them all.
 * Measured with film at 720p: at 1 Mbit/s 23 to 30 frames with the coarsest quantiser against 30 with a middling one; from 2 Mbit/s on nothing speaks for it.
 */
const NARROW_BITS_PER_PIXEL = 1.25;
const WIDE_BITS_PER_PIXEL = 2;
/** What may be sent is a limit too: of a line that carries more than that nothing else is known. */
const NARROW_SHARE_OF_CAP = 0.8;
const WIDE_SHARE_OF_CAP = 1.2;
const NARROW_MS = 3_000;
const WIDE_MS = 10_000;

/** What film is sent as. */
export interface FilmSize {
  /** Of a frame as it is captured. */
  readonly pixels: number;
  /** The most that it may take. */
  readonly maxBitsPerSecond: number;
}

/** Decides whether a line is too narrow for film at its full size. */
export class FilmJudge {
  #isNarrow = false;
  /** How long what speaks against it has lasted. */
  #againstMs = 0;

  get isNarrow(): boolean {
    return this.#isNarrow;
  }

  /** There is no film now. */
  rests(): void {
    this.#againstMs = 0;
  }

  /** `elapsedMs`: what the measure is over. */
  measured(elapsedMs: number, measure: SendingMeasure, { pixels, maxBitsPerSecond }: FilmSize): void {
    const { availableBitsPerSecond: available } = measure;
    const narrow = Math.min(NARROW_BITS_PER_PIXEL * pixels, NARROW_SHARE_OF_CAP * maxBitsPerSecond);
    const wide = Math.min(WIDE_BITS_PER_PIXEL * pixels, WIDE_SHARE_OF_CAP * maxBitsPerSecond);
    const isAgainst = this.#isNarrow ? available > wide : isLineUsed(measure) && available < narrow;
    this.#againstMs = isAgainst ? this.#againstMs + elapsedMs : 0;
    if (this.#againstMs < (this.#isNarrow ? WIDE_MS : NARROW_MS)) return;
    this.#isNarrow = !this.#isNarrow;
    this.#againstMs = 0;
  }
}
