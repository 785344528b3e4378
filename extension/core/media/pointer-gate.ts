import type { FromViewer } from '../protocol/side-messages.ts';

export type PointerAction = Exclude<FromViewer, { type: 'voice' }>;

/** As often as a screen is drawn. */
const POINT_INTERVAL_MS = 16;
/** Faster than anybody clicks. */
const CLICK_INTERVAL_MS = 60;

/** Lets through what a person does with a pointer: of points too close together the last, and no click too close to the one before. */
export class PointerGate {
  readonly #pass: (action: PointerAction) => void;
  #waiting: PointerAction | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #clickedAtMs = -Infinity;
  #isAway = true;

  constructor(pass: (action: PointerAction) => void) {
    this.#pass = pass;
  }

  take(action: PointerAction): void {
    switch (action.type) {
      case 'point':
        return this.#point(action);
      case 'click':
        return this.#click(action);
      case 'away':
        return this.away();
    }
  }

  /** The pointer has left; also when its viewer has gone. */
  away(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = null;
    if (this.#isAway) return;
    this.#isAway = true;
    this.#pass({ type: 'away' });
  }

  #point(action: PointerAction): void {
    if (this.#timer !== undefined) {
      this.#waiting = action;
      return;
    }
    this.#now(action);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting) this.#point(waiting);
    }, POINT_INTERVAL_MS);
  }

  #click(action: PointerAction): void {
    const nowMs = performance.now();
    if (nowMs - this.#clickedAtMs < CLICK_INTERVAL_MS) return;
    this.#clickedAtMs = nowMs;
    this.#waiting = null;
    this.#now(action);
  }

  #now(action: PointerAction): void {
    this.#isAway = false;
    this.#pass(action);
  }
}
