import type { Link, Path } from '../link/link.ts';
import { Backoff } from '../shared/backoff.ts';

const FIRST_UPGRADE_MS = 15_000;
const MAX_UPGRADE_MS = 300_000;

const RANK: Readonly<Record<Path, number>> = { direct: 3, turn: 2, relay: 1 };

/** Whether `next` is worth the move. */
export const isBetter = (next: Link, now: Link): boolean => RANK[next.path] > RANK[now.path];

/** While a link is not direct: tries again now and then whether it could be. */
export class Upgrade {
  readonly #dial: () => void;
  readonly #backoff = new Backoff(FIRST_UPGRADE_MS, MAX_UPGRADE_MS);
  #link: Link | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(dial: () => void) {
    this.#dial = dial;
  }

  /** This link is in use now; null: none. */
  watch(link: Link | null): void {
    if (this.#link?.path !== link?.path) this.#backoff.reset();
    this.#link = link;
    this.#wait();
  }

  /** The network has changed: what was impossible may work now. */
  now(): void {
    if (!this.#link || this.#link.path === 'direct') return;
    this.#backoff.reset();
    this.#dial();
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (!this.#link || this.#link.path === 'direct') return;
    this.#timer = setTimeout(() => {
      this.#dial();
      this.#wait();
    }, this.#backoff.next());
  }
}
