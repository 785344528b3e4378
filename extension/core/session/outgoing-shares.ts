import { stopTracks } from '../media/tracks.ts';
import type { ShareMessage } from '../protocol/messages.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { EndedShare } from './live.ts';
import type { Platform } from './platform.ts';
import { RunningShare } from './running-share.ts';
import type { Session } from './session.ts';
import type { ShareMedia } from './share-media.ts';
import type { Source } from './share-source.ts';
import type { PageListener, PagePort } from './shared-page.ts';
import type { Store } from './store.ts';

/** A tab whose capture id the worker minted. */
export interface CapturedTab {
  readonly streamId: string;
  readonly tabId: number;
  readonly title: string;
}

/** What is not shown: a title, or empty, and to whom. */
export interface ShareSubject {
  readonly peerId: string;
  readonly subject: string;
}

export interface OutgoingSharesOptions {
  store: Store;
  media: ShareMedia;
  platform: Pick<Platform, 'enterPage' | 'watchMuted' | 'openMicrophonePage'>;
  iceServers(): RTCIceServer[];
  session(peerId: string): Session | null;
  /** Something is captured and offered to this peer. */
  onStarted(peerId: string): void;
  /** Tells the person that something is not shown to this peer, or no more. */
  fail(code: ErrorCode, about: ShareSubject): void;
  onEnded(share: EndedShare): void;
}

/** What I show: one thing at a time, to one peer. */
export class OutgoingShares {
  readonly #options: OutgoingSharesOptions;
  #running: RunningShare | null = null;

  constructor(options: OutgoingSharesOptions) {
    this.#options = options;
  }

  /** The share itself, for what a person does with it; null when nothing is shown. */
  get running(): RunningShare | null {
    return this.#running;
  }

  /** What this peer is shown right now. */
  shownTo(peerId: string): string | null {
    const share = this.#running;
    return share?.peerId === peerId && share.isOffered ? share.id : null;
  }

  /** Shows a tab: a new share, or another source for the one that this peer sees. Errors become notices. */
  showTab(peerId: string, { streamId, tabId, title }: CapturedTab): Promise<void> {
    const { media, platform } = this.#options;
    return this.#show(peerId, {
      title,
      tabId,
      open: (signal) => media.captureTab(streamId, signal),
      keep: (stream) => media.keepAudible(stream, (listener) => platform.watchMuted(tabId, listener)),
      discard: stopTracks,
    });
  }

  /** The same with what the person picks in the browser's own dialog, which stays audible by itself. */
  showPicked(peerId: string): Promise<void> {
    const { media } = this.#options;
    const open = (signal: AbortSignal) => media.pickSource(signal);
    const keep = (stream: MediaStream) => () => media.releasePicked(stream);
    const discard = (stream: MediaStream) => {
      stopTracks(stream);
      media.releasePicked(stream);
    };
    return this.#show(peerId, { title: '', tabId: null, open, keep, discard });
  }

  /** A tab could not be shown: the worker was refused its capture id. */
  failed(peerId: string, { code, tabId, title }: { code: ErrorCode; tabId: number; title: string }): void {
    const about = { peerId, subject: title };
    if (code !== 'share-busy') return this.#options.fail(code, about);
    // The tab is captured already: by another extension, or by us. Then it was asked for twice, or for somebody else.
    const isOurs = this.#running?.tabId === tabId;
    if (isOurs && this.#running?.peerId === peerId) return;
    this.#options.fail(isOurs ? 'share-busy' : 'capture-taken', about);
  }

  stop(): void {
    this.#running?.end('stopped');
  }

  /** The peer is connected (again): it is told what it is shown. */
  connected(peerId: string): void {
    if (this.#running?.peerId === peerId) this.#running.peerReturned();
  }

  /** The session goes on over another link. */
  switched(peerId: string): void {
    if (this.#running?.peerId === peerId) this.#running.offerAgain();
  }

  /** The network of this device is another one, or is back. */
  networkChanged(): void {
    this.#running?.networkChanged();
  }

  /** This peer is no more looked for. */
  removed(peerId: string): void {
    if (this.#running?.peerId === peerId) this.#running.end('stopped');
  }

  receive(
    peerId: string,
    message: Extract<ShareMessage, { type: 'share-watch' | 'share-leave' | 'share-decline' | 'share-signal' }>,
  ): void {
    const share = this.shownTo(peerId) === message.id ? this.#running : null;
    if (share) return share.receive(message);
    if (message.type !== 'share-watch') return;
    const gone: ShareMessage = { type: 'share-stop', id: message.id, why: 'stopped' };
    this.#options
      .session(peerId)
      ?.channel.send(gone)
      .catch(() => {});
  }

  /** The script in the page of this tab is there. Null when that tab isn't shown: then it has no business there. */
  pageConnected(tabId: number, port: PagePort): PageListener | null {
    return this.#running?.pageConnected(tabId, port) ?? null;
  }

  async #show(peerId: string, source: Source): Promise<void> {
    const { store, fail, onStarted, onEnded } = this.#options;
    if (!store.peer(peerId)) return store.notice('peer-unknown');
    const running = this.#running;
    if (running) {
      if (running.peerId === peerId && running.isOffered) return running.switchTo(source);
      // Two clicks on one button are one wish.
      const isSame = running.peerId === peerId && running.tabId === source.tabId;
      return isSame ? undefined : fail('share-busy', { peerId, subject: source.title });
    }
    const share = new RunningShare({
      ...this.#options,
      peerId,
      onOffered: () => onStarted(peerId),
      onEnded: (ended) => {
        this.#running = null;
        if (ended) onEnded(ended);
      },
    });
    this.#running = share;
    await share.start(source);
  }
}
