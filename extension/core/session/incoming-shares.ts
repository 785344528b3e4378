import type { ShareEnd, ShareMessage, Signal } from '../protocol/messages.ts';
import { newId } from '../shared/ids.ts';
import type { EndedShare } from './live.ts';
import type { Session } from './session.ts';
import type { IncomingShare } from './state.ts';
import type { Store } from './store.ts';

/** A share of a peer that stays away this long is over; shorter losses heal. */
const LOST_PEER_MS = 120_000;

/** A viewer page, as the core sees it. */
export interface Viewer {
  /** The sharer was asked; signals follow. Start over. */
  ready(iceServers: RTCIceServer[]): void;
  /** STUN and TURN for the next path: new ones, or new credentials. */
  iceServers(iceServers: RTCIceServer[]): void;
  signal(signal: Signal): void;
  ended(why: ShareEnd): void;
  /** Another viewer page shows the share now. */
  replaced(): void;
}

/** What a viewer page says to the share that it watches. */
export interface Watch {
  signal(signal: Signal): void;
  leave(): void;
}

interface Watching {
  id: string;
  viewer: Viewer;
  /** Whether there was a session to ask over. */
  asked: boolean;
  /** The list that the page has. */
  iceServers: RTCIceServer[];
}

export interface IncomingSharesOptions {
  store: Store;
  iceServers(): RTCIceServer[];
  session(peerId: string): Session | null;
  /** A peer shows something new. */
  onOffered(share: IncomingShare): void;
  onEnded(share: EndedShare): void;
}

/** What I am shown, and the viewer pages that watch it: one thing a peer, one page a share. */
export class IncomingShares {
  readonly #options: IncomingSharesOptions;
  readonly #viewers = new Map<string, Watching>();
  readonly #lostTimers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: IncomingSharesOptions) {
    this.#options = options;
  }

  /** "Not now": it can still be opened later. */
  dismiss(shareId: string): void {
    this.#change(shareId, { status: 'dismissed' });
  }

  /** A viewer page of mine wants to see this share. Returns what it says and its end. */
  watch(peerId: string, shareId: string, viewer: Viewer): Watch {
    const share = this.#find(peerId, shareId);
    if (!share) {
      viewer.ended('stopped');
      return { signal: () => {}, leave: () => {} };
    }
    this.#viewers.get(shareId)?.viewer.replaced();
    const id = newId();
    const watching = { id, viewer, asked: false, iceServers: this.#options.iceServers() };
    this.#viewers.set(shareId, watching);
    this.#change(shareId, { status: 'watching' });
    this.#askToWatch(peerId, shareId, watching);
    const isCurrent = () => this.#viewers.get(shareId)?.id === id;
    return {
      signal: (signal) => {
        if (isCurrent()) this.#send(peerId, { type: 'share-signal', id: shareId, viewer: id, signal });
      },
      leave: () => {
        if (!isCurrent()) return;
        this.#viewers.delete(shareId);
        this.#change(shareId, { status: 'dismissed' });
        this.#send(peerId, { type: 'share-leave', id: shareId, viewer: id });
      },
    };
  }

  /** The peer is connected (again) and names what it shows. */
  connected(peerId: string, theirShareId: string | null): void {
    clearTimeout(this.#lostTimers.get(peerId));
    for (const share of this.#from(peerId)) if (share.shareId !== theirShareId) this.#end(share, 'stopped');
    // A viewer page that asked while there was no link asks again.
    for (const share of this.#from(peerId)) {
      const watching = this.#viewers.get(share.shareId);
      if (watching && !watching.asked) this.#askToWatch(peerId, share.shareId, watching);
    }
  }

  disconnected(peerId: string): void {
    clearTimeout(this.#lostTimers.get(peerId));
    this.#lostTimers.set(
      peerId,
      setTimeout(() => this.#endAll(peerId, 'failed'), LOST_PEER_MS),
    );
  }

  /** The network of this device is another one, or is back: whoever shows something looks for a new path. */
  networkChanged(): void {
    for (const [shareId, { id: viewer }] of this.#viewers) {
      const share = this.#options.store.now.incomingShares.find((share) => share.shareId === shareId);
      const signal = { kind: 'restart' as const };
      if (share) this.#send(share.peerId, { type: 'share-signal', id: shareId, viewer, signal });
    }
  }

  /** This peer is no more looked for. */
  removed(peerId: string): void {
    clearTimeout(this.#lostTimers.get(peerId));
    this.#endAll(peerId, 'stopped');
  }

  /** The peer shows something, or tells how it has changed. */
  offered(peerId: string, { id: shareId, type: _, ...shown }: Extract<ShareMessage, { type: 'share-offer' }>): void {
    if (this.#find(peerId, shareId)) return this.#change(shareId, shown);
    const share: IncomingShare = { ...shown, shareId, peerId, startedAt: Date.now(), status: 'offered' };
    // A peer shows one thing at a time.
    for (const old of this.#from(peerId)) this.#end(old, 'stopped');
    const { store } = this.#options;
    store.change({ incomingShares: [...store.now.incomingShares, share] });
    this.#options.onOffered(share);
  }

  stopped(peerId: string, shareId: string, why: ShareEnd): void {
    const share = this.#find(peerId, shareId);
    if (share) this.#end(share, why);
  }

  /** The sharer says something to the viewer page of this name. */
  signal(peerId: string, { id, viewer, signal }: Extract<ShareMessage, { type: 'share-signal' }>): void {
    const watching = this.#find(peerId, id) && this.#viewers.get(id);
    // Only a viewer asks for a new path; a sharer looks for one.
    if (watching?.id !== viewer || signal.kind === 'restart') return;
    const iceServers = this.#options.iceServers();
    if (iceServers !== watching.iceServers) watching.viewer.iceServers(iceServers);
    watching.iceServers = iceServers;
    watching.viewer.signal(signal);
  }

  #askToWatch(peerId: string, shareId: string, watching: Watching): void {
    watching.asked = this.#options.session(peerId) !== null;
    watching.iceServers = this.#options.iceServers();
    watching.viewer.ready(watching.iceServers);
    this.#send(peerId, { type: 'share-watch', id: shareId, viewer: watching.id });
  }

  #endAll(peerId: string, why: ShareEnd): void {
    for (const share of this.#from(peerId)) this.#end(share, why);
  }

  #end(share: IncomingShare, why: ShareEnd): void {
    const { store } = this.#options;
    store.change({ incomingShares: store.now.incomingShares.filter(({ shareId }) => shareId !== share.shareId) });
    this.#viewers.get(share.shareId)?.viewer.ended(why);
    this.#viewers.delete(share.shareId);
    this.#options.onEnded({ ...share, mine: false });
  }

  #from(peerId: string): IncomingShare[] {
    return this.#options.store.now.incomingShares.filter((share) => share.peerId === peerId);
  }

  #find(peerId: string, shareId: string): IncomingShare | undefined {
    return this.#from(peerId).find((share) => share.shareId === shareId);
  }

  #change(shareId: string, change: Partial<IncomingShare>): void {
    const { store } = this.#options;
    const incomingShares = store.now.incomingShares.map((share) =>
      share.shareId === shareId ? { ...share, ...change } : share,
    );
    store.change({ incomingShares });
  }

  #send(peerId: string, message: ShareMessage): void {
    // What a share says is void with its link: after a reconnect it is negotiated anew.
    this.#options
      .session(peerId)
      ?.channel.send(message)
      .catch(() => {});
  }
}
