/** Nobody opens viewer pages faster. Each costs a connection, of which a browser has some hundreds at a time for all that it does. */
const PAUSE_MS = 500;

/** Lets viewer pages in: the first at once, and of those that come too close behind it the last. */
export class WatchGate {
  readonly #enter: (viewer: string) => void;
  #waiting: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(enter: (viewer: string) => void) {
    this.#enter = enter;
  }

  watch(viewer: string): void {
    this.#waiting = viewer;
    if (!this.#timer) this.#next();
  }

  /** The page has gone; if it still waits, it doesn't come in. */
  leave(viewer: string): void {
    if (this.#waiting === viewer) this.#waiting = null;
  }

  /** Idempotent. Nobody comes in any more. */
  close(): void {
    this.#waiting = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #next(): void {
    this.#timer = null;
    const viewer = this.#waiting;
    if (viewer === null) return;
    this.#waiting = null;
    this.#timer = setTimeout(() => this.#next(), PAUSE_MS);
    this.#enter(viewer);
  }
}
