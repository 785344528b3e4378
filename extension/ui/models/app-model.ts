import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { AppState, PeerState } from '../../core/session/state.ts';
import type { ErrorCode } from '../../core/shared/errors.ts';
import { t } from '../text.ts';
import { Arrivals } from './arrivals.ts';
import type { Backend, View } from './backend.ts';
import { inSentence, lineText } from './display-text.ts';
import { FileActions } from './file-actions.ts';
import { type History, withPage, withState } from './history.ts';
import { LiveActions } from './live-actions.ts';
import { Notices } from './notices.ts';
import { Sending } from './sending.ts';
import { Toasts } from './toasts.ts';
import { ViewMemory } from './view-memory.ts';
import { WebFileActions } from './web-files.ts';

/** Which screen is shown. `pair`: the first run, and "Pair another browser". */
export type Screen = 'loading' | 'pair' | 'show-code' | 'confirm' | 'enter-code' | 'confirming' | 'peer';
/** What lies above the screen. */
export type Overlay =
  | 'peers'
  | 'more'
  | 'attach'
  | 'switch'
  | 'quality'
  | 'my-name'
  | 'rename'
  | 'verify'
  | 'accept-files'
  | 'block'
  | 'forget'
  | 'wipe';

/** All that a view knows and can do. What lasts lives in the state; here is only what this view has open. */
export class AppModel {
  readonly backend: Backend;
  readonly view: View;
  readonly notices: Notices;
  readonly toasts = new Toasts();
  readonly memory = new ViewMemory(localStorage);
  readonly sending: Sending;
  readonly live: LiveActions;
  readonly files: FileActions;
  readonly webFiles: WebFileActions;
  readonly arrivals: Arrivals;
  readonly state = signal<AppState | null>(null);
  readonly overlay = signal<Overlay | null>(null);
  readonly history = signal<History | null>(null);
  readonly #wanted = signal<'pair' | 'enter-code' | null>(null);
  readonly #selectedId = signal(this.memory.selectedPeer);
  readonly #stops: readonly (() => void)[];
  /** The newly paired peer that this view has told of. */
  #greetedId: string | null = null;

  /** The peer on screen. */
  readonly peer: ReadonlySignal<PeerState | null> = computed(() => {
    const peers = this.state.value?.peers ?? [];
    return peers.find(({ id }) => id === this.#selectedId.value) ?? peers[0] ?? null;
  });
  readonly peerName = computed(() => nameOf(this.peer.value));

  readonly screen: ReadonlySignal<Screen> = computed(() => {
    const state = this.state.value;
    if (!state) return 'loading';
    const { pairing, peers } = state;
    const role = 'role' in pairing ? pairing.role : null;
    if (pairing.step === 'confirm' || pairing.step === 'confirming') return pairing.step;
    if (pairing.step === 'preparing' || pairing.step === 'hosting' || role === 'host') return 'show-code';
    if (pairing.step === 'joining' || role === 'join') return 'enter-code';
    return this.#wanted.value ?? (peers.length === 0 ? 'pair' : 'peer');
  });

  /** What the last pairing failed with. A server that can't be reached may have a better reason. */
  readonly pairingFailure: ReadonlySignal<ErrorCode | null> = computed(() => {
    const { pairing, server } = this.state.value ?? {};
    if (pairing?.step !== 'failed') return null;
    return pairing.code === 'server-unreachable' ? (server?.problem ?? pairing.code) : pairing.code;
  });

  constructor(backend: Backend, view: View) {
    this.backend = backend;
    this.view = view;
    this.notices = new Notices(backend, this.state);
    this.sending = new Sending(backend, this.notices);
    this.live = new LiveActions(backend, this.notices, view, this.state);
    this.files = new FileActions(backend, this.notices, view);
    this.webFiles = new WebFileActions(backend, this.notices);
    this.arrivals = new Arrivals(this.files, this.toasts);
    this.#stops = [
      backend.follow((state) => {
        this.state.value = state;
        if (!state) return;
        this.arrivals.look(state);
        this.#greetPaired(state);
        void this.live.tellReach();
      }),
      effect(() => {
        const peer = this.peer.value;
        this.history.value = peer && withState(this.history.peek(), peer);
      }),
    ];
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.toasts.hold();
  }

