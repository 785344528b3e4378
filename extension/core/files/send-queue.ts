import { MAX_RUNNING, WINDOW_BLOCKS } from './blocks.ts';
import type { OutgoingRun } from './outgoing-run.ts';
import type { Sendable } from './send-block.ts';

/**
 * Decides what is sent next: up to `MAX_RUNNING` transfers take turns block by block and share one window of blocks, the rest follow
 * in the order they were accepted. A transfer gives its place away as soon as all of it is handed out.
 */
export class SendQueue {
  /** The next one in turn comes first. */
  #running: OutgoingRun[] = [];
  #waiting: OutgoingRun[] = [];
  /** Those whose blocks the receiver may still hold. */
  readonly #holders = new Set<OutgoingRun>();

  /** Idempotent. */
  add(run: OutgoingRun): void {
    this.#holders.add(run);
    if (!this.#running.includes(run) && !this.#waiting.includes(run)) this.#waiting.push(run);
    this.#fill();
  }

  /** Something of it has to be sent once more. */
  addFirst(run: OutgoingRun): void {
    if (this.#running.includes(run)) return;
    this.#running.unshift(run);
    run.start();
  }

  /** It has no turn until it is added again. What was handed out still counts. Idempotent. */
  hold(run: OutgoingRun): void {
    run.pause();
    this.#take(run);
  }

  /** The receiver holds nothing of it any more. */
  release(run: OutgoingRun): void {
    this.#take(run);
    this.#holders.delete(run);
  }

  /** The link is gone: whatever was under way counts no more. */
  clear(): void {
    this.#running = [];
    this.#waiting = [];
    this.#holders.clear();
  }

  next(): Sendable | undefined {
    for (const run of this.#running) {
      const next = run.takeCheck() ?? (this.#hasPlace() ? run.takeBlock() : undefined) ?? run.takeEnd();
      if (!next) continue;
      this.#running = this.#running.filter((other) => other !== run);
      if (!run.isDone) this.#running.push(run);
      this.#fill();
      return next;
    }
    return undefined;
  }

  #hasPlace(): boolean {
    let blocks = 0;
    for (const { outCount } of this.#holders) blocks += outCount;
    return blocks < WINDOW_BLOCKS;
  }

  #take(run: OutgoingRun): void {
    this.#running = this.#running.filter((other) => other !== run);
    this.#waiting = this.#waiting.filter((other) => other !== run);
    this.#fill();
  }

  #fill(): void {
    while (this.#running.length < MAX_RUNNING) {
      const run = this.#waiting.shift();
      if (!run) return;
      this.#running.push(run);
      run.start();
    }
  }
}
