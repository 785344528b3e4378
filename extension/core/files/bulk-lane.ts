import type { Lane, Link } from '../link/link.ts';
import { BLOCK_BYTES, WINDOW_BYTES } from './blocks.ts';
import { decodeFrame, type Frame } from './frames.ts';

/**
 * Frames that belong to no file are dropped, but not for ever. Of a file that just ended, perhaps with the link before this one, a
 * full window and its smaller frames may still be on their way.
 */
const STRAY_PER_END_BYTES = WINDOW_BYTES + BLOCK_BYTES;
const STRAY_LIMIT_BYTES = 2 * STRAY_PER_END_BYTES;
/** What a frame costs to handle beyond its bytes, so that a flood of tiny ones counts too. */
const STRAY_FRAME_BYTES = 1024;

export interface BulkLaneEvents {
  /** @returns whether the frame belonged to a file. */
  receive(frame: Frame): boolean;
  /** The next frame to send, nothing when there is none until `wake`. */
  next(): Uint8Array | undefined;
}

/** The bulk lane of one link: one loop that reads, one that sends for as long as there is something and there is headroom. */
export class BulkLane {
  readonly #link: Link;
  readonly #lane: Lane;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #events: BulkLaneEvents;
  readonly #stopping = new AbortController();
  #sending = false;
  #strayBytes = STRAY_PER_END_BYTES;

  constructor(link: Link, events: BulkLaneEvents) {
    this.#link = link;
    this.#lane = link.lane('bulk');
    this.#reader = this.#lane.frames.getReader();
    this.#events = events;
    void this.#read();
    this.wake();
  }

  /** There may be something to send. */
  wake(): void {
    if (!this.#sending) void this.#send();
  }

  /** A file ended before its time: some of its frames are still to come. */
  forgive(): void {
    this.#strayBytes = Math.min(this.#strayBytes + STRAY_PER_END_BYTES, STRAY_LIMIT_BYTES);
  }

  stop(): void {
    this.#stopping.abort();
    this.#reader.cancel().catch(() => undefined);
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done || this.#stopping.signal.aborted) return;
      if (!this.#events.receive(decodeFrame(value))) this.#countStray(value.length);
    }
  }

  #countStray(lengthBytes: number): void {
    this.#strayBytes -= lengthBytes + STRAY_FRAME_BYTES;
    if (this.#strayBytes < 0) this.#link.close('message-invalid');
  }

  async #send(): Promise<void> {
    const { signal } = this.#stopping;
    this.#sending = true;
    for (let frame = this.#next(); frame; frame = this.#next()) {
      try {
        await this.#lane.send(frame, signal);
      } catch {
        // The link is gone, or this was stopped: whoever attached it learns that from the link. Nothing is sent here again.
        return;
      }
    }
    this.#sending = false;
  }

  #next(): Uint8Array | undefined {
    return this.#stopping.signal.aborted ? undefined : this.#events.next();
  }
}
