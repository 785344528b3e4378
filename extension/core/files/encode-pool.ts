import * as v from 'valibot';
import type { BlockEncoder, Deflated } from './compressor.ts';
import { EncodeReply } from './encode-messages.ts';
// Not `new URL(…, import.meta.url)`: WXT replaces `import.meta.url` before Vite sees it, and the worker would be missing.
import EncodeWorker from './encode-worker.ts?worker';
import type { LeafInput } from './tree-hash.ts';

/** One for two cores: connections, hashes and the other programs want the rest. More than four no line takes. */
const WIDTH = Math.max(1, Math.min(4, Math.floor(navigator.hardwareConcurrency / 2)));
/** After this time without a block the workers go, with their memory. */
const IDLE_MS = 10_000;

interface Waiter {
  resolve(deflated: Deflated): void;
  reject(error: unknown): void;
}

/** A worker and the blocks that it has, oldest first. */
interface Place {
  readonly worker: Worker;
  readonly waiters: Waiter[];
}

/** Deflates blocks in workers of its own, made when they are first needed. */
export class EncodePool implements BlockEncoder {
  readonly width = WIDTH;
  #places: Place[] = [];
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  encode(input: LeafInput): Promise<Deflated> {
    clearTimeout(this.#idleTimer);
    const place = this.#freest();
    return new Promise((resolve, reject) => {
      place.waiters.push({ resolve, reject });
      place.worker.postMessage(input, [input.buffer]);
    });
  }

  close(): void {
    clearTimeout(this.#idleTimer);
    const places = this.#places;
    this.#places = [];
    for (const place of places) this.#end(place, new Error('The encoder is closed.'));
  }

  #freest(): Place {
    const [freest] = this.#places.toSorted((a, b) => a.waiters.length - b.waiters.length);
    if (freest && (freest.waiters.length === 0 || this.#places.length === this.width)) return freest;
    const place: Place = { worker: new EncodeWorker(), waiters: [] };
    place.worker.addEventListener('message', ({ data }: MessageEvent) => {
      place.waiters.shift()?.resolve(v.parse(EncodeReply, data));
      this.#endWhenIdle();
    });
    place.worker.addEventListener('error', ({ message }) => {
      this.#places = this.#places.filter((other) => other !== place);
      this.#end(place, new Error(`The encoder failed: ${message}`));
    });
    this.#places.push(place);
    return place;
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#places.some(({ waiters }) => waiters.length > 0)) return;
    this.#idleTimer = setTimeout(() => this.close(), IDLE_MS);
  }

  #end({ worker, waiters }: Place, error: Error): void {
    worker.terminate();
    for (const { reject } of waiters.splice(0)) reject(error);
  }
}
