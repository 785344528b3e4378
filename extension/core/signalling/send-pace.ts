/** What a server takes from one client: so many messages at once, and so many a second in the long run. */
export interface MessageRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** What ours takes where nobody has set anything else, and no less than stock servers do. */
export const USUAL_RATE: MessageRate = { burst: 120, perSecond: 30 };
/** The rest of the burst is for messages that the network brings closer together than they were sent. */
const BURST_SHARE = 0.75;
/** The rest of the rate is for PeerJS's own heartbeats, which pass by here. */
const RATE_SHARE = 0.9;
/** What waits for longer than the handshakes and races that it belongs to is of no use. */
const MAX_WAITING = 500;

/** Sends no faster than the server takes: whoever says more is cut off, and with a dozen peers at once there is more to say. */
export class SendPace {
  readonly #write: (message: unknown) => void;
  readonly #waiting: unknown[] = [];
  #burst = 0;
  #perMs = 0;
  #tokens = 0;
  #atMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(write: (message: unknown) => void) {
    this.#write = write;
  }

  /** There is a new socket. */
  start({ burst, perSecond }: MessageRate): void {
    this.stop();
    this.#burst = Math.max(1, Math.floor(burst * BURST_SHARE));
    this.#perMs = (perSecond * RATE_SHARE) / 1_000;
    this.#tokens = this.#burst;
    this.#atMs = performance.now();
  }

  /** In its turn. False when too much waits already. */
  send(message: unknown): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push(message);
    this.#go();
    return true;
  }

  /** Now, before everything that waits. It counts like the others. */
  sendNow(message: unknown): void {
    this.#refill();
    this.#tokens -= 1;
    this.#write(message);
  }

  /** There is no socket any more, and what waits for it would come too late on the next. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.length = 0;
  }

  #go(): void {
    if (this.#timer !== undefined) return;
    this.#refill();
    while (this.#waiting.length > 0 && this.#tokens >= 1) this.sendNow(this.#waiting.shift());
    if (this.#waiting.length === 0) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#go();
      },
      Math.ceil((1 - this.#tokens) / this.#perMs),
    );
  }

  #refill(): void {
    const now = performance.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#atMs) * this.#perMs);
    this.#atMs = now;
  }
}
