import { computed, signal } from '@preact/signals';
import { errorCode } from '../../core/shared/errors.ts';
import { MAX_TEXT_LENGTH, MAX_TITLE_LENGTH } from '../../core/shared/limits.ts';
import { linkToSend } from '../../core/shared/web-url.ts';
import type { Backend } from './backend.ts';
import type { Notices } from './notices.ts';
import { type Chosen, handleOf, selectionOf } from './selection.ts';

/** A sign of typing this often keeps "is typing" on the other screen without flooding it. */
const TYPING_PAUSE_MS = 2_500;

/** What can be sent to a peer. Every failure becomes a notice. */
export class Sending {
  readonly #backend: Backend;
  readonly #notices: Notices;
  /** How many choices are being read. */
  readonly #reading = signal(0);
  /** Whether folders that were dropped are still being read: thousands of files take seconds. */
  readonly isReading = computed(() => this.#reading.value > 0);
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor(backend: Backend, notices: Notices) {
    this.#backend = backend;
    this.#notices = notices;
  }

  /** Resolves with whether the message was taken; if not, the text should stay in its field. */
  async text(peerId: string, text: string): Promise<boolean> {
    const trimmed = text.trim();
    if (trimmed === '') return false;
    if (trimmed.length > MAX_TEXT_LENGTH) {
      this.#notices.add('message-too-large', peerId);
      return false;
    }
    this.#typedAt = Number.NEGATIVE_INFINITY;
    return this.#notices.watch(this.#backend.askOffscreen('chat-send', { peerId, text: trimmed }), peerId);
  }

  /** The person is writing. */
  typing(peerId: string): void {
    const now = performance.now();
    if (now - this.#typedAt < TYPING_PAUSE_MS) return;
    this.#typedAt = now;
    // Not worth a notice: the message itself will tell.
    this.#backend.askOffscreen('typing', { peerId }).catch(() => {});
  }

  /** The link of the tab the person looks at. */
  async currentLink(peerId: string): Promise<void> {
    this.#notices.clearOwn();
    const tab = await this.#backend.currentTab();
    if (!tab?.url) return this.#notices.add(tab?.isForbidden ? 'link-not-http' : 'link-hidden', peerId);
    let url: string;
    try {
      url = linkToSend(tab.url);
    } catch (error) {
      return this.#notices.add(errorCode(error), peerId, tab.title);
    }
    const title = tab.title.slice(0, MAX_TITLE_LENGTH);
    await this.#notices.watch(this.#backend.askOffscreen('link-send', { peerId, url, title }), peerId);
  }

  /** Sends what was chosen as one transfer; of nothing, nothing. */
  async files(peerId: string, chosen: Chosen): Promise<void> {
    this.#notices.clearOwn();
    this.#reading.value += 1;
    const handle = handleOf(chosen);
    const handingOver = selectionOf(chosen).then((selection) => {
      if (selection) this.#backend.handOverFiles(peerId, selection, handle);
    });
    await this.#notices.watch(handingOver, peerId);
    this.#reading.value -= 1;
  }
}
