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
  /** Whether the newest block tried has shrunk; undefined before the first. */
  shrinks: boolean | undefined;
  /** Settles with the block that is being tried. */
  trying: Promise<unknown> | undefined;
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

  /** Takes the memory of `input`, which has been hashed by now. Call it as the line takes blocks. */
  async encode(input: LeafInput, details: TransferDetails): Promise<EncodedBytes> {
    const sampling = this.#samplingOf(details);
    // Those that follow the very first wait for what it says: of a small file they would be all.
    while (sampling.trying && sampling.shrinks === undefined) await sampling.trying.catch(() => undefined);
    if (!this.#isWanted(sampling) || !this.#rate.isFaster(this.#now(), blockOf(input).length)) return plain(input);
    const trying = this.#try(input, sampling);
    sampling.trying = trying;
    const deflated = await trying;
    return 'encoded' in deflated ? { bytes: deflated.encoded, encoding: 1 } : plain(deflated.plain);
  }

  /** Ends what is under way. */
  close(): void {
    this.#encoder.close();
  }

  /** Whoever waits for it finds its verdict in `sampling`. */
  async #try(input: LeafInput, sampling: Sampling): Promise<Deflated> {
    const plainBytes = blockOf(input).length;
    this.#rate.began(this.#now());
    try {
      // Not over before the caller has written down that it is under way.
      await Promise.resolve();
      const deflated = await this.#encoder.encode(input);
      sampling.shrinks = 'encoded' in deflated;
      sampling.plainLeft = sampling.shrinks ? 0 : sampling.pauseBlocks;
      sampling.pauseBlocks = sampling.shrinks
        ? FIRST_PAUSE_BLOCKS
        : Math.min(MAX_PAUSE_BLOCKS, sampling.pauseBlocks * 2);
      return deflated;
    } finally {
      sampling.trying = undefined;
      this.#rate.ended(this.#now(), plainBytes);
    }
  }

  /** While blocks shrink all of them are tried; before that, and after one that doesn't, one at a time. */
  #isWanted(sampling: Sampling): boolean {
    if (sampling.isPacked) return false;
    if (sampling.plainLeft === 0) return sampling.shrinks === true || !sampling.trying;
    sampling.plainLeft -= 1;
    return false;
  }

  #samplingOf(details: TransferDetails): Sampling {
    const known = this.#samplings.get(details);
    if (known) return known;
    const isPacked = details.form === 'file' && hasPackedContent(details.name, details.mime);
    const made = { isPacked, shrinks: undefined, trying: undefined, plainLeft: 0, pauseBlocks: FIRST_PAUSE_BLOCKS };
    this.#samplings.set(details, made);
    return made;
  }
}

function plain(input: LeafInput): EncodedBytes {
  return { bytes: blockOf(input), encoding: 0 };
}
