import { MAX_RUNNING, WINDOW_BYTES } from './blocks.ts';
import type { Outgoing } from './outgoing.ts';

/**
 * Decides which file sends its next frame: up to `MAX_RUNNING` take turns chunk by chunk and share one window, the rest follow in
 * the order they were accepted. A file keeps its place until all of it is acknowledged.
 */
export class SendQueue {
  /** The next one in turn comes first. */
  readonly #running: Outgoing[] = [];
  readonly #waiting: Outgoing[] = [];

  add(outgoing: Outgoing): void {
    this.#waiting.push(outgoing);
    this.#fill();
  }

  /** Idempotent. */
  remove(outgoing: Outgoing): void {
    for (const list of [this.#running, this.#waiting]) {
      const index = list.indexOf(outgoing);
      if (index >= 0) list.splice(index, 1);
    }
    this.#fill();
  }

  /** The next frame of whoever's turn it is. */
  next(): Uint8Array | undefined {
    let windowBytes = WINDOW_BYTES;
    for (const outgoing of this.#running) windowBytes -= outgoing.unacknowledgedBytes;
    for (const outgoing of this.#running) {
      const frame = outgoing.next(windowBytes);
      if (!frame) continue;
      this.#running.splice(this.#running.indexOf(outgoing), 1);
      this.#running.push(outgoing);
      return frame;
    }
    return undefined;
  }

  #fill(): void {
    while (this.#running.length < MAX_RUNNING) {
      const outgoing = this.#waiting.shift();
      if (!outgoing) return;
      this.#running.push(outgoing);
      outgoing.start();
    }
  }
}
