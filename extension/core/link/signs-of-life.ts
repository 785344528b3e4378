/** Heartbeats: frequent enough that a lost peer is noticed in seconds, rare enough to cost nothing. */
export const PING_INTERVAL_MS = 3_500;
/**
 * Three unanswered heartbeats; the fourth finds the link lost, 10.5 to 14 s after it was. Shorter outages heal by themselves (ICE
 * consent, RFC 7675). It must not take 15 s: by then a transfer is called stalled, and nobody lets that go on by itself.
 */
const SILENCE_LIMIT_MS = 13_000;
/** A heartbeat is missing: time to look for another path beside this one. */
const DOUBT_MS = 5_000;
/** What was said with somebody waiting for it is answered sooner, by a mere acknowledgement: otherwise there is reason to ask. */
const ECHO_LIMIT_MS = 600;
const ECHO_LIMIT_ROUND_TRIPS = 2;
const PROBE_LIMIT_MS = 1_000;
const PROBE_LIMIT_ROUND_TRIPS = 3;
/** How far back the way was as short as it is taken to be: what is longer for a moment waits behind a rush, and tells nothing of a path that is dead. */
const RECENT_ROUND_TRIPS = 4;

/** How long, in ms, an answer to a question may take that was asked because there is reason to doubt: a lost packet on the way, or a long way. */
export const probeLimitMs = (rttMs: number | null): number =>
  Math.max(PROBE_LIMIT_MS, PROBE_LIMIT_ROUND_TRIPS * (rttMs ?? 0));

/** When the other end of a link was heard last, and what to think of it. */
export class SignsOfLife {
  #heardAt = performance.now();
  /** The first question that nothing was heard after; a further one puts nothing off. */
  #askedAt: number | null = null;
  /** The first message that nothing was heard after. */
  #saidAt: number | null = null;
  /** The newest round trips in ms, oldest first. */
  #roundTrips: readonly number[] = [];

  heard(): void {
    this.#heardAt = performance.now();
    this.#askedAt = this.#saidAt = null;
  }

  /** It was asked for a sign because there is reason to doubt. */
  asked(): void {
    this.#askedAt ??= performance.now();
  }

  /** It was told something. */
  said(): void {
    this.#saidAt ??= performance.now();
  }

  /** It was heard on another path beside this one: what delays the echo here may be no more than the rush there. */
  heardBeside(): void {
    this.#saidAt = null;
  }

  /** The newest round trip, null before the first. */
  get rttMs(): number | null {
    return this.#roundTrips.at(-1) ?? null;
  }

  /** How long an answer to a question may take, see `probeLimitMs`. */
  get answerLimitMs(): number {
    return probeLimitMs(this.#shortestMs);
  }

  measured(rttMs: number): void {
    this.#roundTrips = [...this.#roundTrips, rttMs].slice(-RECENT_ROUND_TRIPS);
  }

  /** In how many ms it should be asked because what was said has no echo; null: there is no reason to, or nobody knows yet how long one takes. */
  get echoDueMs(): number | null {
    if (this.#saidAt === null || this.#askedAt !== null || this.#shortestMs === null) return null;
    const limitMs = Math.max(ECHO_LIMIT_MS, ECHO_LIMIT_ROUND_TRIPS * this.#shortestMs);
    return Math.max(0, this.#saidAt + limitMs - performance.now());
  }

  get isSuspect(): boolean {
    const now = performance.now();
    const isUnanswered = this.#askedAt !== null && now - this.#askedAt > this.answerLimitMs;
    return isUnanswered || now - this.#heardAt > DOUBT_MS;
  }

  get #shortestMs(): number | null {
    return this.#roundTrips.length > 0 ? Math.min(...this.#roundTrips) : null;
  }

  get isLost(): boolean {
    return performance.now() - this.#heardAt > SILENCE_LIMIT_MS;
  }
}
