import type { Sharer } from '../media/sharer.ts';
import type { ShareEnd, ShareMessage, SharePause } from '../protocol/messages.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { EndedShare } from './live.ts';
import { MediaPath } from './media-path.ts';
import type { OutgoingSharesOptions } from './outgoing-shares.ts';
import { OwnVoice } from './own-voice.ts';
import { PageGuard } from './page-guard.ts';
import { ShareRecord } from './share-record.ts';
import { NEW_SHARE, type Source, sourceOf } from './share-source.ts';
import { ShareTroubles } from './share-troubles.ts';
import type { PageListener, PagePort } from './shared-page.ts';
import type { ShareQuality } from './state.ts';
import { WatchGate } from './watch-gate.ts';

/** Nothing that this browser sends can be shown there, or it can't send at all: to watch again would not help. */
const LASTING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['share-no-codec', 'webrtc-blocked']);

export interface RunningShareOptions
  extends Pick<OutgoingSharesOptions, 'store' | 'media' | 'platform' | 'iceServers' | 'session' | 'fail'> {
  peerId: string;
  onOffered(): void;
  /** Null when it never began. */
  onEnded(share: EndedShare | null): void;
}

/** One share, from the click to its end. */
export class RunningShare {
  readonly id = newId();
  readonly peerId: string;
  readonly #options: RunningShareOptions;
  readonly #ending = new AbortController();
  readonly #record: ShareRecord;
  readonly #voice: OwnVoice;
  readonly #path = new MediaPath({
    isRelayed: () => this.#options.session(this.peerId)?.link?.path === 'relay',
    onMissing: () => this.#needsTurn(),
  });
  readonly #troubles = new ShareTroubles((trouble) => this.#record.change({ trouble }));
  readonly #viewers = new WatchGate((viewer) => this.#sharer?.watch(viewer));
  #sharer: Pick<Sharer, keyof Sharer> | null = null;
  #page: PageGuard | null = null;
  #letGo: () => void = () => {};
  /** Whether it is held until it is known if there is a password in the page that it went over to. */
  #isLooking = false;
  /** A source that is being opened. */
  #opening: AbortController | null = null;

  constructor(options: RunningShareOptions) {
    const { media, peerId, platform, session, store } = options;
    this.#options = options;
    this.peerId = peerId;
    this.#record = new ShareRecord({ id: this.id, peerId, store, session });
    this.#voice = new OwnVoice({
      openMicrophone: (signal) => media.openMicrophone(signal),
      mayAsk: () => media.mayAskForMicrophone(),
      openPage: () => platform.openMicrophonePage(),
      onChange: (voice, track) => {
        this.#sharer?.setVoice(track);
        this.#record.change({ voice });
      },
      onError: (code) => store.notice(code, { peerId }),
    });
  }

  /** Whether something is captured, and the peer can watch it. */
  get isOffered(): boolean {
    return this.#sharer !== null;
  }

  /** The tab that is shown, or about to be. */
  get tabId(): number | null {
    return this.#record.now?.tabId ?? null;
  }

  /** Opens the source and offers it. Errors become notices. */
  async start(source: Source): Promise<void> {
    const { session, onOffered, onEnded } = this.#options;
    const { title, tabId } = source;
    this.#record.begin({ ...NEW_SHARE, title, tabId, startedAt: Date.now() });
    try {
      if (!session(this.peerId)) throw new AppError('peer-offline');
      await this.#open(source);
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.#close();
      onEnded(null);
      return this.#tellFailure(error, title);
    }
    onOffered();
  }

  /** Shows another source from now on, without a new call; the one before stays if that fails. Errors become notices. */
  async switchTo(source: Source): Promise<void> {
    await this.#open(source).catch((error) => this.#tellFailure(error, source.title));
  }

  /** Ends it on both sides; nothing is captured any more. Idempotent. */
  end(why: ShareEnd): void {
    if (this.#ending.signal.aborted) return;
    const share = this.isOffered ? this.#record.now : null;
    this.#close();
    if (share) this.#record.send({ type: 'share-stop', id: this.id, why });
    this.#options.onEnded(share && { ...share, mine: true });
  }

  /** The person holds it, or goes on, whatever held it; what came in between may hold it once more. */
  pause(paused: boolean): void {
    this.#hold(paused ? 'person' : (this.#page?.nextPause() ?? null));
  }

  setQuality(quality: ShareQuality): void {
    this.#sharer?.setQuality(quality);
    this.#record.change({ quality });
  }

  /** Whether the sound of the source goes out. */
  setSound(on: boolean): void {
    this.#sharer?.setSound(on);
    this.#record.change({ soundOn: on });
  }

  /** My microphone. Errors become notices. */
  async setVoice(on: boolean): Promise<void> {
    if (this.#sharer) await this.#voice.turn(on);
  }

  /** The person has answered for the microphone. */
  async microphoneAnswered(allowed: boolean): Promise<void> {
    await this.#voice.answered(allowed);
  }

  /** Whether the peer may point. */
  setPointing(on: boolean): void {
    this.#record.change({ pointing: on });
    if (!on) this.#page?.away();
  }

  /** The icon was clicked on a tab: leave for its page is there. */
  async reach(tabId: number): Promise<void> {
    if (this.#page?.tabId === tabId) await this.#page.enter();
  }

  /** A tab of this browser loads a page. */
  tabLoads(tabId: number): void {
    if (this.#page?.tabId === tabId) this.#page.loads();
  }

  /** The script in the page of a tab is there. Null when that tab isn't shown. */
  pageConnected(tabId: number, port: PagePort): PageListener | null {
    return this.#page?.tabId === tabId ? this.#page.connected(port) : null;
  }

  /** The peer is connected again. It may have been started anew, and what it said before says it again if that still holds. */
  peerReturned(): void {
    this.#setDeclined(false);
    this.offerAgain();
  }

  /** There is a new link: the peer is told all of it, and the picture looks for its own way anew. */
  offerAgain(): void {
    this.#record.tellAgain();
    this.#path.look();
    this.#sharer?.findPath();
  }

  /** The network is another one, or is back. */
  networkChanged(): void {
    this.#sharer?.findPath();
  }

  receive(
    message: Extract<ShareMessage, { type: 'share-watch' | 'share-leave' | 'share-decline' | 'share-signal' }>,
  ): void {
    switch (message.type) {
      case 'share-watch':
        this.#setDeclined(false);
        return this.#viewers.watch(message.viewer);
      case 'share-decline':
        return this.#setDeclined(true);
      case 'share-leave':
        this.#viewers.leave(message.viewer);
        return this.#sharer?.leave(message.viewer);
      case 'share-signal':
        return void this.#sharer?.receive(message.viewer, message.signal);
    }
  }

  /** Whether the peer has said that it would rather not look now. */
  #setDeclined(declined: boolean): void {
    const [before, after] = declined ? (['offered', 'declined'] as const) : (['declined', 'offered'] as const);
    if (this.#record.now?.status === before) this.#record.change({ status: after });
  }

  async #open(source: Source): Promise<void> {
    // Of two switches the later one counts.
    this.#opening?.abort(new AppError('capture-cancelled'));
    const opening = new AbortController();
    this.#opening = opening;
    const signal = AbortSignal.any([this.#ending.signal, opening.signal]);
    const stream = await source.open(signal);
    try {
      signal.throwIfAborted();
      this.#show(source, stream);
    } catch (error) {
      source.discard(stream);
      throw error;
    }
  }

  #show(source: Source, stream: MediaStream): void {
    const { tabId, title } = source;
    this.#page?.close();
    this.#troubles.clearPage();
    this.#page = tabId === null ? null : this.#newPage(tabId);
    const isFirst = this.#sharer === null;
    // Of the first source nothing goes out before somebody watches.
    this.#isLooking = !isFirst && (this.#page?.mindsPasswords ?? false);
    if (this.#isLooking) this.#sharer?.pause(true);
    if (this.#sharer) this.#sharer.replace(stream);
    else this.#sharer = this.#newSharer(stream);
    this.#letGo();
    this.#letGo = source.keep(stream);
    // What the person holds stays held. The other reasons are gone with what was shown.
    const pause = this.#record.now?.pause === 'person' ? 'person' : null;
    this.#sharer.pause(pause !== null || this.#isLooking);
    this.#record.change({
      title,
      tabId,
      pause,
      source: sourceOf(stream),
      hasAudio: stream.getAudioTracks().length > 0,
      page: null,
      reach: 'none',
      ...(isFirst && { status: 'offered' as const, startedAt: Date.now() }),
    });
    void this.#page?.enter();
    if (this.#isLooking && this.#page) void this.#look(this.#page);
  }

  async #look(page: PageGuard): Promise<void> {
    await page.looked();
    // Or it shows something else by now.
    if (this.#page !== page) return;
    this.#isLooking = false;
    this.#sharer?.pause((this.#record.now?.pause ?? null) !== null);
  }

  #newSharer(stream: MediaStream): Pick<Sharer, keyof Sharer> {
    const { media, iceServers, session, store } = this.#options;
    const sharer = media.newSharer({
      stream,
      iceServers,
      rttMs: () => session(this.peerId)?.link?.rttMs ?? null,
      send: (viewer, signal) => this.#record.send({ type: 'share-signal', id: this.id, viewer, signal }),
      onWatching: (watching) => this.#record.change({ status: watching ? 'live' : 'offered' }),
      onHealth: (health) => this.#path.setHealth(health),
      onAnswered: () => this.#path.answered(),
      onEnded: () => this.end(this.#isPickedTab() ? 'stopped' : 'source-ended'),
      onError: (error, viewer) => {
        // The page waits for what will never come: it asks anew, and says so itself when that doesn't help.
        if (!LASTING.has(error.code)) {
          store.notice(error.code, { peerId: this.peerId });
          return this.#record.send({ type: 'share-leave', id: this.id, viewer });
        }
        this.#fail(error.code);
        this.end('failed');
      },
      onPointer: (action) => this.#page?.point(action),
      onPeerVoice: (peerVoice) => this.#record.change({ peerVoice }),
      onTrouble: (trouble) => this.#troubles.setPicture(trouble),
      onContent: (content) => this.#record.change({ content }),
    });
    // The person may have chosen before there was anything to choose for.
    const { quality, soundOn } = this.#record.now ?? NEW_SHARE;
    sharer.setQuality(quality);
    sharer.setSound(soundOn);
    return sharer;
  }

  #newPage(tabId: number): PageGuard {
    const { platform, store } = this.#options;
    return new PageGuard({
      tabId,
      record: this.#record,
      settings: () => store.now.settings,
      peerName: () => store.peer(this.peerId)?.name,
      enterPage: (tab) => platform.enterPage(tab),
      hold: (pause) => this.#hold(pause),
      onFilm: (seen) => this.#troubles.setFilm(seen),
      onCrashed: (crashed) => this.#troubles.setCrashed(crashed),
    });
  }

  /** Closed, or ended in the browser's own bar: of one that was chosen in the browser's dialog nothing tells the two apart. */
  #isPickedTab(): boolean {
    return this.tabId === null && this.#record.now?.source === 'tab';
  }

  /** Nothing of it can be seen there, so nothing is captured any more. */
  #needsTurn(): void {
    this.#fail('share-needs-turn');
    this.end('needs-turn');
  }

  #close(): void {
    this.#ending.abort();
    this.#path.close();
    this.#voice.close();
    this.#viewers.close();
    this.#sharer?.close();
    this.#letGo();
    this.#page?.close();
    this.#record.end();
  }

  #hold(pause: SharePause | null): void {
    if (!this.#sharer) return;
    this.#sharer.pause(pause !== null || this.#isLooking);
    if (pause) this.#page?.away();
    this.#record.change({ pause });
  }

  #tellFailure(error: unknown, subject: string): void {
    const code = errorCode(error);
    if (this.#ending.signal.aborted && error === this.#ending.signal.reason) return;
    if (code !== 'capture-cancelled') this.#fail(code, subject);
  }

  #fail(code: ErrorCode, subject = ''): void {
    this.#options.fail(code, { peerId: this.peerId, subject });
  }
}
