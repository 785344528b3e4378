import type { Directory, RoutedMessage, Seat } from './backplane.ts';
import { type PendingLimits, PendingMessages } from './pending-messages.ts';

interface Place {
  readonly seat: Seat;
  isReady: boolean;
}

/** The directory of one process. */
export class MemoryDirectory implements Directory {
  readonly #places = new Map<string, Place>();
  readonly #pending: PendingMessages;

  constructor(limits: PendingLimits) {
    this.#pending = new PendingMessages(limits, (src, dst) => {
      const place = this.#places.get(src);
      if (place?.isReady) place.seat.expired(dst);
    });
  }

  async register(seat: Seat): Promise<boolean> {
    const before = this.#places.get(seat.id)?.seat;
    if (before && before.secret !== seat.secret) return false;
    this.#places.set(seat.id, { seat, isReady: false });
    before?.evicted();
    return true;
  }

  async announce(seat: Seat): Promise<void> {
    const place = this.#places.get(seat.id);
    if (place?.seat !== seat) return;
    place.isReady = true;
    for (const text of this.#pending.take(seat.id)) seat.deliver(text);
  }

  async unregister(seat: Seat): Promise<void> {
    if (this.#places.get(seat.id)?.seat === seat) this.#places.delete(seat.id);
  }

  async send({ src, srcAddress, dst, text }: RoutedMessage): Promise<boolean> {
    const place = this.#places.get(dst);
    return place?.isReady ? place.seat.deliver(text) : this.#pending.add(dst, { src, srcAddress, text });
  }

  clear(): void {
    this.#pending.clear();
  }
}
