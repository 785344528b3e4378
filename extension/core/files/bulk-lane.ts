import { type Lane, MAX_FRAME_BYTES } from '../link/link.ts';
import { decodeFrame, encodeAck, type Frame, isAcknowledged } from './frames.ts';
import type { LaneWindow } from './lane-window.ts';
import type { Sendable } from './send-block.ts';

/** An acknowledgement goes out for so many new bytes … */
const ACK_BYTES = 128 * 1024;
/** … or so long after the first of them. */
const ACK_DELAY_MS = 15;

export interface BulkLaneEvents {
  /** `sizeBytes`: of the whole frame. */
  receive(frame: Exclude<Frame, { type: 'ack' }>, sizeBytes: number, lane: BulkLane): void;
  /** The next thing to send, nothing when there is none until `wake`. */
  next(): Sendable | undefined;
  /** The peer has more of what was sent here. */
  acknowledged(): void;
  /** The peer acknowledges what it can't have. */
  broken(): void;
}

/** Part of something that was sent, up to where the lane was then. */
interface Sent {
  readonly endBytes: number;
  readonly what: Sendable;
  readonly position: number;
}

/**
 * One bulk lane of one link: a loop that reads, and one that sends for as long as there is something, the window allows it and there
 * is headroom. Answers go before bytes. What it is in the middle of goes over this lane to its end.
 */
export class BulkLane {
  readonly #lane: Lane;
  readonly #events: BulkLaneEvents;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #window: LaneWindow;
  readonly #stopping = new AbortController();
  readonly #answers: Uint8Array[] = [];
  /** Where chunks are put together: a lane is through with a frame when it asks for the next one. Made with the first. */
  #room: Uint8Array | undefined;
  readonly #unacknowledged: Sent[] = [];
  #current: Sendable | undefined;
  #sentBytes = 0;
  #receivedBytes = 0;
  #toldBytes = 0;
  #isAckDue = false;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;
  #isSending = false;
  #wasIdle = true;

  constructor(lane: Lane, window: LaneWindow, events: BulkLaneEvents) {
    this.#lane = lane;
    this.#window = window;
    this.#events = events;
    this.#reader = lane.frames.getReader();
    void this.#read();
  }

  /** Since the link came. */
  get acknowledgedBytes(): number {
    return this.#sentBytes - this.#window.unacknowledgedBytes;
  }

  /** Whether the connection beneath lets less on the line than the window does. */
  get isHeldBack(): boolean {
    return this.#lane.queuedBytes > 0;
  }

  /** Whether there was nothing to send at some time since it was asked last. */
  takeIdleness(): boolean {
    const wasIdle = this.#wasIdle;
    this.#wasIdle = !this.#current && this.#window.unacknowledgedBytes === 0;
    return wasIdle;
  }

  /** Sends an answer, before any bytes. */
  answer(frame: Uint8Array): void {
    this.#answers.push(frame);
    this.wake();
  }

  /** There may be something to send. */
  wake(): void {
    if (!this.#isSending && !this.#stopping.signal.aborted) void this.#send();
  }

  stop(): void {
    clearTimeout(this.#ackTimer);
    this.#stopping.abort();
    this.#reader.cancel().catch(() => undefined);
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done || this.#stopping.signal.aborted) return;
      if (isAcknowledged(value)) this.#count(value.length);
      const frame = decodeFrame(value);
      if (frame.type === 'ack') this.#acknowledged(frame.received);
      else this.#events.receive(frame, value.length, this);
    }
  }

  #count(lengthBytes: number): void {
    this.#receivedBytes += lengthBytes;
    if (this.#receivedBytes - this.#toldBytes >= ACK_BYTES) this.#ackNow();
    else this.#ackTimer ??= setTimeout(() => this.#ackNow(), ACK_DELAY_MS);
  }

  #ackNow(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    this.#isAckDue = true;
    this.wake();
  }

  #acknowledged(receivedBytes: number): void {
    const before = this.acknowledgedBytes;
    if (!this.#window.acknowledged(receivedBytes)) return this.#events.broken();
    if (receivedBytes === before) return;
    let count = 0;
    for (const { endBytes, what, position } of this.#unacknowledged) {
      if (endBytes > receivedBytes) break;
      what.arrived(position);
      count++;
    }
    this.#unacknowledged.splice(0, count);
    this.#events.acknowledged();
    this.wake();
  }

  async #send(): Promise<void> {
    const { signal } = this.#stopping;
    this.#isSending = true;
    for (let frame = this.#next(); frame; frame = this.#next()) {
      try {
        await this.#lane.send(frame, signal);
      } catch {
        // The link is gone, or this was stopped: whoever attached it learns that from the link. Nothing is sent here again.
        return;
      }
    }
    this.#isSending = false;
  }

  #next(): Uint8Array | undefined {
    if (this.#stopping.signal.aborted) return undefined;
    if (this.#isAckDue) {
      this.#isAckDue = false;
      this.#toldBytes = this.#receivedBytes;
      return encodeAck(this.#receivedBytes);
    }
    return this.#answers.shift() ?? this.#nextPart();
  }

  #nextPart(): Uint8Array | undefined {
    const { chunkBytes } = this.#window;
    let lengthBytes = this.#current?.nextBytes(chunkBytes) ?? 0;
    while (lengthBytes === 0) {
      this.#current = this.#events.next();
      if (!this.#current) {
        this.#wasIdle = true;
        return undefined;
      }
      lengthBytes = this.#current.nextBytes(chunkBytes);
    }
    if (!this.#current || !this.#window.canSend(lengthBytes)) return undefined;
    this.#room ??= new Uint8Array(MAX_FRAME_BYTES);
    const frame = this.#current.next(chunkBytes, this.#room);
    this.#window.sent(lengthBytes);
    this.#sentBytes += lengthBytes;
    this.#unacknowledged.push({ endBytes: this.#sentBytes, what: this.#current, position: this.#current.position });
    return frame;
  }
}
