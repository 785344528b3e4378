import { keepAudible } from '../media/audible.ts';
import { captureTab, pickSource, type Size } from '../media/capture.ts';
import { Sharer } from '../media/sharer.ts';
import type { ShareEnd, ShareMessage, Signal } from '../protocol/messages.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Session } from './session.ts';
import type { IncomingShare } from './state.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

/** A share of a peer that stays away this long is over; shorter losses heal. */
const LOST_PEER_MS = 60_000;

/** A viewer page, as the core sees it. */
export interface Viewer {
  ready(): void;
  signal(signal: Signal): void;
  ended(why: ShareEnd): void;
  /** Another viewer page shows the share now. */
  replaced(): void;
}

export interface LiveOptions {
  store: Store;
  timeline: Timeline;
  iceServers: RTCIceServer[];
  session(peerId: string): Session | null;
  /** A peer shows something new. */
  onOffered(share: IncomingShare): void;
}

const NEW_SHARE = {
  source: 'tab',
  tabId: null,
  page: null,
  pause: null,
  trouble: null,
  quality: 'auto',
  content: null,
  soundOn: true,
  voice: 'off',
  peerVoice: false,
  pointing: true,
  reach: 'none',
} as const;

interface Outgoing {
  id: string;
  peerId: string;
  abort: AbortController;
  sharer: Sharer | null;
  silence: () => void;
}

interface Watching {
  id: string;
  viewer: Viewer;
  /** Whether there was a session to ask over. */
  asked: boolean;
}

/** What I show and what I am shown. The pictures themselves run between the sharer here and the peer's viewer page. */
export class Live {
  readonly #options: LiveOptions;
  readonly #viewers = new Map<string, Watching>();
  readonly #lostTimers = new Map<string, ReturnType<typeof setTimeout>>();
  #outgoing: Outgoing | null = null;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** What this peer is shown right now. */
  shareWith(peerId: string): string | null {
    const share = this.#options.store.now.outgoingShare;
    return share && share.peerId === peerId && share.status !== 'starting' ? share.shareId : null;
  }

  /** Starts with a tab that the worker minted a capture id for. Errors become notices. */
  shareTab(peerId: string, tab: { streamId: string; tabId: number; title: string; size: Size | null }): Promise<void> {
    const capture = (signal: AbortSignal) => captureTab(tab.streamId, signal, tab.size ?? undefined);
    return this.#start(peerId, tab.title, capture, keepAudible);
  }

  /** Starts with what the person picks in the browser's own dialog. Errors become notices. */
  sharePicked(peerId: string): Promise<void> {
    return this.#start(peerId, '', pickSource, () => () => {});
  }

  /** A share failed before it reached this document. */
  failed(peerId: string, code: ErrorCode, title: string): void {
    this.#options.store.notice(code, { peerId, subject: title });
  }

  stop(): void {
    const outgoing = this.#outgoing;
    const share = this.#options.store.now.outgoingShare;
    if (!outgoing || !share) return;
    this.#outgoing = null;
    outgoing.abort.abort();
    outgoing.sharer?.close();
    outgoing.silence();
    this.#options.store.change({ outgoingShare: null });
    if (share.status === 'starting') return;
    this.#send(outgoing.peerId, { type: 'share-stop', id: outgoing.id, why: 'stopped' });
    this.#remember(outgoing.peerId, outgoing.id, true, share.title, share.startedAt);
  }

  dismiss(shareId: string): void {
    this.#changeIncoming(shareId, { status: 'dismissed' });
  }

