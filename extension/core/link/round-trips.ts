const PROBE_LIMIT_MS = 1_000;
const PROBE_LIMIT_ROUND_TRIPS = 3;
/**
 * How far back the way was as short as it is taken to be. A round trip that is long for a moment waits behind a rush, and tells nothing
 * of a path that is dead.
 */
const RECENT = 4;

/** The newest round trips of a link, and what they say of how long an answer may take. */
export class RoundTrips {
  /** In ms, oldest first. */
  #recent: readonly number[] = [];

  measured(rttMs: number): void {
    this.#recent = [...this.#recent, rttMs].slice(-RECENT);
  }

  /** The newest in ms, null before the first. */
  get newestMs(): number | null {
    return this.#recent.at(-1) ?? null;
  }

  /** The shortest of them in ms, null before the first. */
  get shortestMs(): number | null {
    return this.#recent.length > 0 ? Math.min(...this.#recent) : null;
  }

  /** How long, in ms, the answer to a question may take that was asked because there is reason to doubt: a lost packet, or a long way. */
  get answerLimitMs(): number {
    return Math.max(PROBE_LIMIT_MS, PROBE_LIMIT_ROUND_TRIPS * (this.shortestMs ?? 0));
  }
}
