import { isOlder } from '../shared/time.ts';
import { RoundTrips } from './round-trips.ts';
import { PING_INTERVAL_MS } from './signs-of-life.ts';

/** A question that was asked only because nothing else came is in doubt after this: a long way, and a lost packet on it. */
const DOUBT_MS = 2_500;
/** … and after this the link is lost: of one that was in use this is 13 s after its last frame, before a transfer is called stalled. */
const LOST_MS = 9_500;

export interface RareHeartbeatOptions {
  /** How long a link on which nothing moves is left in peace, in ms. The two sides should differ: then only one of them asks. */
  idleMs: number;
  /** Asks the other side, which answers with the number. */
  ask(n: number): void;
  /** Whether what has arrived waits unread on this side: then silence says nothing about the other. */
  isDeaf(): boolean;
  /** The round trip was measured, or the link is in doubt. */
  onChange(): void;
  onLost(): void;
}

/**
 * The heartbeat of a link that every beat costs a server something. It asks only while nothing else arrives: soon after something has
 * moved, then rarely; and again and again once an answer is missing.
 */
export class RareHeartbeat {
  readonly #options: RareHeartbeatOptions;
  #heardAt = performance.now();
  /** The first question of those that nothing was heard after. */
  #silentSince: number | null = null;
  /** The first of them that was asked because there is reason to doubt. */
  #doubtedAt: number | null = null;
  #ping = { n: 0, sentAt: 0 };
  readonly #roundTrips = new RoundTrips();
  /** Something has moved since the last question. */
  #isInUse = true;
  #wasSuspect = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(options: RareHeartbeatOptions) {
    this.#options = options;
    this.#wait();
  }

  /** Round trip of the newest answer in ms, null before the first. */
  get rttMs(): number | null {
    return this.#roundTrips.newestMs;
  }

  get isSuspect(): boolean {
    return isOlder(this.#silentSince, DOUBT_MS) || isOlder(this.#doubtedAt, this.#roundTrips.answerLimitMs);
  }

  /** The other side has said something, and nobody else can have. */
  heard(): void {
    this.#heardAt = performance.now();
    if (this.#silentSince === null) return;
    this.#silentSince = this.#doubtedAt = null;
    this.#look();
  }

  /** Something other than a heartbeat goes out or has come. */
  moved(): void {
    if (this.#isInUse) return;
    this.#isInUse = true;
    this.#wait();
  }

  answered(n: number): void {
    if (n !== this.#ping.n) return;
    this.#roundTrips.measured(Math.round(performance.now() - this.#ping.sentAt));
    this.#options.onChange();
  }

  probe(): void {
    if (this.#stopped) return;
    this.#doubtedAt ??= performance.now();
    this.#ask();
    this.#wait();
  }

  /** Idempotent. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #ask(): void {
    const now = performance.now();
    this.#silentSince ??= now;
    this.#isInUse = false;
    this.#ping = { n: (this.#ping.n + 1) % 2 ** 32, sentAt: now };
    this.#options.ask(this.#ping.n);
  }

  /** When there is something to do next. What arrives meanwhile is not worth a timer of its own: it is found out then. */
  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const now = performance.now();
    const times =
      this.#silentSince === null
        ? [this.#heardAt + (this.#isInUse ? PING_INTERVAL_MS : this.#options.idleMs)]
        : [this.#ping.sentAt + PING_INTERVAL_MS, this.#silentSince + DOUBT_MS + 1, this.#silentSince + LOST_MS + 1];
    if (this.#doubtedAt !== null) times.push(this.#doubtedAt + this.#roundTrips.answerLimitMs + 1);
    const nextMs = Math.min(...times.filter((atMs) => atMs > now));
    this.#timer = setTimeout(() => this.#act(), nextMs === Number.POSITIVE_INFINITY ? 0 : nextMs - now);
  }

  #act(): void {
    if (this.#options.isDeaf()) {
      // What waits unread may be the answer. The other side can't be heard, but should hear.
      this.heard();
      this.#ask();
      return this.#wait();
    }
    this.#look();
    if (isOlder(this.#silentSince, LOST_MS)) return this.#options.onLost();
    const sinceMs = this.#silentSince === null ? this.#heardAt : this.#ping.sentAt;
    const pauseMs = this.#silentSince === null && !this.#isInUse ? this.#options.idleMs : PING_INTERVAL_MS;
    if (performance.now() - sinceMs >= pauseMs) this.#ask();
    this.#wait();
  }

  #look(): void {
    if (this.#wasSuspect === this.isSuspect) return;
    this.#wasSuspect = this.isSuspect;
    this.#options.onChange();
  }
}
