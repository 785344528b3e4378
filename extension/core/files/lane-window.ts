const KIB = 1024;
/** Enough for the first round of any line, and little enough for the queue of a slow one. */
const START_BYTES = 128 * KIB;
/** Below this the frames' own sizes and late timers would rule. */
const MIN_WINDOW_BYTES = 64 * KIB;
/** As much as the receiver lets be under way in blocks. */
const MAX_WINDOW_BYTES = 16 * 1024 * KIB;

const MIN_CHUNK_BYTES = 16 * KIB;
const MAX_CHUNK_BYTES = 64 * KIB;
/** A chunk should not hold the line for longer than this. */
const CHUNK_MS = 10;

/** What may wait on the way beyond what the line itself holds, so that it never runs dry: acknowledgements come up to 15 ms late, timers too. */
const SLACK_MS = 20;
/** On fast lines bytes are cheap and it is busy processors that come late: up to this much. */
const MAX_SLACK_MS = 100;
/** Slack grows with the rate, one ms for so many bytes a second. */
const BYTES_PER_SECOND_FOR_SLACK_MS = 100_000;
/** The rate is measured with some error, and too small a window could never find that out. */
const GAIN = 1.15;

/** While it starts the window is so much more than what the line held in the last round. */
const START_GAIN = 1.75;
/** The line is full when the rate has not grown by this in so many rounds. */
const START_GROWTH = 1.25;
const START_ROUNDS = 3;

/** The rate is the best of the last rounds, and of at least this time: one bad moment is no slower line. */
const RATE_ROUNDS = 10;
const RATE_SPAN_MS = 1_000;

/** Its own queue hides what the way takes without one. When it was not seen for this long the queue is let run empty for a round. */
const MIN_RTT_SPAN_MS = 10_000;
/** Then this much of what the line holds is under way. */
const PROBE_SHARE = 0.75;

/** What was true when a frame was sent, to measure with when it is acknowledged. */
interface Mark {
  /** Bytes sent, this frame included. */
  readonly endBytes: number;
  readonly sentAtMs: number;
  /** Bytes acknowledged by then, since when, and when the last of those had been sent. */
  readonly deliveredBytes: number;
  readonly deliveredAtMs: number;
  readonly deliveredSentAtMs: number;
}

/**
 * How many bytes may be under way on one lane. The window follows the rate at which the receiver says that bytes arrive, and the
 * shortest time that this took: enough to keep the line full, too little to overflow the queue in front of it. What the transport
 * below allows by itself, after a loss for example, is less than this window; it never has to be guessed.
 */
export class LaneWindow {
  readonly #now: () => number;
  readonly #marks: Mark[] = [];
  #sentBytes = 0;
  #ackedBytes = 0;
  #windowBytes = START_BYTES;
  /** When the newest acknowledgement came, and when the newest acknowledged frame had been sent. */
  #ackedAtMs = 0;
  #ackedSentAtMs = 0;
  /** All that was sent up to here was sent while as much as allowed was under way: only that says what the line can do. */
  #fullUpToBytes = 0;
  /** When this is acknowledged a round is over. */
  #roundEndBytes = 0;
  #round = 0;
  #isStarting = true;
  #startRate = 0;
  #startRounds = 0;
  /** Best rates of recent rounds, falling. */
  #rates: { readonly round: number; readonly atMs: number; readonly bytesPerSecond: number }[] = [];
  #minRttMs = Number.POSITIVE_INFINITY;
  #minRttAtMs = 0;
  /** The queue runs empty, then a round is measured that ends here. */
  #probe: { endBytes: number | undefined; rttMs: number } | undefined;

  /** `now`: ms that only grow. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How long the next chunk should be, 16 to 64 KiB: the slower the line the shorter. */
  get chunkBytes(): number {
    let bytes = MIN_CHUNK_BYTES;
    while (bytes < MAX_CHUNK_BYTES && (2 * bytes * 1_000) / CHUNK_MS <= this.bytesPerSecond) bytes *= 2;
    return bytes;
  }

  /** What the line has carried at best lately, 0 before the first acknowledgement. */
  get bytesPerSecond(): number {
    return this.#rates[0]?.bytesPerSecond ?? 0;
  }

  get unacknowledgedBytes(): number {
    return this.#sentBytes - this.#ackedBytes;
  }

  /** Whether a frame of so many bytes may go now. When nothing is under way one always may. Ask only when there is such a frame. */
  canSend(bytes: number): boolean {
    if (this.unacknowledgedBytes === 0 || this.unacknowledgedBytes + bytes <= this.#windowBytes) return true;
    if (!this.#probe) this.#fullUpToBytes = this.#sentBytes;
    return false;
  }

  /** A frame of so many bytes goes out. */
  sent(bytes: number): void {
    const nowMs = this.#now();
    if (this.unacknowledgedBytes === 0) {
      this.#ackedAtMs = nowMs;
      this.#ackedSentAtMs = nowMs;
    }
    this.#sentBytes += bytes;
    this.#marks.push({
      endBytes: this.#sentBytes,
      sentAtMs: nowMs,
      deliveredBytes: this.#ackedBytes,
      deliveredAtMs: this.#ackedAtMs,
      deliveredSentAtMs: this.#ackedSentAtMs,
    });
  }

