/** What has no event: a film that is taken out of the page, or scrolled away. */
const LOOK_EVERY_MS = 1_000;
/** In CSS pixels: what is smaller is no film that somebody watches. */
const MIN_SIDE = 100;
/** Of a media element, in the order in which a film gets going. None of them bubbles. */
const EVENTS = ['encrypted', 'loadeddata', 'playing', 'timeupdate'] as const;

/**
 * Tells whether a protected film can be seen in this page: a video with keys (W3C Encrypted Media Extensions). Whether it is black in what is
 * captured is up to browser and computer. Films in frames and in shadow trees aren't noticed: their events stay in there.
 */
export class ProtectedFilms {
  readonly #onChange: (seen: boolean) => void;
  readonly #ending = new AbortController();
  readonly #films = new Set<HTMLVideoElement>();
  #isSeen = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `onChange` hears of each change, beginning from none. */
  constructor(onChange: (seen: boolean) => void) {
    this.#onChange = onChange;
    const options = { capture: true, signal: this.#ending.signal };
    for (const event of EVENTS) document.addEventListener(event, ({ target }) => this.#notice(target), options);
    // Those that play already.
    for (const video of document.querySelectorAll('video')) this.#notice(video);
  }

  end(): void {
    this.#ending.abort();
    clearInterval(this.#timer);
    this.#films.clear();
  }

  #notice(target: EventTarget | null): void {
    // Where pages may have no keys at all, on plain http, there is not even the property.
    if (!(target instanceof HTMLVideoElement) || !target.mediaKeys || this.#films.has(target)) return;
    this.#films.add(target);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#look();
  }

  #look(): void {
    for (const film of this.#films) if (!film.isConnected || !film.mediaKeys) this.#films.delete(film);
    if (this.#films.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    const isSeen = [...this.#films].some(canBeSeen);
    if (isSeen === this.#isSeen) return;
    this.#isSeen = isSeen;
    this.#onChange(isSeen);
  }
}

/** Whether it has a picture, be it one that is still being loaded, and some of that lies in the window. */
function canBeSeen(film: HTMLVideoElement): boolean {
  if (film.videoWidth === 0 || !film.checkVisibility({ visibilityProperty: true })) return false;
  const { left, top, right, bottom } = film.getBoundingClientRect();
  const width = Math.min(right, innerWidth) - Math.max(left, 0);
  const height = Math.min(bottom, innerHeight) - Math.max(top, 0);
  return width >= MIN_SIDE && height >= MIN_SIDE;
}
