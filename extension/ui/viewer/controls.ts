import { signal } from '@preact/signals';

/** How long controls stay without movement. */
const FADE_AFTER_MS = 3_000;

/** Whether the controls over the picture are shown: while the pointer moves, a key is used, or something holds them. */
export class Controls {
  readonly shown = signal(true);
  readonly #isHeld: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `isHeld` says whether they must stay: the pointer rests on them, or the keyboard is in them. */
  constructor(isHeld: () => boolean) {
    this.#isHeld = isHeld;
  }

  /** Shows them, for three seconds from now. */
  wake(): void {
    this.shown.value = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#isHeld() ? this.wake() : this.#fade()), FADE_AFTER_MS);
  }

  /** Wakes them on whatever a person does. Returns the function that stops it. */
  follow(target: EventTarget): () => void {
    const abort = new AbortController();
    for (const event of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
      target.addEventListener(event, () => this.wake(), { signal: abort.signal });
    }
    this.wake();
    return () => {
      abort.abort();
      clearTimeout(this.#timer);
    };
  }

  #fade(): void {
    this.shown.value = false;
  }
}
