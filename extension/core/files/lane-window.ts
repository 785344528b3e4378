import { DeliveryRate } from './delivery-rate.ts';
import { LineDelay } from './line-delay.ts';

const KIB = 1024;
/** Enough for the first round of any line, and little enough for the queue of a slow one. */
const START_BYTES = 128 * KIB;
/** Below this the frames' own sizes and late timers would rule. A further lane begins with it, lest it make a full queue overflow. */
const MIN_WINDOW_BYTES = 64 * KIB;
/** A further lane that had nothing to do for so long begins again: the others have filled its place. */
const IDLE_MS = 1_000;
/** With half a chunk more, as much as the receiver lets be under way in blocks. */
const MAX_WINDOW_BYTES = (16 * 1024 - 32) * KIB;

const MIN_CHUNK_BYTES = 16 * KIB;
const MAX_CHUNK_BYTES = 64 * KIB;
/** A chunk should not hold the line for longer than this. */
const CHUNK_MS = 10;

/** While it starts, the window is so much more than what the line held in the last round. */
const START_GAIN = 1.75;
/** The line is full when the rate has not grown by this in so many rounds. */
const START_GROWTH = 1.25;
const START_ROUNDS = 3;

/**
 * So much should wait in front of the line, so that it never runs dry: acknowledgements come up to 15 ms late, timers too. A router's
 * queue holds more.
 */
const WAITING_MS = 35;
/** On fast lines it is busy processors that come late, and bytes are cheap: a ms for so many bytes a second, up to the most. */
const BYTES_PER_SECOND_FOR_WAITING_MS = 100_000;
const MAX_WAITING_MS = 100;
/** By how much the window grows when nothing waits, and shrinks at most, each time that it is looked at. */
const GROWTH = 1.5;
const SHRINKAGE = 0.75;
/**
 * It never grows far beyond what the line carries in a round trip and so much more: after a processor stood still everything goes out at
 * once, and the first of it finds nothing waiting.
 */
const MAX_EXTRA_MS = 60;
/** Of the window, under way while the queue is let run empty. */
const PROBE_SHARE = 0.5;

/**
 * How many bytes may be under way on one lane: enough to keep the line full, too little to make the queue in front of it overflow,
 * which would cost seconds. It starts by the rate at which bytes arrive. From then on it grows until a little waits in front of the line
 * all the time; what waits is what the shortest round trip of many takes longer than the shortest there ever was, because a busy
 * processor doesn't delay all of them. What the transport below allows by itself, after a loss for example, shows as waiting too.
 */
export class LaneWindow {
  readonly #now: () => number;
  readonly #delay: LineDelay;
  readonly #rate = new DeliveryRate();
  readonly #isFurther: boolean;
  #windowBytes: number;
  /** Where the window goes, as fast as bytes arrive. */
  #wantedBytes: number;
  #start: { rate: number; round: number } | undefined;
  /** What was sent from `fromBytes` on, when the window had come to where it should be, says how it does. */
  #look = { fromBytes: Number.POSITIVE_INFINITY, bestMs: Number.POSITIVE_INFINITY };
  /** What the last look found. */
  #lastMs = 0;
  #ackedAtMs = 0;

  /** `now`: ms that only grow. `delay`: of the line, shared by its lanes. `isFurther`: other lanes are sending already. */
  constructor(now: () => number, delay = new LineDelay(), isFurther = false) {
    this.#now = now;
    this.#delay = delay;
    this.#isFurther = isFurther;
    this.#windowBytes = isFurther ? MIN_WINDOW_BYTES : START_BYTES;
    this.#wantedBytes = this.#windowBytes;
    this.#start = isFurther ? undefined : { rate: 0, round: 0 };
  }

  /** How long the next chunk should be, 16 to 64 KiB: the slower the line the shorter. */
  get chunkBytes(): number {
    let bytes = MIN_CHUNK_BYTES;
    while (bytes < MAX_CHUNK_BYTES && (2 * bytes * 1_000) / CHUNK_MS <= this.bytesPerSecond) bytes *= 2;
    return bytes;
  }

  /** What the lane has carried at best lately, 0 before the first acknowledgement. */
  get bytesPerSecond(): number {
    return this.#rate.bytesPerSecond;
  }

  get unacknowledgedBytes(): number {
    return this.#rate.sentBytes - this.#rate.ackedBytes;
  }

