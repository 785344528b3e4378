import { Backoff } from '../shared/backoff.ts';

/** Insurance only: a peer that comes online knocks by itself. */
const FIRST_KNOCK_MS = 4_000;
const MAX_KNOCK_MS = 60_000;
const RARE_KNOCK_MS = 600_000;
/** What was on its way to the server and is lost can be missed by a race that needs nothing more of it, but seldom is. */
const BESIDE_MS = 2_000;

/** When a peer is knocked at by a clock alone. */
export class KnockPace {
  readonly #backoff = new Backoff(FIRST_KNOCK_MS, MAX_KNOCK_MS);
  readonly #knock: (besideRace: boolean) => void;
  /** Since there was a link, one race has come to nothing and was followed by a knock at once. */
  #hasHurried = false;
  #isRare = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #besideTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(knock: (besideRace: boolean) => void) {
    this.#knock = knock;
  }

  /** In a while, ever more rarely. */
  later(): void {
    this.rest();
    this.#timer = setTimeout(() => this.#knock(false), this.#isRare ? RARE_KNOCK_MS : this.#backoff.next());
  }

  /**
   * From now on insurance of insurance: only an update helps, and whoever is updated starts anew and knocks. However often this is said, it
   * puts nothing off.
   */
  rarely(): void {
    if (this.#isRare) return;
    this.#isRare = true;
    this.later();
  }

  /** A race has come to nothing. The first time that may have been a moment's trouble. */
  soon(): void {
    if (this.#hasHurried) return this.later();
    this.#hasHurried = true;
    this.#knock(false);
  }

  /** Soon, beside a race that may still be won. However often this is said, it puts nothing off. */
  beside(): void {
    this.#besideTimer ??= setTimeout(() => {
      this.#besideTimer = undefined;
      this.#knock(true);
    }, BESIDE_MS);
  }

  /** Somebody waits: from now on as often as at first. */
  hurry(): void {
    this.#isRare = false;
    this.#backoff.reset();
  }

  /** Waits with the next. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** The peer has answered, or is no more looked for. */
  stop(): void {
    this.#isRare = false;
    this.rest();
    clearTimeout(this.#besideTimer);
    this.#besideTimer = undefined;
  }

  /** There is a link. */
  succeeded(): void {
    this.stop();
    this.hurry();
    this.#hasHurried = false;
  }
}
