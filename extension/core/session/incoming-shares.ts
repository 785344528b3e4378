import type { ShareEnd, ShareMessage, Signal } from '../protocol/messages.ts';
import { newId } from '../shared/ids.ts';
import { AwaitedViewer } from './awaited-viewer.ts';
import type { EndedShare } from './live.ts';
import type { Session } from './session.ts';
import type { IncomingShare } from './state.ts';
import type { Store } from './store.ts';

/** A share of a peer that stays away this long is over; shorter losses heal. */
const LOST_PEER_MS = 120_000;
/** A viewer page opens within a fraction of a second. */
const PAGE_LIMIT_MS = 10_000;

/** A viewer page, as the core sees it. */
export interface Viewer {
  /** The sharer was asked; signals follow. Start over. */
  ready(iceServers: RTCIceServer[]): void;
  /** STUN and TURN for the next path: new ones, or new credentials. */
  iceServers(iceServers: RTCIceServer[]): void;
  signal(signal: Signal): void;
  ended(why: ShareEnd): void;
  /** The sharer has let go of the page; it may ask again. */
  dropped(): void;
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
  /** "Not now" was the person's last word on these. */
  readonly #declined = new Set<string>();
  readonly #lostTimers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: IncomingSharesOptions) {
    this.#options = options;
  }

  /** "Not now": it can still be opened later. The peer is told. */
  dismiss(shareId: string): void {
    const share = this.#options.store.now.incomingShares.find((share) => share.shareId === shareId);
    if (share?.status !== 'offered') return;
    this.#change(shareId, { status: 'dismissed' });
    this.#declined.add(shareId);
    this.#send(share.peerId, { type: 'share-decline', id: shareId });
  }

  /** A viewer page for this share is being opened: the sharer is asked now, and its offer waits for the page. Nothing where one watches it. */
  expect(peerId: string, shareId: string): void {
    if (!this.#find(peerId, shareId) || this.#viewers.has(shareId)) return;
    const awaited = new AwaitedViewer();
    const { leave } = this.watch(peerId, shareId, awaited);
    setTimeout(() => {
      if (this.#viewers.get(shareId)?.viewer === awaited) leave();
    }, PAGE_LIMIT_MS);
  }

  /** A viewer page of mine wants to see this share. Returns what it says and its end. */
  watch(peerId: string, shareId: string, viewer: Viewer): Watch {
    const share = this.#find(peerId, shareId);
    if (!share) {
      viewer.ended('stopped');
      return { signal: () => {}, leave: () => {} };
    }
    const id = this.#takeOver(shareId, viewer) ?? this.#start(peerId, shareId, viewer);
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
      // Without a session it could not be said, and a sharer that is connected again takes it for forgotten.
      if (this.#declined.has(share.shareId)) this.#send(peerId, { type: 'share-decline', id: share.shareId });
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
    if (watching?.id !== viewer) {
      // It may have gone while there was no link, or with a browser that was started anew: then the sharer doesn't know. Only
      // sharers offer, and what is answered is never answered back.
      const isOffer = signal.kind === 'description' && signal.type === 'offer';
      return isOffer ? this.#send(peerId, { type: 'share-leave', id, viewer }) : undefined;
    }
    // Only a viewer asks for a new path; a sharer looks for one.
    if (signal.kind === 'restart') return;
    const iceServers = this.#options.iceServers();
    if (iceServers !== watching.iceServers) watching.viewer.iceServers(iceServers);
    watching.iceServers = iceServers;
    watching.viewer.signal(signal);
  }

  /** The sharer's end of the connection to this viewer page has broken down. */
  dropped(peerId: string, { id, viewer }: Extract<ShareMessage, { type: 'share-leave' }>): void {
    const watching = this.#find(peerId, id) && this.#viewers.get(id);
    if (watching?.id === viewer) watching.viewer.dropped();
  }

  /** Lets a page take the place of the one that stood in for it. Returns the name that the sharer knows it by; null where it has to ask. */
  #takeOver(shareId: string, viewer: Viewer): string | null {
    const watching = this.#viewers.get(shareId);
    const signals = watching?.viewer instanceof AwaitedViewer ? watching.viewer.signals : null;
    if (!watching || !signals) return null;
    watching.viewer = viewer;
    watching.iceServers = this.#options.iceServers();
    viewer.ready(watching.iceServers);
    for (const signal of signals) viewer.signal(signal);
    return watching.id;
  }

  #start(peerId: string, shareId: string, viewer: Viewer): string {
    this.#viewers.get(shareId)?.viewer.replaced();
    const watching = { id: newId(), viewer, asked: false, iceServers: this.#options.iceServers() };
    this.#viewers.set(shareId, watching);
    this.#declined.delete(shareId);
    this.#change(shareId, { status: 'watching' });
    this.#askToWatch(peerId, shareId, watching);
    return watching.id;
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
    this.#declined.delete(share.shareId);
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
