/** The rate is the best of the last rounds, and of at least this time: one bad moment is no slower line. */
const RATE_ROUNDS = 10;
const RATE_MS = 1_000;

/** What was true when a frame was sent, to measure with when it is acknowledged. */
interface Mark {
  /** Bytes sent, this frame included. */
  readonly endBytes: number;
  readonly sentAtMs: number;
  /** Bytes acknowledged by then, when they were, and when the last of them had been sent. */
  readonly ackedBytes: number;
  readonly ackedAtMs: number;
  readonly ackedSentAtMs: number;
}

/** What an acknowledgement says. */
export interface Delivery {
  /** For each frame that has arrived with it. */
  readonly rttsMs: readonly number[];
  /** The newest of those had been sent when as much as allowed was under way. */
  readonly wasFull: boolean;
}

/** How many bytes a second arrive at the other end, from acknowledgements that come late and for several frames at once. */
export class DeliveryRate {
  readonly #marks: Mark[] = [];
  #sentBytes = 0;
  #ackedBytes = 0;
  #ackedAtMs = 0;
  #ackedSentAtMs = 0;
  #fullUpToBytes = 0;
  #roundEndBytes = 0;
  #rounds = 0;
  /** Best rates of recent rounds, falling. */
  #rates: { readonly round: number; readonly atMs: number; readonly bytesPerSecond: number }[] = [];

  /** The best of the last second and the last rounds, 0 before the first acknowledgement. */
  get bytesPerSecond(): number {
    return this.#rates[0]?.bytesPerSecond ?? 0;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  get ackedBytes(): number {
    return this.#ackedBytes;
  }

  /** Rounds that were full: everything that had been sent when one ended has arrived when the next one does. */
  get rounds(): number {
    return this.#rounds;
  }

  /** As much as allowed is under way: only what is sent now, or was shortly before, says what the line can do. */
  full(): void {
    this.#fullUpToBytes = this.#sentBytes;
  }

  sent(bytes: number, nowMs: number): void {
    if (this.#sentBytes === this.#ackedBytes) {
      this.#ackedAtMs = nowMs;
      this.#ackedSentAtMs = nowMs;
    }
    this.#sentBytes += bytes;
    this.#marks.push({
      endBytes: this.#sentBytes,
      sentAtMs: nowMs,
      ackedBytes: this.#ackedBytes,
      ackedAtMs: this.#ackedAtMs,
      ackedSentAtMs: this.#ackedSentAtMs,
    });
  }

  /** `ackedBytes`: since the beginning, not more than was sent and not less than before. */
  acknowledged(ackedBytes: number, nowMs: number): Delivery {
    this.#ackedBytes = ackedBytes;
    const left = this.#marks.findIndex(({ endBytes }) => endBytes > ackedBytes);
    const marks = this.#marks.splice(0, left < 0 ? this.#marks.length : left);
    const newest = marks.at(-1);
    if (!newest) return { rttsMs: [], wasFull: false };
    this.#ackedAtMs = nowMs;
    this.#ackedSentAtMs = newest.sentAtMs;
    const wasFull = newest.endBytes <= this.#fullUpToBytes;
    this.#measure(newest, wasFull, nowMs);
    return { rttsMs: marks.map(({ sentAtMs }) => nowMs - sentAtMs), wasFull };
  }

  #measure(mark: Mark, wasFull: boolean, nowMs: number): void {
    // The longer of the two times: frames that arrive all at once, after a loss, were not sent all at once.
    const tookMs = Math.max(nowMs - mark.ackedAtMs, mark.sentAtMs - mark.ackedSentAtMs);
    if (tookMs <= 0) return;
    const bytesPerSecond = ((this.#ackedBytes - mark.ackedBytes) * 1_000) / tookMs;
    if (!wasFull && bytesPerSecond <= this.bytesPerSecond) return;
    if (wasFull && this.#ackedBytes >= this.#roundEndBytes) {
      this.#roundEndBytes = this.#sentBytes;
      this.#rounds++;
    }
    this.#rates = this.#rates.filter(
      (one) =>
        one.bytesPerSecond > bytesPerSecond && (this.#rounds - one.round < RATE_ROUNDS || nowMs - one.atMs < RATE_MS),
    );
    this.#rates.push({ round: this.#rounds, atMs: nowMs, bytesPerSecond });
  }
}
