import { delay } from '../shared/abort.ts';
import type { PageEntry } from './platform.ts';
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
  /** Puts the script into the page that the tab shows now. */
  inject(): Promise<PageEntry>;
  /** Each change once, beginning from `none`. */
  onReach(reach: OutgoingShare['reach']): void;
  /** Which page it is; again when it changes. */
  onSeen(page: PageSeen): void;
  /** A password field has got the focus. */
  onPassword(): void;
  /** Whether a protected film can be seen in it. Each change once, beginning from no. */
  onFilm(seen: boolean): void;
  /** The page goes, and nobody knows where to. `onStayed`, `onLeft` or `onCrashed` follows. */
  onGoing(): void;
  /** It went to a page of the same site. */
  onStayed(): void;
  /** It went to another site, or to a page that can't be looked into. */
  onLeft(): void;
  /** A page is loaded while the script isn't in the tab, so nobody knows which, or whether the one before is only loaded again. */
  onUnknown(): void;
  /** Whether the tab has crashed, and not been loaded again. Each change once, beginning from no. */
  onCrashed(crashed: boolean): void;
}

/**
 * How far Pairwise reaches into the page of a shared tab: a script of ours sits there, put in again after each navigation. That works while the
 * site stays the same; then leave for it (`activeTab`) is over, until the icon is clicked on the tab.
 */
export class SharedPage {
  /** Resolves once it is known whether a password field has the focus in the first page, or that this can't be known. */
  readonly looked: Promise<void>;
  readonly #options: SharedPageOptions;
  readonly #abort = new AbortController();
  #port: PagePort | null = null;
  #reach: OutgoingShare['reach'] = 'none';
  #origin: string | null = null;
  #isFocused = false;
  #hasFilm = false;
  #isGoing = false;
  #hasCrashed = false;
  /** The first try to put the script in was answered. Until then a page that loads is the one that is to be shown. */
  #hasEntered = false;
  /** Counts what was put in, so that a late answer about an older page is none about this one. */
  #turn = 0;

  #setLooked: () => void = () => {};

  constructor(options: SharedPageOptions) {
    this.#options = options;
    this.looked = new Promise((resolve) => {
      this.#setLooked = resolve;
    });
  }

  /** Reaches into the page that the tab shows now: at the beginning, and when leave for it has come back. Never rejects. */
  async enter(): Promise<void> {
    if (this.#port || this.#abort.signal.aborted) return;
    this.#turn += 1;
    const turn = this.#turn;
    for (const pauseMs of [0, TRY_AGAIN_MS]) {
      if (pauseMs > 0) await delay(pauseMs, this.#abort.signal).catch(() => {});
      if (this.#port || this.#abort.signal.aborted || turn !== this.#turn) return;
      const entry = await this.#options.inject().catch(() => 'refused' as const);
      this.#hasEntered = true;
      if (entry === 'in' || this.#port || this.#abort.signal.aborted || turn !== this.#turn) return;
      if (entry === 'crashed') return this.#crashed();
      this.#lose();
    }
  }

  /** The tab loads a page. Where the script sits in the one before, that tells more. */
  loads(): void {
    if (this.#port || this.#isGoing || !this.#hasEntered || this.#abort.signal.aborted) return;
    this.#setCrashed(false);
    this.#options.onUnknown();
    void this.enter();
  }

  /** The script is there. Returns what it may say. */
  connected(port: PagePort): PageListener {
    this.#port?.close();
    this.#port = port;
    this.#setCrashed(false);
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

  /** Whether a password field has the focus, as far as the script can tell. */
  get hasPassword(): boolean {
    return this.#isFocused;
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
    this.#setLooked();
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
    this.#setLooked();
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
    this.#setLooked();
    this.#setReach(this.#origin === null ? 'none' : 'lost');
    if (!this.#isGoing) return;
    this.#isGoing = false;
    this.#options.onLeft();
  }

  #crashed(): void {
    this.#setReach(this.#origin === null ? 'none' : 'lost');
    this.#isGoing = false;
    this.#setCrashed(true);
  }

  #setCrashed(crashed: boolean): void {
    if (crashed === this.#hasCrashed) return;
    this.#hasCrashed = crashed;
    this.#options.onCrashed(crashed);
  }

  #setReach(reach: OutgoingShare['reach']): void {
    if (reach === this.#reach) return;
    this.#reach = reach;
    this.#options.onReach(reach);
  }
}
