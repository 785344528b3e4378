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
export const ECHO_LIMIT_MS = 600;
/** How long an answer to a question may take that was asked because there is reason to doubt: a long way, and a lost packet on it. */
export const PROBE_LIMIT_MS = 1_000;

/** When the other end of a link was heard last, and what to think of it. */
export class SignsOfLife {
  #heardAt = performance.now();
  /** The first question that nothing was heard after; a further one puts nothing off. */
  #askedAt: number | null = null;
  /** The first message that nothing was heard after. */
  #saidAt: number | null = null;

  heard(): void {
    this.#heardAt = performance.now();
    this.#askedAt = this.#saidAt = null;
  }

  /** It was asked for a sign because there is reason to doubt. */
  asked(): void {
    this.#askedAt ??= performance.now();
  }

  /** It was told something that it acknowledges. */
  said(): void {
    this.#saidAt ??= performance.now();
  }

  /** In how many ms it should be asked because what was said has no echo; null: there is no reason to. */
  get echoDueMs(): number | null {
    if (this.#saidAt === null || this.#askedAt !== null) return null;
    return Math.max(0, this.#saidAt + ECHO_LIMIT_MS - performance.now());
  }

  get isSuspect(): boolean {
    const now = performance.now();
    const isUnanswered = this.#askedAt !== null && now - this.#askedAt > PROBE_LIMIT_MS;
    return isUnanswered || now - this.#heardAt > DOUBT_MS;
  }

  get isLost(): boolean {
    return performance.now() - this.#heardAt > SILENCE_LIMIT_MS;
  }
}
