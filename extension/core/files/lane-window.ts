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

/** A queue of its own hides how long the way takes without one: every so often it is let run empty for a round … */
const PROBE_MS = 10_000;
/** … and sooner when round trips take longer than they should by this: perhaps processors have become busy, and not the line. */
const SUSPICIOUS = 1.3;
const EARLY_PROBE_MS = 2_000;
/** Twice as late each time that this found nothing else than before, more or less. */
const PROBE_NEWS = 1.25;
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
  /** A round trip when nothing of this lane waits in a queue, late timers and busy processors at both ends included. */
  #baseMs = Number.POSITIVE_INFINITY;
  #rtts = { endBytes: 0, sumMs: 0, count: 0 };
  #probedAtMs = 0;
  #earlyProbeMs = EARLY_PROBE_MS;
  /** The queue runs empty; then what is sent from `fromBytes` on measures the round trip. */
  #probe: { fromBytes: number; sumMs: number; count: number } | undefined;

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
    const count = this.#marks.findIndex(({ endBytes }) => endBytes > receivedBytes);
    const marks = this.#marks.splice(0, count < 0 ? this.#marks.length : count);
    const mark = marks.at(-1);
    if (!mark) return true;
    this.#ackedAtMs = nowMs;
    this.#ackedSentAtMs = mark.sentAtMs;
    for (const one of marks) this.#measureRtt(one, nowMs);
    this.#measureRate(mark, nowMs);
    if (receivedBytes >= this.#rtts.endBytes) this.#endRound(nowMs);
    // It grows with what arrives, so that it never opens all at once: at most it doubles in a round.
    const growthBytes = this.#isStarting ? newBytes : newBytes / 2;
    this.#windowBytes = Math.min(this.#wantedBytes(), this.#windowBytes + growthBytes);
    return true;
  }

  #wantedBytes(): number {
    const rate = this.bytesPerSecond / 1_000;
    if (rate === 0) return START_BYTES;
    if (this.#probe) return this.#probeBytes();
    const steady = rate * this.#expectedMs();
    const starting = rate * this.#baseMs * START_GAIN;
    const bytes = this.#isStarting ? Math.max(START_BYTES, starting, steady) : Math.max(MIN_WINDOW_BYTES, steady);
    return Math.min(MAX_WINDOW_BYTES, bytes);
  }

  #probeBytes(): number {
    return Math.max(this.chunkBytes, (this.bytesPerSecond / 1_000) * this.#baseMs * PROBE_SHARE);
  }

  /** The round trip when as much as is wanted is under way. */
  #expectedMs(): number {
    const slackMs = Math.min(MAX_SLACK_MS, Math.max(SLACK_MS, this.bytesPerSecond / BYTES_PER_SECOND_FOR_SLACK_MS));
    return (this.#baseMs + slackMs) * GAIN;
  }

  #measureRtt(mark: Mark, nowMs: number): void {
    const rttMs = nowMs - mark.sentAtMs;
    if (this.#isStarting) this.#baseMs = Math.min(this.#baseMs, rttMs);
    const probe = this.#probe;
    const into = probe && mark.endBytes > probe.fromBytes ? probe : this.#rtts;
    into.sumMs += rttMs;
    into.count++;
  }

  /** A whole window was acknowledged: look at its round trips. */
  #endRound(nowMs: number): void {
    const { sumMs, count } = this.#rtts;
    this.#rtts = { endBytes: this.#sentBytes, sumMs: 0, count: 0 };
    if (this.#probe) return this.#goOnProbing(this.#probe, nowMs);
    if (this.#isStarting || count === 0) return;
    const meanMs = sumMs / count;
    this.#baseMs = Math.min(this.#baseMs, meanMs);
    const isSuspicious = meanMs > this.#expectedMs() * SUSPICIOUS;
    if (nowMs - this.#probedAtMs >= (isSuspicious ? this.#earlyProbeMs : PROBE_MS)) this.#startProbe();
  }

  #startProbe(): void {
    this.#probe = { fromBytes: Number.POSITIVE_INFINITY, sumMs: 0, count: 0 };
  }

  #goOnProbing(probe: { fromBytes: number; sumMs: number; count: number }, nowMs: number): void {
    if (this.unacknowledgedBytes <= this.#probeBytes()) probe.fromBytes = Math.min(probe.fromBytes, this.#sentBytes);
    if (probe.count === 0) return;
    const baseMs = probe.sumMs / probe.count;
    const isNews = Math.max(baseMs, this.#baseMs) > PROBE_NEWS * Math.min(baseMs, this.#baseMs);
    this.#earlyProbeMs = isNews ? EARLY_PROBE_MS : Math.min(PROBE_MS, 2 * this.#earlyProbeMs);
    this.#baseMs = baseMs;
    this.#probedAtMs = nowMs;
    this.#probe = undefined;
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
    } else if (++this.#startRounds >= START_ROUNDS) {
      this.#isStarting = false;
      this.#startProbe();
    }
  }
}
