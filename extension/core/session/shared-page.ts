import { delay } from '../shared/abort.ts';
import type { OutgoingShare } from './state.ts';

/** A page that goes while our script is put into it refuses it, though the next one would take it. */
const TRY_AGAIN_MS = 1_000;

/** What the script in a shared page says of it. */
export interface PageSeen {
  /** As the browser names it. */
  readonly origin: string;
  /** Empty unless it is an address of the web, of this origin. */
  readonly url: string;
  readonly title: string;
}

/** What the script can show: positions are shares of the page from its upper left corner, `name` is whose pointer it is. */
export type PageMark =
  | { readonly type: 'point' | 'click'; readonly x: number; readonly y: number; readonly name: string }
  | { readonly type: 'away' };

/** The way to the script in a page, until the page goes or it is closed; then the script takes away what it has put there. */
export interface PagePort {
  post(mark: PageMark): void;
  close(): void;
}

/** What comes from the script. */
export interface PageListener {
  seen(page: PageSeen): void;
  password(focused: boolean): void;
  film(seen: boolean): void;
  /** The page has gone. Not called after `PagePort.close`. */
  closed(): void;
}

export interface SharedPageOptions {
  /** Puts the script into the page that the tab shows now. Tells whether the browser let it. */
  inject(): Promise<boolean>;
  /** Each change once, beginning from `none`. */
  onReach(reach: OutgoingShare['reach']): void;
  /** Which page it is; again when it changes. */
  onSeen(page: PageSeen): void;
  /** A password field has got the focus. */
  onPassword(): void;
  /** Whether a protected film can be seen in it. Each change once, beginning from no. */
  onFilm(seen: boolean): void;
  /** The page goes, and nobody knows where to. `onStayed` or `onLeft` follows. */
  onGoing(): void;
  /** It went to a page of the same site. */
  onStayed(): void;
  /** It went to another site, or to a page that can't be looked into. */
  onLeft(): void;
}

/**
 * How far Pairwise reaches into the page of a shared tab: a script of ours sits there, put in again after each navigation. That works while the
 * site stays the same; then leave for it (`activeTab`) is over, until the icon is clicked on the tab.
 */
export class SharedPage {
  readonly #options: SharedPageOptions;
  readonly #abort = new AbortController();
  #port: PagePort | null = null;
  #reach: OutgoingShare['reach'] = 'none';
  #origin: string | null = null;
  #isFocused = false;
  #hasFilm = false;
  #isGoing = false;
  /** Counts what was put in, so that a late answer about an older page is none about this one. */
  #turn = 0;

  constructor(options: SharedPageOptions) {
    this.#options = options;
  }

  /** Reaches into the page that the tab shows now: at the beginning, and when leave for it has come back. Never rejects. */
  async enter(): Promise<void> {
    if (this.#port || this.#abort.signal.aborted) return;
    this.#turn += 1;
    const turn = this.#turn;
    for (const pauseMs of [0, TRY_AGAIN_MS]) {
      if (pauseMs > 0) await delay(pauseMs, this.#abort.signal).catch(() => {});
      if (this.#port || this.#abort.signal.aborted || turn !== this.#turn) return;
      if (await this.#options.inject().catch(() => false)) return;
      if (this.#port || this.#abort.signal.aborted || turn !== this.#turn) return;
      this.#lose();
    }
  }

  /** The script is there. Returns what it may say. */
  connected(port: PagePort): PageListener {
    this.#port?.close();
    this.#port = port;
    this.#isFocused = false;
    this.#film(false);
    const isCurrent = () => this.#port === port;
    return {
      seen: (page) => isCurrent() && this.#seen(page),
      password: (focused) => isCurrent() && this.#password(focused),
      film: (seen) => isCurrent() && this.#film(seen),
      closed: () => isCurrent() && this.#closed(),
    };
  }

  /** Shows the peer's pointer, where there is a page to show it in. */
  mark(mark: PageMark): void {
    this.#port?.post(mark);
  }

  /** Idempotent. Nothing of ours stays in the page. */
  close(): void {
    this.#abort.abort();
    this.#port?.close();
    this.#port = null;
  }

  #seen(page: PageSeen): void {
    // Where it was lost before, that was told.
    const isOther = this.#reach === 'page' && page.origin !== this.#origin;
    const wasGoing = this.#isGoing;
    this.#origin = page.origin;
    this.#isGoing = false;
    this.#setReach('page');
    this.#options.onSeen(page);
    if (isOther) this.#options.onLeft();
    else if (wasGoing) this.#options.onStayed();
  }

  #password(focused: boolean): void {
    const hasCome = focused && !this.#isFocused;
    this.#isFocused = focused;
    if (hasCome) this.#options.onPassword();
  }

  #film(seen: boolean): void {
    if (seen === this.#hasFilm) return;
    this.#hasFilm = seen;
    this.#options.onFilm(seen);
  }

  #closed(): void {
    this.#port = null;
    this.#isFocused = false;
    this.#film(false);
    this.#isGoing = true;
    this.#options.onGoing();
    void this.enter();
  }

  #lose(): void {
    this.#setReach(this.#origin === null ? 'none' : 'lost');
    if (!this.#isGoing) return;
    this.#isGoing = false;
    this.#options.onLeft();
  }

  #setReach(reach: OutgoingShare['reach']): void {
    if (reach === this.#reach) return;
    this.#reach = reach;
    this.#options.onReach(reach);
  }
}