  /**
   * Whether a frame of so many bytes may go now; half of one may be too much. When nothing is under way one always may. Ask only when
   * there is such a frame.
   */
  canSend(bytes: number): boolean {
    const allowedBytes = this.#delay.isProbing ? this.#windowBytes * PROBE_SHARE : this.#windowBytes;
    if (this.unacknowledgedBytes === 0 || this.unacknowledgedBytes + bytes / 2 <= allowedBytes) return true;
    if (!this.#delay.isProbing) this.#rate.full();
    return false;
  }

  /** A frame of so many bytes goes out. */
  sent(bytes: number): void {
    const nowMs = this.#now();
    const wasIdle = this.unacknowledgedBytes === 0 && nowMs - this.#ackedAtMs > IDLE_MS;
    if (wasIdle && this.#isFurther) {
      this.#windowBytes = MIN_WINDOW_BYTES;
      this.#want(MIN_WINDOW_BYTES);
    }
    this.#rate.sent(bytes, nowMs);
  }

  /** The receiver has so many bytes since the link came. Returns false when that can't be: more than were sent, or fewer than before. */
  acknowledged(receivedBytes: number): boolean {
    const before = this.#rate.ackedBytes;
    if (!(receivedBytes >= before && receivedBytes <= this.#rate.sentBytes)) return false;
    const nowMs = this.#now();
    this.#ackedAtMs = nowMs;
    const { rttsMs, wasFull } = this.#rate.acknowledged(receivedBytes, nowMs);
    for (const rttMs of rttsMs) this.#delay.measure(rttMs, nowMs);
    if (wasFull && this.#start) this.#goOnStarting(this.#start);
    else if (wasFull) this.#lookAt(Math.min(...rttsMs), nowMs);
    // It never opens all at once: at most it doubles in a round.
    this.#windowBytes = Math.min(this.#wantedBytes, this.#windowBytes + receivedBytes - before);
    return true;
  }

  #goOnStarting(start: { rate: number; round: number }): void {
    const rate = this.bytesPerSecond / 1_000;
    this.#want(Math.max(START_BYTES, rate * this.#delay.baseMs * START_GAIN));
    if (this.bytesPerSecond >= start.rate * START_GROWTH) {
      this.#start = { rate: this.bytesPerSecond, round: this.#rate.rounds };
    } else if (this.#rate.rounds - start.round >= START_ROUNDS) {
      this.#start = undefined;
      this.#want(Math.max(MIN_WINDOW_BYTES, rate * (this.#delay.baseMs + WAITING_MS)));
    }
  }

  #lookAt(rttMs: number, nowMs: number): void {
    const { fromBytes } = this.#look;
    if (this.#delay.isProbing) {
      this.#look = { fromBytes: Number.POSITIVE_INFINITY, bestMs: Number.POSITIVE_INFINITY };
    } else if (fromBytes === Number.POSITIVE_INFINITY) {
      const isThere = this.#windowBytes >= this.#wantedBytes && this.unacknowledgedBytes <= this.#wantedBytes;
      if (isThere) this.#look.fromBytes = this.#rate.sentBytes;
    } else if (this.#rate.ackedBytes > fromBytes) {
      this.#look.bestMs = Math.min(this.#look.bestMs, rttMs);
      if (this.#rate.ackedBytes >= fromBytes + this.#windowBytes / 2) this.#adapt(this.#look.bestMs, nowMs);
    }
  }

  #adapt(bestMs: number, nowMs: number): void {
    this.#look = { fromBytes: Number.POSITIVE_INFINITY, bestMs: Number.POSITIVE_INFINITY };
    const { baseMs } = this.#delay;
    // One short round trip proves that little waits, while long ones may be an accident: only the second time they count.
    const rttMs = Math.min(bestMs, this.#lastMs);
    this.#lastMs = bestMs;
    const waitingMs = bestMs - baseMs;
    const rateMs = this.bytesPerSecond / BYTES_PER_SECOND_FOR_WAITING_MS;
    const wantedMs = Math.min(MAX_WAITING_MS, Math.max(WAITING_MS, rateMs));
    if (waitingMs <= wantedMs) {
      const grown = this.#windowBytes * (1 + (GROWTH - 1) * (1 - waitingMs / wantedMs));
      const extraMs = Math.max(MAX_EXTRA_MS, wantedMs);
      const mostBytes = Math.max(
        this.#isFurther ? MIN_WINDOW_BYTES : START_BYTES,
        (this.bytesPerSecond / 1_000) * (baseMs + extraMs),
      );
      this.#want(Math.max(this.#windowBytes, Math.min(grown, mostBytes)));
    } else {
      const change = Math.min(1, Math.max(SHRINKAGE, (baseMs + wantedMs) / rttMs));
      this.#want(Math.max(MIN_WINDOW_BYTES, this.#windowBytes * change));
    }
    this.#delay.look(waitingMs, 2 * wantedMs, nowMs);
  }

  #want(bytes: number): void {
    this.#wantedBytes = Math.min(MAX_WINDOW_BYTES, bytes);
  }
}