  /** A viewer page of mine wants to see this share. Returns what it says and its end. */
  watch(peerId: string, shareId: string, viewer: Viewer): { signal(signal: Signal): void; leave(): void } {
    const share = this.#incoming(peerId, shareId);
    if (!share) {
      viewer.ended('stopped');
      return { signal: () => {}, leave: () => {} };
    }
    this.#viewers.get(shareId)?.viewer.replaced();
    const id = newId();
    const watching = { id, viewer, asked: false };
    this.#viewers.set(shareId, watching);
    this.#changeIncoming(shareId, { status: 'watching' });
    this.#askToWatch(peerId, shareId, watching);
    const current = () => this.#viewers.get(shareId)?.id === id;
    return {
      signal: (signal) => {
        if (current()) this.#send(peerId, { type: 'share-signal', id: shareId, viewer: id, signal });
      },
      leave: () => {
        if (!current()) return;
        this.#viewers.delete(shareId);
        this.#changeIncoming(shareId, { status: 'dismissed' });
        this.#send(peerId, { type: 'share-leave', id: shareId, viewer: id });
      },
    };
  }

  /** The peer is connected (again) and names what it shows. */
  connected(peerId: string, theirShareId: string | null): void {
    clearTimeout(this.#lostTimers.get(peerId));
    for (const share of this.#options.store.now.incomingShares) {
      if (share.peerId === peerId && share.shareId !== theirShareId) this.#endIncoming(share);
    }
    if (this.shareWith(peerId)) this.#offer();
    // A viewer page that asked while there was no link asks again.
    for (const share of this.#options.store.now.incomingShares) {
      const watching = share.peerId === peerId && this.#viewers.get(share.shareId);
      if (watching && !watching.asked) this.#askToWatch(peerId, share.shareId, watching);
    }
  }

  disconnected(peerId: string): void {
    clearTimeout(this.#lostTimers.get(peerId));
    this.#lostTimers.set(
      peerId,
      setTimeout(() => this.#endAllFrom(peerId), LOST_PEER_MS),
    );
  }

  /** The peer was forgotten. */
  removed(peerId: string): void {
    clearTimeout(this.#lostTimers.get(peerId));
    if (this.#outgoing?.peerId === peerId) this.stop();
    this.#endAllFrom(peerId);
  }

  receive(peerId: string, message: ShareMessage): void {
    const outgoing = this.#outgoing?.id === message.id && this.#outgoing.peerId === peerId ? this.#outgoing : null;
    const incoming = this.#incoming(peerId, message.id);
    switch (message.type) {
      case 'share-offer':
        return this.#offered(peerId, message);
      case 'share-stop':
        return incoming && this.#endIncoming(incoming);
      case 'share-ask':
      case 'share-ask-end':
        return;
      case 'share-watch':
        if (outgoing?.sharer) outgoing.sharer.watch(message.viewer);
        else this.#send(peerId, { type: 'share-stop', id: message.id, why: 'stopped' });
        return;
      case 'share-leave':
        return outgoing?.sharer?.leave(message.viewer);
      case 'share-signal': {
        void outgoing?.sharer?.receive(message.viewer, message.signal);
        const watching = incoming && this.#viewers.get(message.id);
        if (watching?.id === message.viewer) watching.viewer.signal(message.signal);
      }
    }
  }

  async #start(
    peerId: string,
    title: string,
    open: (signal: AbortSignal) => Promise<MediaStream>,
    audible: (stream: MediaStream) => () => void,
  ): Promise<void> {
    const { store } = this.#options;
    if (!store.peer(peerId)) return store.notice('peer-unknown');
    if (this.#outgoing) return store.notice('share-busy', { peerId, subject: title });
    const outgoing: Outgoing = { id: newId(), peerId, abort: new AbortController(), sharer: null, silence: () => {} };
    this.#outgoing = outgoing;
    const base = {
      ...NEW_SHARE,
      shareId: outgoing.id,
      peerId,
      title,
      hasAudio: false,
      startedAt: Date.now(),
    };
    store.change({ outgoingShare: { ...base, status: 'starting' } });
    try {
      if (!this.#options.session(peerId)) throw new AppError('peer-offline');
      const stream = await open(outgoing.abort.signal);
      const hasAudio = stream.getAudioTracks().length > 0;
      outgoing.silence = audible(stream);
      outgoing.sharer = this.#sharer(outgoing, stream);
      store.change({
        outgoingShare: { ...base, title: title || label(stream), hasAudio, startedAt: Date.now(), status: 'offered' },
      });
      this.#offer();
    } catch (error) {
      if (this.#outgoing !== outgoing) return; // Stopped meanwhile, on purpose.
      this.#outgoing = null;
      store.change({ outgoingShare: null });
      if (errorCode(error) !== 'capture-cancelled') store.notice(errorCode(error), { peerId, subject: title });
    }
  }

  #sharer(outgoing: Outgoing, stream: MediaStream): Sharer {
    return new Sharer({
      stream,
      iceServers: this.#options.iceServers,
      send: (viewer, signal) => this.#send(outgoing.peerId, { type: 'share-signal', id: outgoing.id, viewer, signal }),
      onWatching: (watching) => {
        const share = this.#options.store.now.outgoingShare;
        if (share?.shareId !== outgoing.id) return;
        this.#options.store.change({ outgoingShare: { ...share, status: watching ? 'live' : 'offered' } });
      },
      onEnded: () => this.stop(),
      onError: (error) => this.#options.store.notice(error.code, { peerId: outgoing.peerId }),
    });
  }

  #offer(): void {
    const share = this.#options.store.now.outgoingShare;
    if (!share || share.status === 'starting') return;
    const { shareId: id, title, hasAudio, source, page, pause, trouble } = share;
    const pointing = share.pointing && share.reach === 'page';
    this.#send(share.peerId, { type: 'share-offer', id, title, source, hasAudio, page, pause, trouble, pointing });
  }

  #offered(peerId: string, message: Extract<ShareMessage, { type: 'share-offer' }>): void {
    if (this.#incoming(peerId, message.id)) return; // Told again after a reconnect.
    const { id: shareId, type: _, ...shown } = message;
    const share: IncomingShare = { ...shown, shareId, peerId, startedAt: Date.now(), status: 'offered' };
    // A peer shows one thing at a time.
    for (const old of this.#options.store.now.incomingShares) if (old.peerId === peerId) this.#endIncoming(old);
    this.#options.store.change({ incomingShares: [...this.#options.store.now.incomingShares, share] });
    this.#options.onOffered(share);
  }

  #askToWatch(peerId: string, shareId: string, watching: Watching): void {
    watching.asked = this.#options.session(peerId) !== null;
    watching.viewer.ready();
    this.#send(peerId, { type: 'share-watch', id: shareId, viewer: watching.id });
  }

  #endAllFrom(peerId: string): void {
    for (const share of this.#options.store.now.incomingShares) if (share.peerId === peerId) this.#endIncoming(share);
  }

  #endIncoming(share: IncomingShare): void {
    const rest = this.#options.store.now.incomingShares.filter((entry) => entry.shareId !== share.shareId);
    this.#options.store.change({ incomingShares: rest });
    this.#viewers.get(share.shareId)?.viewer.ended('stopped');
    this.#viewers.delete(share.shareId);
    this.#remember(share.peerId, share.shareId, false, share.title, share.startedAt);
  }

  #remember(peerId: string, id: string, mine: boolean, title: string, startedAt: number): void {
    const durationMs = Math.max(0, Date.now() - startedAt);
    const item = { kind: 'share' as const, id, peerId, mine, at: Date.now(), title, durationMs };
    void this.#options.timeline.add(item);
  }

  #incoming(peerId: string, shareId: string): IncomingShare | undefined {
    return this.#options.store.now.incomingShares.find((share) => share.shareId === shareId && share.peerId === peerId);
  }

  #changeIncoming(shareId: string, change: Partial<IncomingShare>): void {
    const incomingShares = this.#options.store.now.incomingShares.map((share) =>
      share.shareId === shareId ? { ...share, ...change } : share,
    );
    this.#options.store.change({ incomingShares });
  }

  #send(peerId: string, message: ShareMessage): void {
    // What a share says is void with its link: after a reconnect it is negotiated anew.
    this.#options
      .session(peerId)
      ?.channel.send(message)
      .catch(() => {});
  }
}

function label(stream: MediaStream): string {
  return stream.getVideoTracks()[0]?.label.slice(0, 300) ?? '';
}
