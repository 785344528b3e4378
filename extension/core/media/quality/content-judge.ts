import type { Change } from './change.ts';
import type { Content } from './settings.ts';

/** So much of the picture must move at once to be film; once it is film, less is enough: half of a scene may stand still. */
const FILM_SHARE = { text: 0.2, film: 0.1 } as const;
/** What is explained by scrolling this far is no film: text that scrolls reaches 0.9, light that plays on water 0.7. */
const SCROLLED = 0.8;
/** Film for that long altogether makes it film, so a transition or a page that loads doesn't. */
const TO_FILM_MS = 2_000;
/** Nothing of film for that long makes it text again; a cut to a still scene is shorter. */
const TO_TEXT_MS = 3_000;
/** Between two looks that are further apart the picture stood still. */
const MAX_GAP_MS = 1_000;

/** Decides what is mostly on the picture, with patience: a change of mind costs a sharp picture, or a smooth one. */
export class ContentJudge {
  #content: Content = 'text';
  /** How long it has been film, less how long it hasn't, 0 to TO_TEXT_MS. */
  #filmMs = 0;
  #lookedMs: number | null = null;
  #weighedMs: number | null = null;

  get content(): Content {
    return this.#content;
  }

  /** A look at the picture. Times are milliseconds of one clock. */
  looked(atMs: number, { share, scrolled }: Change): Content {
    // One picture after a rest is a page that was turned.
    const goesOn = this.#lookedMs !== null && atMs - this.#lookedMs <= MAX_GAP_MS;
    this.#lookedMs = atMs;
    return this.#weigh(atMs, goesOn && share >= FILM_SHARE[this.#content] && scrolled < SCROLLED);
  }

  /** Nothing has moved until now. */
  still(atMs: number): Content {
    return this.#weigh(atMs, false);
  }

  #weigh(atMs: number, isFilm: boolean): Content {
    const elapsedMs = atMs - (this.#weighedMs ?? atMs);
    this.#weighedMs = atMs;
    this.#filmMs = Math.min(TO_TEXT_MS, Math.max(0, this.#filmMs + (isFilm ? elapsedMs : -elapsedMs)));
    if (this.#filmMs >= TO_FILM_MS && this.#content === 'text') {
      this.#content = 'film';
      this.#filmMs = TO_TEXT_MS;
    } else if (this.#filmMs === 0) {
      this.#content = 'text';
    }
    return this.#content;
  }
}
