import type { ShareTrouble } from '../protocol/messages.ts';

/** What is wrong with what I show, from those who can tell. Of several the gravest counts: what concerns the whole picture. */
export class ShareTroubles {
  readonly #onChange: (trouble: ShareTrouble | null) => void;
  #picture: ShareTrouble | null = null;
  #hasFilm = false;
  #hasCrashed = false;
  #told: ShareTrouble | null = null;

  /** `onChange` hears each change once, beginning from none. */
  constructor(onChange: (trouble: ShareTrouble | null) => void) {
    this.#onChange = onChange;
  }

  /** What is seen of the picture itself. */
  setPicture(trouble: ShareTrouble | null): void {
    this.#picture = trouble;
    this.#tell();
  }

  /** Whether there is a protected film on the page. */
  setFilm(seen: boolean): void {
    this.#hasFilm = seen;
    this.#tell();
  }

  /** Whether the tab has crashed. */
  setCrashed(crashed: boolean): void {
    this.#hasCrashed = crashed;
    this.#tell();
  }

  /** Another source is shown: whatever was wrong with the page of the one before. */
  clearPage(): void {
    this.#hasFilm = false;
    this.#hasCrashed = false;
    this.#tell();
  }

  #tell(): void {
    // A tab that has crashed brings no picture, which explains whatever is seen of it.
    const worst = this.#hasCrashed ? 'crashed' : (this.#picture ?? (this.#hasFilm ? 'protected' : null));
    if (worst === this.#told) return;
    this.#told = worst;
    this.#onChange(worst);
  }
}
