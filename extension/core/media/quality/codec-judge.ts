import { isLineUsed, type SendingMeasure, tellsEncodeTime } from './sending-measure.ts';

/** light: VP8, the quickest and cheapest in software · slim: the one that needs the fewest bits, for more work. */
export type CodecChoice = 'light' | 'slim';

/** Below that VP8 can't send a page that scrolls: it falls to a frame or two a second where AV1 goes on with twenty and more. */
const NARROW_BITS_PER_SECOND = 1_500_000;
const WIDE_BITS_PER_SECOND = 4_000_000;
const NARROW_MS = 3_000;
const WIDE_MS = 10_000;
/** A frame that takes longer can't be one of 30 a second. */
const TOO_SLOW_MS = 30;
const TOO_SLOW_FOR_MS = 4_000;

/** Decides what a picture is encoded with, by how much the line carries and what the encoder costs on this computer. */
export class CodecJudge {
  #choice: CodecChoice = 'light';
  /** How long what speaks against the choice has lasted, by kind. */
  #againstMs = { narrow: 0, wide: 0, slow: 0 };
  /** This computer is too slow for it: it isn't tried again. */
  #isSlimTooSlow = false;

  /** `elapsedMs`: what the measure is over. */
  measured(elapsedMs: number, measure: SendingMeasure): CodecChoice {
    const { availableBitsPerSecond: available } = measure;
    const isUsed = isLineUsed(measure);
    const against = {
      narrow: isUsed && available < NARROW_BITS_PER_SECOND,
      wide: isUsed && available > WIDE_BITS_PER_SECOND,
      slow: tellsEncodeTime(measure) && measure.encodeMs > TOO_SLOW_MS,
    };
    for (const kind of ['narrow', 'wide', 'slow'] as const) {
      this.#againstMs[kind] = against[kind] ? this.#againstMs[kind] + elapsedMs : 0;
    }
    const { narrow, wide, slow } = this.#againstMs;
    if (this.#choice === 'light') {
      if (narrow >= NARROW_MS && !this.#isSlimTooSlow) this.#choose('slim');
    } else if (slow >= TOO_SLOW_FOR_MS) {
      this.#isSlimTooSlow = true;
      this.#choose('light');
    } else if (wide >= WIDE_MS) this.#choose('light');
    return this.#choice;
  }

  #choose(choice: CodecChoice): void {
    this.#choice = choice;
    this.#againstMs = { narrow: 0, wide: 0, slow: 0 };
  }
}
