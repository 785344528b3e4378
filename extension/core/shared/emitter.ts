import { report } from './report.ts';

/** Listeners of one kind of event. A listener that throws is a bug of its own: it is reported and the others still hear. */
export class Emitter<Args extends unknown[]> {
  readonly #listeners = new Set<(...args: Args) => void>();

  /** Returns the unsubscribe. */
  readonly on = (listener: (...args: Args) => void): (() => void) => {
    const entry = (...args: Args) => listener(...args);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  };

  emit(...args: Args): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(...args);
      } catch (error) {
        report(error);
      }
    }
  }
}
