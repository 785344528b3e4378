import { signal } from '@preact/signals';

/** As long as a toast stays anywhere in Pairwise. */
const SHOWN_MS = 6_000;

/** What just went well. */
export interface Saying {
  readonly what: 'still-saved';
  readonly name: string;
}

/** One line about what just happened, gone after six seconds. */
export class Said {
  readonly now = signal<Saying | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(saying: Saying): void {
    this.now.value = saying;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hush(), SHOWN_MS);
  }

  hush(): void {
    clearTimeout(this.#timer);
    this.now.value = null;
  }
}
