import { type SendingMeasure, tellsEncodeTime } from './sending-measure.ts';

/** A little more than Chromium allows a picture of 720p and more by itself: film looks well with it. */
const LEAN_BITS_PER_SECOND = 3_000_000;
/** A frame that is encoded so fast leaves the computer room for three times the bits. */
const EASY_MS = 8;
/** With more for a frame, other programs and the viewer's own picture suffer. */
const HARD_MS = 14;
const SURE_AFTER_MS = 3_000;

/**
 * Decides how many bits film may take, by what its encoder costs on this computer: with thrice the bits two slow cores encode a fifth fewer
 * frames, later, for a difference that hardly anybody sees.
 */
export class BitrateJudge {
  #isLean = true;
  #easyMs = 0;
  #hardMs = 0;
  /** It was tried: it isn't again. */
  #isTooHard = false;

  /** The most bits a second for film; null for no limit of its own. */
  get filmBitsPerSecond(): number | null {
    return this.#isLean ? LEAN_BITS_PER_SECOND : null;
  }

  /** `elapsedMs`: what the measure is over. */
  measured(elapsedMs: number, measure: SendingMeasure): void {
    if (!tellsEncodeTime(measure)) return;
    const { encodeMs } = measure;
    this.#easyMs = encodeMs <= EASY_MS ? this.#easyMs + elapsedMs : 0;
    this.#hardMs = encodeMs > HARD_MS ? this.#hardMs + elapsedMs : 0;
    if (this.#isLean && this.#easyMs >= SURE_AFTER_MS && !this.#isTooHard) this.#isLean = false;
    else if (!this.#isLean && this.#hardMs >= SURE_AFTER_MS) {
      this.#isLean = true;
      this.#isTooHard = true;
    }
  }
}
