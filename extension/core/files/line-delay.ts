/** What waits in front of a line hides how long the way is. Every so often it is let run empty for a moment … */
const PROBE_MS = 10_000;
/**
 * … and sooner when much seems to wait: perhaps it is not a queue, but processors that have become busy, or a longer way. Or when the last
 * time found something new, perhaps by accident.
 */
const EARLY_PROBE_MS = 4_000;
/** Twice as late each time that this found what was known, more or less. */
const NEWS = 1.25;
/** An empty queue is looked at for at least this long. */
const LOOK_MS = 60;

/**
 * How long the way over a line takes when nothing waits in front of it, there and back, with everything that is late at both ends: the
 * shortest round trip of any lane. One for all lanes of a link, so that none takes another's queue for the way.
 */
export class LineDelay {
  #baseMs = Number.POSITIVE_INFINITY;
  #measuredAtMs = 0;
  #earlyProbeMs = EARLY_PROBE_MS;
  #hadNews = false;
  /** Lanes hold back; round trips that begin after `emptyAtMs` count. */
  #probe: { readonly emptyAtMs: number; readonly endAtMs: number; bestMs: number } | undefined;

  /** In ms; infinite before the first round trip. */
  get baseMs(): number {
    return this.#baseMs;
  }

  /** Whether lanes should let the queue run empty. */
  get isProbing(): boolean {
    return this.#probe !== undefined;
  }

  /** A round trip is over. */
  measure(rttMs: number, nowMs: number): void {
    if (this.#baseMs === Number.POSITIVE_INFINITY) this.#measuredAtMs = nowMs;
    this.#baseMs = Math.min(this.#baseMs, rttMs);
    const probe = this.#probe;
    if (!probe || nowMs - rttMs < probe.emptyAtMs) return;
    probe.bestMs = Math.min(probe.bestMs, rttMs);
    if (nowMs >= probe.endAtMs) this.#endProbe(probe.bestMs, nowMs);
  }

  /** `waitingMs`: what the last round trips took beyond the base. `muchMs`: more than there should be. */
  look(waitingMs: number, muchMs: number, nowMs: number): void {
    const dueMs = this.#hadNews || waitingMs > muchMs ? this.#earlyProbeMs : PROBE_MS;
    if (this.#probe || nowMs - this.#measuredAtMs < dueMs) return;
    const emptyAtMs = nowMs + this.#baseMs + Math.min(waitingMs, muchMs);
    this.#probe = { emptyAtMs, endAtMs: emptyAtMs + Math.max(LOOK_MS, this.#baseMs), bestMs: Number.POSITIVE_INFINITY };
  }

  #endProbe(baseMs: number, nowMs: number): void {
    const isNews = Math.max(baseMs, this.#baseMs) > NEWS * Math.min(baseMs, this.#baseMs);
    this.#hadNews = isNews;
    this.#earlyProbeMs = isNews ? EARLY_PROBE_MS : Math.min(PROBE_MS, 2 * this.#earlyProbeMs);
    this.#baseMs = baseMs;
    this.#measuredAtMs = nowMs;
    this.#probe = undefined;
  }
}
