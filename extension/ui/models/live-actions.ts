import { type ReadonlySignal, signal } from '@preact/signals';
import type { AppState, IncomingShare, ShareQuality } from '../../core/session/state.ts';
import { MAX_TITLE_LENGTH } from '../../core/shared/limits.ts';
import type { OffscreenCommands, RequestOf } from '../../messaging/commands.ts';
import type { Backend, View } from './backend.ts';
import type { Notices } from './notices.ts';

type ShareCommand = Extract<keyof OffscreenCommands & string, `share-${string}`>;

/** What I show, how, what I ask to be shown, and what I do with what is shown to me. Every failure becomes a notice. */
export class LiveActions {
  /** The tab beside this view, as it was when somebody last looked whether it is the one that is shown. */
  readonly tabId = signal<number | null>(null);
  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #view: View;
  readonly #state: ReadonlySignal<AppState | null>;
  #hasToldReach = false;

  constructor(backend: Backend, notices: Notices, view: View, state: ReadonlySignal<AppState | null>) {
    this.#backend = backend;
    this.#notices = notices;
    this.#view = view;
    this.#state = state;
  }

  /**
   * Shows the tab the person looks at, or goes over to it from what is shown already. The popup is closed by the browser as soon as that
   * starts.
   */
  async shareTab(peerId: string): Promise<void> {
    this.#notices.clearOwn();
    const tab = await this.#backend.currentTab();
    // What belongs to the browser is asked for all the same: some of it can be captured, and the refusal has its own sentence.
    if (!tab || (!tab.url && !tab.isForbidden)) return this.#notices.add('capture-needs-click', peerId);
    const title = tab.title.slice(0, MAX_TITLE_LENGTH);
    await this.#notices.watch(this.#backend.askBackground('share-tab', { peerId, tabId: tab.id, title }), peerId);
  }

  /** Lets the person choose a tab, a window or the screen in the browser's own dialog. */
  sharePicked(peerId: string): Promise<void> {
    this.#notices.clearOwn();
    return this.#ask('share-pick', { peerId }, peerId);
  }

  /** Which tab is beside this view now: there is no going over to the one that is shown. */
  async look(): Promise<void> {
    this.tabId.value = (await this.#backend.currentTab())?.id ?? null;
  }

  /**
   * Whoever opens the popup has clicked the icon on the tab beside it, which gives leave for its page. If that is the one that is shown, and
   * leave was missing, it is told, once.
   */
  async tellReach(): Promise<void> {
    const share = this.#state.peek()?.outgoingShare;
    if (this.#view !== 'popup' || this.#hasToldReach || share?.tabId == null || share.reach === 'page') return;
    this.#hasToldReach = true;
    await this.look();
    if (this.tabId.peek() === share.tabId) await this.#ask('share-reach', { tabId: share.tabId });
  }

  stop(): Promise<void> {
    return this.#ask('share-stop', {});
  }

  pause(paused: boolean): Promise<void> {
    return this.#ask('share-pause', { paused });
  }

  setQuality(quality: ShareQuality): Promise<void> {
    return this.#ask('share-quality', { quality });
  }

  setSound(on: boolean): Promise<void> {
    return this.#ask('share-sound', { on });
  }

  setVoice(on: boolean): Promise<void> {
    this.#notices.clearOwn();
    return this.#ask('share-voice', { on });
  }

  setPointing(on: boolean): Promise<void> {
    return this.#ask('share-pointing', { on });
  }

  askToSee(peerId: string): Promise<void> {
    this.#notices.clearOwn();
    return this.#ask('share-ask', { peerId }, peerId);
  }

  /** Takes my own question back, or answers the peer's with "Not now". */
  endAsk(id: string): Promise<void> {
    return this.#ask('share-ask-end', { id });
  }

  /** Opens the viewer of what a peer shows, or brings it to front. */
  async watch({ peerId, shareId }: IncomingShare): Promise<void> {
    await this.#notices.watch(this.#backend.askBackground('viewer-open', { peerId, shareId }), peerId);
  }

  /** "Not now": it can still be watched later. */
  dismiss({ peerId, shareId }: IncomingShare): Promise<void> {
    return this.#ask('share-dismiss', { shareId }, peerId);
  }

  async #ask<Name extends ShareCommand>(
    name: Name,
    request: RequestOf<OffscreenCommands, Name>,
    peerId = this.#state.peek()?.outgoingShare?.peerId ?? null,
  ): Promise<void> {
    await this.#notices.watch(this.#backend.askOffscreen(name, request), peerId);
  }
}