  /** The receiver has so many bytes since the link came. Returns false when that can't be: more than were sent, or fewer than before. */
  acknowledged(receivedBytes: number): boolean {
    if (!(receivedBytes >= this.#ackedBytes && receivedBytes <= this.#sentBytes)) return false;
    const nowMs = this.#now();
    const newBytes = receivedBytes - this.#ackedBytes;
    this.#ackedBytes = receivedBytes;
    let mark: Mark | undefined;
    let count = 0;
    for (; (this.#marks[count]?.endBytes ?? Number.POSITIVE_INFINITY) <= receivedBytes; count++)
      mark = this.#marks[count];
    if (!mark) return true;
    this.#marks.splice(0, count);
    this.#ackedAtMs = nowMs;
    this.#ackedSentAtMs = mark.sentAtMs;
    this.#measureRtt(nowMs - mark.sentAtMs, nowMs);
    this.#measureRate(mark, nowMs);
    // It grows with what arrives, so that it never opens all at once: at most it doubles in a round.
    const growthBytes = this.#isStarting ? newBytes : newBytes / 4;
    this.#windowBytes = Math.min(this.#wantedBytes(), this.#windowBytes + growthBytes);
    return true;
  }

  #wantedBytes(): number {
    const rate = this.bytesPerSecond / 1_000;
    if (rate === 0) return START_BYTES;
    if (this.#probe) return Math.max(this.chunkBytes, rate * this.#minRttMs * PROBE_SHARE);
    const slackMs = Math.min(MAX_SLACK_MS, Math.max(SLACK_MS, (rate * 1_000) / BYTES_PER_SECOND_FOR_SLACK_MS));
    const steady = rate * (this.#minRttMs + slackMs) * GAIN;
    const starting = rate * this.#minRttMs * START_GAIN;
    const bytes = this.#isStarting ? Math.max(START_BYTES, starting, steady) : Math.max(MIN_WINDOW_BYTES, steady);
    return Math.min(MAX_WINDOW_BYTES, bytes);
  }

  #measureRtt(rttMs: number, nowMs: number): void {
    if (rttMs <= this.#minRttMs) {
      this.#minRttMs = rttMs;
      this.#minRttAtMs = nowMs;
      this.#probe = undefined;
    } else if (this.#probe) this.#goOnProbing(this.#probe, rttMs, nowMs);
    else if (nowMs - this.#minRttAtMs >= MIN_RTT_SPAN_MS) this.#probe = { endBytes: undefined, rttMs };
  }

  #goOnProbing(probe: { endBytes: number | undefined; rttMs: number }, rttMs: number, nowMs: number): void {
    probe.rttMs = Math.min(probe.rttMs, rttMs);
    if (probe.endBytes === undefined) {
      // What is sent from here on meets no queue of its own.
      if (this.unacknowledgedBytes <= this.#wantedBytes()) probe.endBytes = this.#sentBytes;
    } else if (this.#ackedBytes > probe.endBytes) {
      this.#minRttMs = probe.rttMs;
      this.#minRttAtMs = nowMs;
      this.#probe = undefined;
    }
  }

  #measureRate(mark: Mark, nowMs: number): void {
    // The longer of the two times: frames that arrive all at once, after a loss, were not sent all at once.
    const tookMs = Math.max(nowMs - mark.deliveredAtMs, mark.sentAtMs - mark.deliveredSentAtMs);
    if (tookMs <= 0) return;
    const bytesPerSecond = ((this.#ackedBytes - mark.deliveredBytes) * 1_000) / tookMs;
    const isFull = mark.endBytes <= this.#fullUpToBytes;
    if (!isFull && bytesPerSecond <= this.bytesPerSecond) return;
    this.#keepRate(bytesPerSecond, nowMs);
    if (this.#ackedBytes < this.#roundEndBytes) return;
    this.#roundEndBytes = this.#sentBytes;
    this.#round++;
    if (this.#isStarting && isFull) this.#lookWhetherStarted();
  }

  #keepRate(bytesPerSecond: number, nowMs: number): void {
    this.#rates = this.#rates.filter(
      (one) =>
        one.bytesPerSecond > bytesPerSecond &&
        (this.#round - one.round < RATE_ROUNDS || nowMs - one.atMs < RATE_SPAN_MS),
    );
    this.#rates.push({ round: this.#round, atMs: nowMs, bytesPerSecond });
  }

  #lookWhetherStarted(): void {
    if (this.bytesPerSecond >= this.#startRate * START_GROWTH) {
      this.#startRate = this.bytesPerSecond;
      this.#startRounds = 0;
    } else if (++this.#startRounds >= START_ROUNDS) this.#isStarting = false;
  }
}