  select(peerId: string): void {
    this.#selectedId.value = peerId;
    this.memory.selectedPeer = peerId;
    this.#wanted.value = null;
    this.overlay.value = null;
  }

  toggle(overlay: Overlay): void {
    this.overlay.value = this.overlay.value === overlay ? null : overlay;
  }

  block(peerId: string, blocked: boolean): Promise<unknown> {
    return this.backend.askOffscreen('peer-block', { peerId, blocked });
  }

  /** A code of this browser's own, to be said or typed, or the long secret of a QR picture. */
  showCode(form: 'code' | 'secret' = 'code'): void {
    this.#wanted.value = null;
    this.watch(this.backend.askOffscreen('pair-host', { form }));
  }

  enterCode(): void {
    this.watch(this.#endPairing());
    this.#wanted.value = 'enter-code';
  }

  join(code: string): void {
    this.watch(this.backend.askOffscreen('pair-join', { code }));
  }

  /** Whether the one who had my code is who I think it is. Resolves with whether the answer was heard. */
  confirm(accept: boolean): Promise<boolean> {
    return this.watch(this.backend.askOffscreen('pair-confirm', { accept }));
  }

  pairAnother(): void {
    this.overlay.value = null;
    this.#wanted.value = 'pair';
  }

  /** One screen back: from a code to the choice, from the choice to the peer. */
  back(): void {
    const hasPeers = (this.state.value?.peers.length ?? 0) > 0;
    this.#wanted.value = this.screen.value === 'pair' || !hasPeers ? null : 'pair';
    this.watch(this.#endPairing());
  }

  /** The timeline of the peer is on screen, to its end. */
  read(): void {
    const peer = this.peer.value;
    if (peer && peer.unread > 0) this.watch(this.backend.askOffscreen('read', { peerId: peer.id }));
  }

  /** Erases what was said, and what was being written, on this device. */
  async wipeHistory(peerId: string): Promise<void> {
    await this.backend.askOffscreen('history-wipe', { peerId });
    this.memory.setDraft(peerId, '');
  }

  async forget(peerId: string): Promise<void> {
    await this.backend.askOffscreen('peer-forget', { peerId });
    this.memory.setDraft(peerId, '');
  }

  /** Loads a page of older items, if there are any. */
  async loadOlder(): Promise<void> {
    const history = this.history.value;
    if (!history?.hasOlder || !history.firstId) return;
    const { peerId, firstId } = history;
    const page = await this.backend.askOffscreen('history-page', { peerId, before: firstId });
    const current = this.history.value;
    if (current?.peerId === peerId && current.firstId === firstId) this.history.value = withPage(current, page);
  }

  /** Gives a command whose failure is shown as a notice about the peer on screen. */
  watch(work: Promise<unknown>): Promise<boolean> {
    return this.notices.watch(work, this.peer.value?.id ?? null);
  }

  async #endPairing(): Promise<void> {
    if (this.state.value?.pairing.step !== 'idle') await this.backend.askOffscreen('pair-cancel', {});
  }

  /**
   * Goes to the new peer and says so until the message is gone. Only then is the result taken off the state, so that a view which is
   * opened in the meantime shows it too.
   */
  #greetPaired(state: AppState): void {
    const newId = state.pairing.step === 'paired' ? state.pairing.peerId : null;
    if (newId === this.#greetedId) return;
    this.#greetedId = newId;
    const peer = state.peers.find(({ id }) => id === newId);
    if (!peer) return;
    this.select(peer.id);
    this.toasts.show({
      text: t('paired_toast', nameOf(peer), inSentence(state.me.name)),
      action: { label: t('change'), run: () => this.toggle('my-name') },
      onGone: () => {
        if (this.#greetedId === peer.id) this.watch(this.#endPairing());
      },
    });
  }
}

/** A peer's name for a sentence. */
export function nameOf(peer: { name: string } | null): string {
  return peer && lineText(peer.name) !== '' ? inSentence(peer.name) : t('somebody');
}
