import { sameDetails, type TransferDetails } from './source.ts';
import type { PartialFile } from './store.ts';

/** Newest transfers that were released and are known to have arrived, should a sender that was started anew offer them again. */
const MAX_RELEASED = 1_000;

/** What is remembered of transfers that came from the peer and have ended, by id: what has arrived of failed ones, and which have arrived. */
export class EndedTransfers {
  readonly #parts = new Map<string, { details: TransferDetails; partial: PartialFile }>();
  readonly #released = new Set<string>();

  /** It failed, and another try goes on with this. */
  keep(id: string, details: TransferDetails, partial: PartialFile): void {
    this.#parts.set(id, { details, partial });
  }

  /** Offered again: what was kept of it, and whether it is the same still. From now on nothing is kept. */
  take(id: string, details: TransferDetails): { partial: PartialFile; goesOn: boolean } | undefined {
    const kept = this.#parts.get(id);
    this.#parts.delete(id);
    return kept && { partial: kept.partial, goesOn: sameDetails(kept.details, details) };
  }

  /** What was kept of it, if anything. From now on nothing is. */
  forget(id: string): PartialFile | undefined {
    const partial = this.#parts.get(id)?.partial;
    this.#parts.delete(id);
    return partial;
  }

  /** All that was kept. From now on nothing is. */
  forgetAll(): PartialFile[] {
    const partials = [...this.#parts.values()].map(({ partial }) => partial);
    this.#parts.clear();
    return partials;
  }

  /** It has arrived, and was released. */
  release(id: string): void {
    this.#released.add(id);
    const [oldest] = this.#released;
    if (oldest !== undefined && this.#released.size > MAX_RELEASED) this.#released.delete(oldest);
  }

  wasReleased(id: string): boolean {
    return this.#released.has(id);
  }
}
