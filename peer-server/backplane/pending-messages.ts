import type { Config } from '../config.ts';

/** A message whose receiver isn't here yet. `text` is ready to be sent to it. */
export interface PendingMessage {
  readonly src: string;
  /** Limit key of the sender, see `ClientAddresses`. */
  readonly srcAddress: string;
  readonly text: string;
}

interface Waiting extends PendingMessage {
  readonly sizeBytes: number;
  readonly dueMs: number;
}

interface Queue {
  waiting: Waiting[];
  sizeBytes: number;
  timer: NodeJS.Timeout | undefined;
}

/** The objects around a message, so that a flood of tiny ones can't cost more than it counts. */
const OVERHEAD_BYTES = 256;

export type PendingLimits = Pick<
  Config,
  'pendingMessagesPerPeer' | 'pendingBytesPerPeer' | 'pendingBytesPerAddress' | 'pendingBytesTotal' | 'pendingTimeoutMs'
>;

/**
 * Keeps messages for peers that are about to connect, for a short time and within bounds for each receiver, each sending address
 * and in total. `peer` has such a queue without any bound, which is why no message for an absent peer reaches `peer`.
 */
export class PendingMessages {
  readonly #limits: PendingLimits;
  readonly #onExpired: (src: string, dst: string) => void;
  readonly #queues = new Map<string, Queue>();
  readonly #addressBytes = new Map<string, number>();
  #totalBytes = 0;

  /** @param onExpired called once for each sender whose messages to `dst` were given up together */
  constructor(limits: PendingLimits, onExpired: (src: string, dst: string) => void) {
    this.#limits = limits;
    this.#onExpired = onExpired;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Returns false, keeping nothing, when a bound is reached. */
  add(dst: string, message: PendingMessage): boolean {
    const sizeBytes = Buffer.byteLength(message.text) + OVERHEAD_BYTES;
    const queue = this.#queues.get(dst) ?? { waiting: [], sizeBytes: 0, timer: undefined };
    const addressBytes = this.#addressBytes.get(message.srcAddress) ?? 0;
    const limits = this.#limits;
    if (
      queue.waiting.length >= limits.pendingMessagesPerPeer ||
      queue.sizeBytes + sizeBytes > limits.pendingBytesPerPeer ||
      addressBytes + sizeBytes > limits.pendingBytesPerAddress ||
      this.#totalBytes + sizeBytes > limits.pendingBytesTotal
    ) {
      return false;
    }
    queue.waiting.push({ ...message, sizeBytes, dueMs: performance.now() + limits.pendingTimeoutMs });
    queue.sizeBytes += sizeBytes;
    this.#totalBytes += sizeBytes;
    this.#addressBytes.set(message.srcAddress, addressBytes + sizeBytes);
    this.#queues.set(dst, queue);
    queue.timer ??= this.#arm(dst, queue, limits.pendingTimeoutMs);
    return true;
  }

  /** Hands over everything that waits for `dst`, oldest first. */
  take(dst: string): string[] {
    const queue = this.#queues.get(dst);
    if (!queue) return [];
    return this.#remove(dst, queue, queue.waiting.length).map((message) => message.text);
  }

  clear(): void {
    for (const queue of this.#queues.values()) clearTimeout(queue.timer);
    this.#queues.clear();
    this.#addressBytes.clear();
    this.#totalBytes = 0;
  }

  #arm(dst: string, queue: Queue, delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#expire(dst, queue), delayMs).unref();
  }

  #expire(dst: string, queue: Queue): void {
    const nowMs = performance.now();
    const firstFresh = queue.waiting.findIndex((message) => message.dueMs > nowMs);
    const expired = this.#remove(dst, queue, firstFresh === -1 ? queue.waiting.length : firstFresh);
    const next = queue.waiting[0];
    if (next) queue.timer = this.#arm(dst, queue, Math.max(next.dueMs - nowMs, 1));
    for (const src of new Set(expired.map((message) => message.src))) this.#onExpired(src, dst);
  }

  #remove(dst: string, queue: Queue, count: number): Waiting[] {
    const removed = queue.waiting.splice(0, count);
    for (const { sizeBytes, srcAddress } of removed) {
      queue.sizeBytes -= sizeBytes;
      this.#totalBytes -= sizeBytes;
      const left = (this.#addressBytes.get(srcAddress) ?? sizeBytes) - sizeBytes;
      if (left > 0) this.#addressBytes.set(srcAddress, left);
      else this.#addressBytes.delete(srcAddress);
    }
    if (queue.waiting.length === 0) {
      clearTimeout(queue.timer);
      this.#queues.delete(dst);
    }
    return removed;
  }
}
