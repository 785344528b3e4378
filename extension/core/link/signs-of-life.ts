import { isOlder } from '../shared/time.ts';
import { RoundTrips } from './round-trips.ts';

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

/** When the other end of a link was heard last, and what to think of it. */
export class SignsOfLife {
  #heardAt = performance.now();
  /** The first question that nothing was heard after; a further one puts nothing off. */
  #askedAt: number | null = null;
  /** The first message that nothing was heard after. */
  #saidAt: number | null = null;
  /** Whoever asks and hears the answer tells it. */
  readonly roundTrips = new RoundTrips();

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

  /**
   * It was heard on another path beside this one: what delays the echo here may be no more than the rush there. Or the rush was on its way
   * when the path died, so the echo is not taken for heard, but awaited anew.
   */
  heardBeside(): void {
    if (this.#saidAt !== null) this.#saidAt = performance.now();
  }

  /** In how many ms it should be asked because what was said has no echo; null: there is no reason to, or nobody knows yet how long one takes. */
  get echoDueMs(): number | null {
    if (this.#saidAt === null || this.#askedAt !== null) return null;
    const { shortestMs } = this.roundTrips;
    if (shortestMs === null) return null;
    const limitMs = Math.max(ECHO_LIMIT_MS, ECHO_LIMIT_ROUND_TRIPS * shortestMs);
    return Math.max(0, this.#saidAt + limitMs - performance.now());
  }

  /** In how many ms what it was asked is late to be answered; null: it wasn't asked, or has answered. */
  get answerDueMs(): number | null {
    if (this.#askedAt === null) return null;
    return Math.max(0, this.#askedAt + this.roundTrips.answerLimitMs - performance.now());
  }

  get isSuspect(): boolean {
    return isOlder(this.#askedAt, this.roundTrips.answerLimitMs) || isOlder(this.#heardAt, DOUBT_MS);
  }

  get isLost(): boolean {
    return isOlder(this.#heardAt, SILENCE_LIMIT_MS);
  }
}
