import type { PointerAction } from '../media/pointer-gate.ts';
import type { SharePause } from '../protocol/messages.ts';
import { MAX_TITLE_LENGTH } from '../shared/limits.ts';
import { canPoint, type ShareRecord } from './share-record.ts';
import { type PageListener, type PagePort, type PageSeen, SharedPage } from './shared-page.ts';
import type { LiveSettings } from './state.ts';

export interface PageGuardOptions {
  readonly tabId: number;
  readonly record: ShareRecord;
  settings(): LiveSettings;
  /** The peer's name, as this person calls it. */
  peerName(): string | undefined;
  /** Puts our script into the page of a tab. Tells whether the browser let it. */
  enterPage(tabId: number): Promise<boolean>;
  /** Whether a protected film can be seen in the page. Each change once, beginning from no. */
  onFilm(seen: boolean): void;
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

  constructor(options: PageGuardOptions) {
    const { tabId, record } = options;
    this.tabId = tabId;
    this.#options = options;
    this.#page = new SharedPage({
      inject: () => options.enterPage(tabId),
      // Where it is lost, the tab shows something that nobody here knows.
      onReach: (reach) => record.change(reach === 'page' ? { reach } : { reach, page: null, title: '' }),
      onSeen: (page) => this.#seen(page),
      onPassword: () => options.settings().pauseOnPassword && this.#hold('password'),
      onFilm: (seen) => options.onFilm(seen),
      onGoing: () => this.#going(),
      onStayed: () => this.#stayed(),
      onLeft: () => this.#left(),
    });
  }

  /** Reaches into the page, at the beginning and when leave for it has come back. Never rejects. */
  enter(): Promise<void> {
    return this.#page.enter();
  }

  connected(port: PagePort): PageListener {
    return this.#page.connected(port);
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

  #going(): void {
    if (!this.#options.settings().pauseOnNavigation || this.#options.record.now?.pause) return;
    this.#isHeldBriefly = true;
    this.#hold('navigation');
  }

  #stayed(): void {
    const isHeld = this.#isHeldBriefly && this.#options.record.now?.pause === 'navigation';
    this.#isHeldBriefly = false;
    if (isHeld) this.#options.hold(null);
  }

  #left(): void {
    this.#isHeldBriefly = false;
    if (this.#options.settings().pauseOnNavigation) this.#hold('navigation');
  }

  #hold(why: SharePause): void {
    if (!this.#options.record.now?.pause) this.#options.hold(why);
  }
}
