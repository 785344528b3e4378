import type { ShareMessage } from '../protocol/messages.ts';
import type { Session } from './session.ts';
import type { OutgoingShare } from './state.ts';
import type { Store } from './store.ts';

/** A page may change its title at every frame; nobody reads that. The first change is told at once, the next ones together after this. */
const TELL_PAUSE_MS = 200;

export interface ShareRecordOptions {
  id: string;
  peerId: string;
  store: Store;
  session(peerId: string): Session | null;
}

/** What I show as it stands in the state, and as the peer was told: it hears of every change that concerns it, by the whole offer again. */
export class ShareRecord {
  readonly id: string;
  readonly peerId: string;
  readonly #options: ShareRecordOptions;
  #isOver = false;
  #told = '';
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: ShareRecordOptions) {
    this.id = options.id;
    this.peerId = options.peerId;
    this.#options = options;
  }

  /** The share as the views see it; null before it begins and once it is over. */
  get now(): OutgoingShare | null {
    const share = this.#options.store.now.outgoingShare;
    return share?.shareId === this.id ? share : null;
  }

  begin(share: Omit<OutgoingShare, 'shareId' | 'peerId'>): void {
    this.#options.store.change({ outgoingShare: { ...share, shareId: this.id, peerId: this.peerId } });
  }

  change(change: Partial<OutgoingShare>): void {
    const share = this.now;
    if (!share || this.#isOver) return;
    this.#options.store.change({ outgoingShare: { ...share, ...change } });
    this.#tell();
  }

  /** There is a new link: the peer is told all of it again. */
  tellAgain(): void {
    this.#told = '';
    this.#tellNow();
  }

  /** Takes it out of the state. Nothing changes or is told afterwards. */
  end(): void {
    this.#isOver = true;
    this.#stopWaiting();
    if (this.now) this.#options.store.change({ outgoingShare: null });
  }

  /** Says something to the peer. What a share says is void with its link: after a reconnect it is negotiated anew. */
  send(message: ShareMessage): void {
    this.#options
      .session(this.peerId)
      ?.channel.send(message)
      .catch(() => {});
  }

  #tell(): void {
    if (this.#timer) return;
    if (!this.#tellNow()) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#tell();
    }, TELL_PAUSE_MS);
  }

  /** Returns whether there was something new. */
  #tellNow(): boolean {
    const share = this.now;
    if (!share || share.status === 'starting' || this.#isOver) return false;
    const offer = offerOf(share);
    const told = JSON.stringify(offer);
    if (told === this.#told) return false;
    this.#told = told;
    this.send(offer);
    return true;
  }

  #stopWaiting(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Whether the peer's pointer can be seen: not over a picture that is held, the page may look otherwise by now. */
export function canPoint(share: OutgoingShare): boolean {
  return share.pointing && share.reach === 'page' && share.pause === null;
}

function offerOf(share: OutgoingShare): ShareMessage {
  const { shareId: id, title, source, page, pause, trouble } = share;
  const hasAudio = share.hasAudio && share.soundOn;
  return { type: 'share-offer', id, title, source, hasAudio, page, pause, trouble, pointing: canPoint(share) };
}
