import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { ErrorCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { MAX_TITLE_LENGTH } from '../shared/limits.ts';
import type { AppState, PeerState, TimelineItem } from './state.ts';

/** More unread failures than anyone reads; the oldest make room. */
const MAX_NOTICES = 5;

/** The one home of what the views show. Values are replaced, never changed in place, so that the feed sees what is new. */
export class Store {
  readonly #state;

  constructor(initial: AppState) {
    this.#state = signal(initial);
  }

  get state(): ReadonlySignal<AppState> {
    return this.#state;
  }

  /** The state now, without following it. */
  get now(): AppState {
    return this.#state.peek();
  }

  change(change: Partial<AppState>): void {
    this.#state.value = { ...this.now, ...change };
  }

  peer(peerId: string): PeerState | undefined {
    return this.now.peers.find((peer) => peer.id === peerId);
  }

  changePeer(peerId: string, change: Partial<PeerState>): void {
    this.change({ peers: this.now.peers.map((peer) => (peer.id === peerId ? { ...peer, ...change } : peer)) });
  }

  item(peerId: string, id: string): TimelineItem | undefined {
    return this.peer(peerId)?.timeline.find((item) => item.id === id);
  }

  /** Tells the person what failed. The same failure about the same subject is told once. */
  notice(code: ErrorCode, about: { peerId?: string; subject?: string } = {}): void {
    const entry = {
      id: newId(),
      code,
      peerId: about.peerId ?? null,
      subject: (about.subject ?? '').slice(0, MAX_TITLE_LENGTH),
      at: Date.now(),
    };
    const others = this.now.notices.filter(
      (notice) => notice.code !== code || notice.peerId !== entry.peerId || notice.subject !== entry.subject,
    );
    this.change({ notices: [...others, entry].slice(-MAX_NOTICES) });
  }
}
