import type { Health } from '../media/health.ts';

export interface MediaPathOptions {
  /** Whether the session runs over the relay, which carries no pictures. */
  isRelayed(): boolean;
  /** No way for the picture has come about. */
  onMissing(): void;
}

/** With TURN over TLS on a slow line a path takes 4 s. */
const LIMIT_MS = 8_000;

/** Notices that a picture can't get through: both sides try, on every way that they have, while the session itself only has the relay. */
export class MediaPath {
  readonly #options: MediaPathOptions;
  #health: Health | null = null;
  #isAnswered = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: MediaPathOptions) {
    this.#options = options;
  }

  /** How the connection for the picture does; null: nobody watches. */
  setHealth(health: Health | null): void {
    this.#health = health;
    // A peer that says nothing may be away altogether; that is another matter.
    this.#isAnswered = false;
    this.look();
  }

  /** The other side has what it takes to find a path. */
  answered(): void {
    this.#isAnswered = true;
    this.look();
  }

  /** Also to be called when the session has another link. */
  look(): void {
    const isMissing = this.#isAnswered && this.#health !== null && this.#health !== 'connected';
    if (!isMissing || !this.#options.isRelayed()) return this.close();
    this.#timer ??= setTimeout(() => {
      this.close();
      // The session may have another way by now, or none.
      if (this.#options.isRelayed()) this.#options.onMissing();
    }, LIMIT_MS);
  }

  /** Idempotent. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
