import type { Link } from '../link/link.ts';
import { BLOCK_BYTES, WINDOW_BLOCKS } from './blocks.ts';
import { BulkLane, type BulkLaneEvents } from './bulk-lane.ts';
import type { Frame } from './frames.ts';
import { LaneCount } from './lane-count.ts';
import { LaneWindow } from './lane-window.ts';
import { LineDelay } from './line-delay.ts';
import type { Sendable } from './send-block.ts';

/**
 * Frames that belong to no transfer are dropped, but not for ever. Of one that just ended, perhaps with the link before this one, a
 * full window and its smaller frames may still be on their way.
 */
const STRAY_PER_END_BYTES = (WINDOW_BLOCKS + 1) * BLOCK_BYTES;
const STRAY_LIMIT_BYTES = 2 * STRAY_PER_END_BYTES;
/** What a frame costs to handle beyond its bytes, so that a flood of tiny ones counts too. */
const STRAY_FRAME_BYTES = 1024;

export type TransferFrame = Exclude<Frame, { type: 'ack' }>;

export interface BulkLanesEvents {
  /** @returns whether the frame belonged to a transfer. */
  receive(frame: TransferFrame, lane: BulkLane): boolean;
  /** The next thing to send, nothing when there is none until `wake`. */
  next(): Sendable | undefined;
  /** The peer has more of what was sent. */
  acknowledged(): void;
}

/** The bulk lanes of one link. All are read; how many send is measured. */
export class BulkLanes {
  readonly #link: Link;
  readonly #lanes: readonly BulkLane[];
  readonly #count: LaneCount;
  #strayBytes = STRAY_PER_END_BYTES;
  #isResting = false;
  #measured = { atMs: performance.now(), bytes: 0 };

  constructor(link: Link, events: BulkLanesEvents) {
    this.#link = link;
    this.#count = new LaneCount(link.bulkLanes.length);
    const now = () => performance.now();
    const delay = new LineDelay();
    this.#lanes = link.bulkLanes.map((name, index) => {
      const laneEvents: BulkLaneEvents = {
        receive: (frame, sizeBytes, lane) => {
          if (this.#isResting || !events.receive(frame, lane)) this.#countStray(sizeBytes);
        },
        // A lane that is given up ends what it has begun.
        next: () => (index < this.#count.count && !this.#isResting ? events.next() : undefined),
        acknowledged: events.acknowledged,
        broken: () => link.close('message-invalid'),
      };
      return new BulkLane(link.lane(name), new LaneWindow(now, delay, index > 0), laneEvents);
    });
  }

  /** See `Link.isSuspect`. */
  get isSuspect(): boolean {
    return this.#link.isSuspect;
  }

  /** There may be something to send. */
  wake(): void {
    for (const lane of this.#lanes) lane.wake();
  }

  /** A transfer ended before its time: some of its frames are still to come. */
  forgive(): void {
    this.#strayBytes = Math.min(this.#strayBytes + STRAY_PER_END_BYTES, STRAY_LIMIT_BYTES);
  }

  /** Another link is used: nothing is begun here any more. What still comes is read and dropped, so that both sides go on to count alike. */
  rest(): void {
    this.#isResting = true;
    this.forgive();
  }

  /** This link is used, for the first time or again. */
  resume(): void {
    this.#isResting = false;
    this.#measured = this.#measure();
  }

  /** Looks whether more lanes carry more. Call it a few times a second while something moves. */
  measure(): void {
    const { atMs, bytes } = this.#measure();
    const passedMs = atMs - this.#measured.atMs;
    if (passedMs <= 0) return;
    const inUse = this.#lanes.slice(0, this.#count.count);
    const idle = inUse.filter((lane) => lane.takeIdleness());
    const isHeldBack = inUse.every((lane) => lane.isHeldBack);
    this.#count.measure(atMs, ((bytes - this.#measured.bytes) * 1_000) / passedMs, idle.length === 0, isHeldBack);
    this.#measured = { atMs, bytes };
    this.wake();
  }

  stop(): void {
    for (const lane of this.#lanes) lane.stop();
  }

  #measure(): { atMs: number; bytes: number } {
    const bytes = this.#lanes.reduce((sum, lane) => sum + lane.acknowledgedBytes, 0);
    return { atMs: performance.now(), bytes };
  }

  #countStray(lengthBytes: number): void {
    this.#strayBytes -= lengthBytes + STRAY_FRAME_BYTES;
    if (this.#strayBytes < 0) this.#link.close('message-invalid');
  }
}
