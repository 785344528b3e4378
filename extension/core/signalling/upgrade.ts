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
  /** Of the link, when it was looked at last. */
  #path: Path | undefined;
  #unsubscribe: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(dial: () => void) {
    this.#dial = dial;
  }

  /** This link is in use now; null: none. */
  watch(link: Link | null): void {
    const path = link?.path;
    if (this.#path !== path) this.#backoff.reset();
    this.#unsubscribe();
    this.#link = link;
    this.#path = path;
    // A direct link may become one over TURN by itself, and the other way round.
    this.#unsubscribe =
      link?.onChange(() => {
        if (link.path !== this.#path) this.watch(link);
      }) ?? (() => {});
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
