import { EncodingRate } from './encoding-rate.ts';
import type { EncodedBytes } from './exchange-options.ts';
import { hasPackedContent } from './packed-content.ts';
import type { TransferDetails } from './source.ts';
import { blockOf, type LeafInput } from './tree-hash.ts';

/** Deflates blocks somewhere else. */
export interface BlockEncoder {
  /** Blocks it deflates at the same time. */
  readonly width: number;
  /** Takes the memory of `input`. It comes back as `plain` when deflating isn't worth it, see `encodeBlock`. */
  encode(input: LeafInput): Promise<Deflated>;
  /** Ends what is under way. */
  close(): void;
}

export type Deflated = { readonly encoded: Uint8Array<ArrayBuffer> } | { readonly plain: LeafInput };

/** Blocks sent plain after one that didn't shrink; twice as many after each further one. */
const FIRST_PAUSE_BLOCKS = 4;
/** A folder may have text behind a gigabyte of pictures: a sample every 32 MiB finds it, at less than a hundredth of the work. */
const MAX_PAUSE_BLOCKS = 32;

/** What samples say about one transfer. */
interface Sampling {
  readonly isPacked: boolean;
  /** The newest block tried has shrunk. */
  shrinks: boolean;
  isTrying: boolean;
  plainLeft: number;
  pauseBlocks: number;
}

/**
 * Decides for each block whether it is deflated: never what is packed already, by name and type; not what doesn't shrink, found
 * out by trying a block now and then; and only while that is faster than the line without it.
 */
export class Compressor {
  readonly #encoder: BlockEncoder;
  readonly #now: () => number;
  readonly #rate: EncodingRate;
  /** By the details, the same object for as long as a transfer has a source. */
  readonly #samplings = new WeakMap<TransferDetails, Sampling>();

  constructor(encoder: BlockEncoder, now: () => number = () => performance.now()) {
    this.#encoder = encoder;
    this.#now = now;
    this.#rate = new EncodingRate(encoder.width);
  }

  /**
   * Takes the memory of `input`, which has been hashed by now. `lineBytesPerSecond`: what all lanes together deliver at the moment,
   * 0 while nobody knows.
   */
  async encode(input: LeafInput, details: TransferDetails, lineBytesPerSecond: number): Promise<EncodedBytes> {
    const sampling = this.#samplingOf(details);
    if (!this.#isWanted(sampling) || !this.#rate.isFaster(this.#now(), lineBytesPerSecond)) return plain(input);
    const plainBytes = blockOf(input).length;
    sampling.isTrying = true;
    this.#rate.began(this.#now());
    const deflated = await this.#encoder.encode(input).finally(() => {
      this.#rate.ended(this.#now(), plainBytes);
      sampling.isTrying = false;
    });
    sampling.shrinks = 'encoded' in deflated;
    if ('encoded' in deflated) {
      sampling.pauseBlocks = FIRST_PAUSE_BLOCKS;
      return { bytes: deflated.encoded, encoding: 1 };
    }
    sampling.plainLeft = sampling.pauseBlocks;
    sampling.pauseBlocks = Math.min(MAX_PAUSE_BLOCKS, sampling.pauseBlocks * 2);
    return plain(deflated.plain);
  }

  /** Ends what is under way. */
  close(): void {
    this.#encoder.close();
  }

  /** While blocks shrink all of them are tried; before that, and after one that doesn't, one at a time. */
  #isWanted(sampling: Sampling): boolean {
    if (sampling.isPacked) return false;
    if (sampling.plainLeft === 0) return sampling.shrinks || !sampling.isTrying;
    sampling.plainLeft -= 1;
    return false;
  }

  #samplingOf(details: TransferDetails): Sampling {
    const known = this.#samplings.get(details);
    if (known) return known;
    const isPacked = details.form === 'file' && hasPackedContent(details.name, details.mime);
    const made = { isPacked, shrinks: false, isTrying: false, plainLeft: 0, pauseBlocks: FIRST_PAUSE_BLOCKS };
    this.#samplings.set(details, made);
    return made;
  }
}

function plain(input: LeafInput): EncodedBytes {
  return { bytes: blockOf(input), encoding: 0 };
}
