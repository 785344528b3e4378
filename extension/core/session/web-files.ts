import { askForFile, keepWebFile, type WebFile } from '../files/web-file.ts';
import { webName } from '../files/web-name.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { MAX_URL_LENGTH } from '../shared/limits.ts';
import { report } from '../shared/report.ts';
import { isHttpUrl } from '../shared/schemas.ts';
import { withoutUser } from '../shared/web-url.ts';
import type { Fetch } from './state.ts';
import type { Store } from './store.ts';

/** As often as the feed tells. */
const PROGRESS_PAUSE_MS = 250;
/** More at once is no person. */
const MAX_FETCHES = 20;

export interface WebFilesOptions {
  store: Store;
  /** Sends a file that lies in `outgoing/<id>`, as item `id`. */
  send(peerId: string, id: string, file: File): Promise<void>;
  sendLink(peerId: string, url: string, title: string): Promise<void>;
  /** The link of a file was sent instead of the file. */
  onLinkSent(peerId: string, name: string): void;
}

/** What a person points at on a page. `title`: of the page, or empty. */
export interface WebTarget {
  readonly url: string;
  /** Whether it is shown as picture, film or sound, rather than linked to. */
  readonly isMedia: boolean;
  readonly title: string;
}

interface Running {
  readonly target: WebTarget;
  readonly abort: AbortController;
}

/**
 * Files of the web that are to be sent: fetched first, since only this browser may read some of them. What the browser keeps from
 * Pairwise waits for the person's leave; without it, and when the file can't be had, its link goes out instead.
 */
export class WebFiles {
  readonly #options: WebFilesOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: WebFilesOptions) {
    this.#options = options;
  }

  /** Resolves when the server has answered: `asking` when the person has to give leave first. What fails later becomes a notice. */
  async fetch(peerId: string, target: WebTarget): Promise<'taken' | 'asking'> {
    const { store } = this.#options;
    if (!store.peer(peerId)) throw new AppError('peer-unknown');
    if (this.#running.size >= MAX_FETCHES) throw new AppError('too-many-waiting');
    const url = withoutUser(target.url);
    const { protocol, origin } = URL.canParse(url) ? new URL(url) : { protocol: '', origin: '' };
    if (protocol !== 'data:' && !isHttpUrl(url)) {
      // A page makes it in its own memory, or it lies on a disk: no address leads there from outside.
      store.notice('file-page-only', { peerId, subject: target.title });
      return 'taken';
    }
    const id = newId();
    this.#running.set(id, { target: { ...target, url }, abort: new AbortController() });
    const name = webName(url, '', null);
    const step: Fetch['step'] = { state: 'fetching', bytes: 0, sizeBytes: null };
    store.change({
      fetches: [...store.now.fetches, { id, peerId, name, origin: protocol === 'data:' ? '' : origin, step }],
    });
    return this.#start(id, peerId, true);
  }

  /**
   * What the person says to a file that is under way or waits: `fetch`, leave was given, so it is tried again, for the last time;
   * `link`, that goes out instead; `cancel`, nothing does.
   */
  async answer(id: string, answer: 'fetch' | 'link' | 'cancel'): Promise<void> {
    const running = this.#running.get(id);
    const fetch = this.#find(id);
    if (!running || !fetch) return;
    if (answer === 'fetch') {
      if (fetch.step.state === 'asking') await this.#start(id, fetch.peerId, false);
      return;
    }
    this.#cancel(id);
    if (answer === 'link') await this.#options.sendLink(fetch.peerId, running.target.url, fetch.name);
  }

  /** The person has given leave for a site: all that waits is tried again. */
  siteAllowed(): void {
    for (const { id, peerId, step } of this.#options.store.now.fetches) {
      if (step.state === 'asking') void this.#start(id, peerId, true);
    }
  }

  /** The peer was forgotten. */
  removed(peerId: string): void {
    for (const fetch of this.#options.store.now.fetches) if (fetch.peerId === peerId) this.#cancel(fetch.id);
  }

  async #start(id: string, peerId: string, mayAsk: boolean): Promise<'taken' | 'asking'> {
    const running = this.#running.get(id);
    if (!running) return 'taken';
    const { target, abort } = running;
    this.#show(id, { step: { state: 'fetching', bytes: 0, sizeBytes: null } });
    try {
      const found = await askForFile(target.url, target.isMedia, abort.signal);
      if (!found && mayAsk) {
        this.#show(id, { step: { state: 'asking' } });
        return 'asking';
      }
      if (!found) throw new AppError('file-fetch-failed');
      void this.#keep(id, peerId, found, running);
    } catch (error) {
      await this.#failed(id, peerId, running, error);
    }
    return 'taken';
  }

  async #keep(id: string, peerId: string, found: WebFile, running: Running): Promise<void> {
    const { name, sizeBytes } = found;
    let shownAt = performance.now();
    this.#show(id, { name, step: { state: 'fetching', bytes: 0, sizeBytes } });
    const onProgress = (bytes: number) => {
      if (performance.now() - shownAt < PROGRESS_PAUSE_MS) return;
      shownAt = performance.now();
      this.#show(id, { step: { state: 'fetching', bytes, sizeBytes } });
    };
    try {
      const file = await keepWebFile(id, found, onProgress, running.abort.signal);
      this.#end(id);
      await this.#options.send(peerId, id, file);
    } catch (error) {
      await this.#failed(id, peerId, running, error);
    }
  }

  /** Says what went wrong, and sends the link where there is one. */
  async #failed(id: string, peerId: string, { target, abort }: Running, error: unknown): Promise<void> {
    if (abort.signal.aborted) return;
    const { store, sendLink, onLinkSent } = this.#options;
    const name = this.#find(id)?.name ?? '';
    this.#end(id);
    const code = errorCode(error);
    if (code === 'internal') report(error);
    const hasLink = isHttpUrl(target.url) && target.url.length <= MAX_URL_LENGTH;
    store.notice(code === 'file-fetch-failed' && !hasLink ? 'file-page-only' : code, { peerId, subject: name });
    if (!hasLink || code !== 'file-fetch-failed') return;
    await sendLink(peerId, target.url, name);
    onLinkSent(peerId, name);
  }

  #cancel(id: string): void {
    this.#running.get(id)?.abort.abort();
    this.#end(id);
  }

  #end(id: string): void {
    this.#running.delete(id);
    const { store } = this.#options;
    store.change({ fetches: store.now.fetches.filter((fetch) => fetch.id !== id) });
  }

  #find(id: string): Fetch | undefined {
    return this.#options.store.now.fetches.find((fetch) => fetch.id === id);
  }

  #show(id: string, change: Partial<Fetch>): void {
    const { store } = this.#options;
    store.change({ fetches: store.now.fetches.map((fetch) => (fetch.id === id ? { ...fetch, ...change } : fetch)) });
  }
}
