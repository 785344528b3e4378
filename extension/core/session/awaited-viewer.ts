import type { Signal } from '../protocol/messages.ts';
import type { Viewer } from './incoming-shares.ts';

/** An offer and its candidates; a sharer that says more than that to a page that isn't there yet starts over with it. */
const MAX_SIGNALS = 64;

/** Stands in for a viewer page that is being opened, and keeps what the sharer says to it: a page needs longer to open than an offer to come. */
export class AwaitedViewer implements Viewer {
  #signals: Signal[] = [];
  #isVoid = false;

  /** In order, for the page that takes its place; null where the page has to ask anew. */
  get signals(): readonly Signal[] | null {
    return this.#isVoid ? null : this.#signals;
  }

  /** It begins, or begins again: what was said before counts no more. */
  ready(): void {
    this.#signals = [];
  }

  signal(signal: Signal): void {
    if (this.#signals.length < MAX_SIGNALS) this.#signals.push(signal);
    else this.dropped();
  }

  dropped(): void {
    this.#isVoid = true;
    this.#signals = [];
  }

  // The page is given the newest list, hears of an end when it asks, and nobody takes over from a page that isn't there.
  iceServers(): void {}
  ended(): void {}
  replaced(): void {}
}
