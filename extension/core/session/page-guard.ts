import type { PointerAction } from '../media/pointer-gate.ts';
import type { SharePause } from '../protocol/messages.ts';
import { within } from '../shared/abort.ts';
import { MAX_TITLE_LENGTH } from '../shared/limits.ts';
import type { PageEntry } from './platform.ts';
import { canPoint, type ShareRecord } from './share-record.ts';
import { type PageListener, type PagePort, type PageSeen, SharedPage } from './shared-page.ts';
import type { LiveSettings } from './state.ts';

/** The script is there within some tens of ms. A page that lets it wait longer is shown all the same. */
const LOOK_LIMIT_MS = 500;

export interface PageGuardOptions {
  readonly tabId: number;
  readonly record: ShareRecord;
  settings(): LiveSettings;
  /** The peer's name, as this person calls it. */
  peerName(): string | undefined;
  /** Puts our script into the page of a tab. */
  enterPage(tabId: number): Promise<PageEntry>;
  /** Whether a protected film can be seen in the page. Each change once, beginning from no. */
  onFilm(seen: boolean): void;
  /** Whether the tab has crashed. Each change once, beginning from no. */
  onCrashed(crashed: boolean): void;
  /** Holds the share, or lets it go on. */
  hold(pause: SharePause | null): void;
}

/** What Pairwise does in the page of a shared tab: it knows where it is, shows the peer's pointer and holds the share before it tells too much. */
export class PageGuard {
  readonly tabId: number;
  readonly #options: PageGuardOptions;
  readonly #page: SharedPage;
  /** The tab has gone from its page, and the share is held until it is known whether it stays on its site. */
  #isHeldBriefly = false;
  /** A password field has got the focus while something else held the share: nobody was told of it yet. */
  #hasUntoldPassword = false;

  constructor(options: PageGuardOptions) {
    const { tabId, record } = options;
    this.tabId = tabId;
    this.#options = options;
    this.#page = new SharedPage({
      inject: () => options.enterPage(tabId),
      // Where it is lost, the tab shows something that nobody here knows.
      onReach: (reach) => record.change(reach === 'page' ? { reach } : { reach, page: null, title: '' }),
      onSeen: (page) => this.#seen(page),
      onPassword: () => this.#password(),
      onFilm: (seen) => options.onFilm(seen),
      onGoing: () => this.#going(),
      onStayed: () => this.#stayed(),
      onLeft: () => this.#left(),
      onUnknown: () => this.#left(),
      onCrashed: (crashed) => this.#crashed(crashed),
    });
  }

  /** Reaches into the page, at the beginning and when leave for it has come back. Never rejects. */
  enter(): Promise<void> {
    return this.#page.enter();
  }

  /** The tab loads a page. */
  loads(): void {
    this.#page.loads();
  }

  /** Whether a password field in the page is a reason to hold the share. */
  get mindsPasswords(): boolean {
    return this.#options.settings().pauseOnPassword;
  }

  /** Resolves once it is known whether there is that reason, after a moment at the latest. Never rejects. */
  looked(): Promise<void> {
    return within(this.#page.looked, LOOK_LIMIT_MS, 'timed-out').catch(() => {});
  }

  connected(port: PagePort): PageListener {
    return this.#page.connected(port);
  }

  /** What the share is still to be held for when whatever holds it now is over. A second time there is no reason any more. */
  nextPause(): SharePause | null {
    const isReason = this.#hasUntoldPassword && this.#page.hasPassword && this.mindsPasswords;
    this.#hasUntoldPassword = false;
    return isReason ? 'password' : null;
  }

  /** Shows what the peer does with its pointer, as far as it may. */
  point(action: PointerAction): void {
    const { record, peerName } = this.#options;
    const name = peerName();
    if (action.type === 'away') this.away();
    else if (name && record.now && canPoint(record.now)) this.#page.mark({ ...action, name });
  }

  /** Takes the peer's pointer off the page. */
  away(): void {
    this.#page.mark({ type: 'away' });
  }

  /** Idempotent. Nothing of ours stays in the page. */
  close(): void {
    this.#page.close();
  }

  #seen({ url, title }: PageSeen): void {
    const named = title ? { title: title.slice(0, MAX_TITLE_LENGTH) } : {};
    this.#options.record.change({ page: url || null, ...named });
  }

  #password(): void {
    const pause = this.#options.record.now?.pause ?? null;
    this.#hasUntoldPassword = pause !== null && pause !== 'password';
    if (this.mindsPasswords) this.#hold('password');
  }

  #going(): void {
    if (!this.#options.settings().pauseOnNavigation || this.#options.record.now?.pause) return;
    this.#isHeldBriefly = true;
    this.#hold('navigation');
  }

  #stayed(): void {
    const isHeld = this.#isHeldBriefly && this.#options.record.now?.pause === 'navigation';
    this.#isHeldBriefly = false;
    if (isHeld) this.#options.hold(this.nextPause());
  }

  #crashed(crashed: boolean): void {
    // Nothing is to be seen of where it might have gone; what is loaded there next holds it again.
    if (crashed) this.#stayed();
    this.#options.onCrashed(crashed);
  }

  #left(): void {
    const wasHeldBriefly = this.#isHeldBriefly;
    this.#isHeldBriefly = false;
    // Whoever has gone on meanwhile knows that it is another page.
    if (wasHeldBriefly && !this.#options.record.now?.pause) return;
    if (this.#options.settings().pauseOnNavigation) this.#hold('navigation');
  }

  #hold(why: SharePause): void {
    if (!this.#options.record.now?.pause) this.#options.hold(why);
  }
}
