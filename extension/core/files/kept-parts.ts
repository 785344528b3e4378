import { KEPT_PARTS, partBytes } from './blocks.ts';

/** A block of which the beginning has arrived. */
export interface KeptPart {
  readonly index: number;
  /** As long as the whole block. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** So much of it is there, see `partBytes`. */
  readonly offset: number;
}

interface Kept extends KeptPart {
  readonly owner: object;
  /** It has to come once more. */
  wasted(bytes: number): void;
}

/**
 * Blocks of all arriving transfers that were half there when a link went: they outlive it in memory, never more than `KEPT_PARTS`. The
 * newest stay, so that a transfer which is held can't keep the others from going on. Their owner is what outlives the link.
 */
export class KeptParts {
  #parts: Kept[] = [];

  /** Not while a link is there: what was told to the sender on it must not be pushed out. */
  keep(
    owner: object,
    part: { index: number; bytes: Uint8Array<ArrayBuffer> },
    arrivedBytes: number,
    wasted: (bytes: number) => void,
  ): void {
    const offset = partBytes(arrivedBytes, part.bytes.length);
    wasted(arrivedBytes - offset);
    if (offset === 0) return;
    this.#parts.push({ owner, ...part, offset, wasted });
    while (this.#parts.length > KEPT_PARTS) {
      const oldest = this.#parts.shift();
      oldest?.wasted(oldest.offset);
    }
  }

  of(owner: object): KeptPart[] {
    return this.#parts.filter((part) => part.owner === owner);
  }

  /** Hands one out for good. */
  take(owner: object, index: number): KeptPart | undefined {
    const part = this.#parts.find((kept) => kept.owner === owner && kept.index === index);
    this.#parts = this.#parts.filter((kept) => kept !== part);
    return part;
  }

  /** Nobody goes on with it. */
  drop(owner: object): void {
    this.#parts = this.#parts.filter((part) => part.owner !== owner);
  }
}
