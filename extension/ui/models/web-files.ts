import type { Fetch } from '../../core/session/state.ts';
import type { Backend } from './backend.ts';
import type { Notices } from './notices.ts';

/** What a person can say about a file of the web that is to be sent. Every failure becomes a notice. */
export class WebFileActions {
  readonly #backend: Backend;
  readonly #notices: Notices;

  constructor(backend: Backend, notices: Notices) {
    this.#backend = backend;
    this.#notices = notices;
  }

  /** Lets the browser ask whether Pairwise may read from its site; whoever says no sends the link. Has to be called for a click. */
  async allow(fetch: Fetch): Promise<void> {
    const asking = this.#backend.allowOrigin(fetch.origin).then((isAllowed) => {
      return this.#answer(fetch, isAllowed ? 'fetch' : 'link');
    });
    await this.#notices.watch(asking, fetch.peerId);
  }

  async sendLink(fetch: Fetch): Promise<void> {
    await this.#notices.watch(this.#answer(fetch, 'link'), fetch.peerId);
  }

  async cancel(fetch: Fetch): Promise<void> {
    await this.#notices.watch(this.#answer(fetch, 'cancel'), fetch.peerId);
  }

  #answer({ id }: Fetch, answer: 'fetch' | 'link' | 'cancel'): Promise<unknown> {
    return this.#backend.askOffscreen('web-file-answer', { id, answer });
  }
}
