import type { ShareMessage } from '../protocol/messages.ts';
import type { ErrorCode } from '../shared/errors.ts';
import { IncomingShares } from './incoming-shares.ts';
import { OutgoingShares } from './outgoing-shares.ts';
import type { Platform } from './platform.ts';
import type { Session } from './session.ts';
import { ShareAsks } from './share-asks.ts';
import type { ShareMedia } from './share-media.ts';
import type { IncomingShare } from './state.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

/** A share that is over, for the timeline. `startedAt` in ms since 1970. */
export interface EndedShare {
  readonly shareId: string;
  readonly peerId: string;
  readonly mine: boolean;
  readonly title: string;
  readonly source: IncomingShare['source'];
  readonly startedAt: number;
}

export interface LiveOptions {
  store: Store;
  timeline: Timeline;
  media: ShareMedia;
  platform: Pick<Platform, 'enterPage' | 'watchMuted' | 'openMicrophonePage'>;
  iceServers(): RTCIceServer[];
  session(peerId: string): Session | null;
  /** A peer shows something new. */
  onOffered(share: IncomingShare): void;
  /** Something is not shown to a peer, or no more; it is among the notices. */
  onFailed(peerId: string, code: ErrorCode): void;
  /** A peer asks to be shown something. */
  onAsked(peerId: string): void;
}

/**
 * What I show, what I am shown, and who asks to see something. The pictures themselves run between the sharer in this document and the viewer
 * page of the peer.
 */
export class Live {
  readonly outgoing: OutgoingShares;
  readonly incoming: IncomingShares;
  readonly asks: ShareAsks;
  readonly #timeline: Timeline;

  constructor(options: LiveOptions) {
    const { store, session } = options;
    this.#timeline = options.timeline;
    this.asks = new ShareAsks({ store, session, onAsked: options.onAsked });
    this.outgoing = new OutgoingShares({
      ...options,
      onStarted: (peerId) => this.asks.answered(peerId, false),
      fail: (code, about) => {
        store.notice(code, about);
        options.onFailed(about.peerId, code);
      },
      onEnded: (share) => this.#remember(share),
    });
    this.incoming = new IncomingShares({
      store,
      session,
      iceServers: options.iceServers,
      onOffered: (share) => {
        this.asks.answered(share.peerId, true);
        options.onOffered(share);
      },
      onEnded: (share) => this.#remember(share),
    });
  }

  /** The peer is connected (again) and names what it shows. */
  connected(peerId: string, theirShareId: string | null): void {
    this.incoming.connected(peerId, theirShareId);
    this.outgoing.connected(peerId);
  }

  /** The session goes on over another link. What I am shown goes on; a greeting may be older than what was said over the link before it. */
  switched(peerId: string): void {
    this.outgoing.switched(peerId);
    this.asks.switched(peerId);
  }

  disconnected(peerId: string): void {
    this.incoming.disconnected(peerId);
    this.asks.disconnected(peerId);
  }

  /** The network of this device is another one, or is back: what is shown in either direction looks for a new path at once. */
  networkChanged(): void {
    this.outgoing.networkChanged();
    this.incoming.networkChanged();
  }

  /** This peer is no more looked for: forgotten, unpaired or blocked. */
  removed(peerId: string): void {
    this.outgoing.removed(peerId);
    this.incoming.removed(peerId);
    this.asks.disconnected(peerId);
  }

  receive(peerId: string, message: ShareMessage): void {
    switch (message.type) {
      case 'share-ask':
        // Asked while the answer was on its way.
        if (this.outgoing.shownTo(peerId)) return;
        return this.asks.receive(peerId, message);
      case 'share-ask-end':
        return this.asks.receive(peerId, message);
      case 'share-offer':
        return this.incoming.offered(peerId, message);
      case 'share-stop':
        return this.incoming.stopped(peerId, message.id, message.why);
      case 'share-watch':
      case 'share-decline':
        return this.outgoing.receive(peerId, message);
      case 'share-leave':
        // Either side may end the connection of a viewer page.
        this.outgoing.receive(peerId, message);
        return this.incoming.dropped(peerId, message);
      case 'share-signal':
        // Both may show something at once: the share's id tells whose it is.
        this.outgoing.receive(peerId, message);
        return this.incoming.signal(peerId, message);
    }
  }

  #remember({ shareId: id, peerId, mine, title, source, startedAt }: EndedShare): void {
    const at = Date.now();
    const durationMs = Math.max(0, at - startedAt);
    void this.#timeline.add({ kind: 'share', id, peerId, mine, at, title, source, durationMs });
  }
}
