import type { MediaSignal, ShareTrouble, Signal } from '../protocol/messages.ts';
import type { FromViewer } from '../protocol/side-messages.ts';
import { AppError } from '../shared/errors.ts';
import { playVoice } from './audible.ts';
import { chipCodecs } from './codecs.ts';
import { askForFrame } from './fresh-frame.ts';
import type { Health } from './health.ts';
import { type PointerAction, PointerGate } from './pointer-gate.ts';
import { PreparedConnection } from './prepared-connection.ts';
import { Quality } from './quality/quality.ts';
import type { Content, Wish } from './quality/settings.ts';
import { stopTracks } from './tracks.ts';
import { type Outgoing, ViewerConnection } from './viewer-connection.ts';

export interface SharerOptions {
  /** What is shown: one video track, perhaps one of sound. The sharer owns it from now on and stops its tracks at the end. */
  readonly stream: MediaStream;
  /** Asked anew for each path that is looked for. */
  iceServers(): readonly RTCIceServer[];
  /** A round trip to the peer in milliseconds; null where nobody knows. */
  rttMs(): number | null;
  /** Hands a signal to the viewer page of this id, in order. */
  send(viewer: string, signal: Signal): void;
  /** True once the viewer page gets media (and through short losses), false when it has gone. Each change once. */
  onWatching(watching: boolean): void;
  /** How the connection to the newest viewer page does; null: nobody watches. Each change once. */
  onHealth(health: Health | null): void;
  /** The newest viewer page has answered an offer: both sides have what it takes to find a path. */
  onAnswered(): void;
  /** The source has ended by itself: tab closed, or stopped in the browser's own bar. Once; never after `close`. */
  onEnded(): void;
  /** The connection to this viewer page, the newest, broke down for good; the share itself goes on and can be watched again. */
  onError(error: AppError, viewer: string): void;
  /** What the viewer does with its pointer, at most as often as a screen is drawn. `away` also when the viewer has gone. */
  onPointer(action: PointerAction): void;
  /** Whether the viewer's microphone is on; it is played here. Each change once. */
  onPeerVoice(on: boolean): void;
  /** What is wrong with the picture itself. Each change once. */
  onTrouble(trouble: ShareTrouble | null): void;
  /** What is mostly on the picture. Each change once. */
  onContent(content: Content): void;
}

/** Shows one source to one viewer page at a time: the newest that asked. */
export class Sharer {
  readonly #options: SharerOptions;
  readonly #quality: Quality;
  readonly #pointer: PointerGate;
  readonly #prepared: PreparedConnection;
  #stream: MediaStream;
  #chips: readonly string[] = [];
  /** Ends with the source. */
  #source = new AbortController();
  #voice: MediaStreamTrack | null = null;
  #isPaused = false;
  #hasSound = true;
  #isClosed = false;
  #viewer: ViewerConnection | undefined;
  #watching = false;
  #stopPeerVoice: (() => void) | null = null;

  constructor(options: SharerOptions) {
    this.#options = options;
    this.#pointer = new PointerGate((action) => options.onPointer(action));
    this.#quality = new Quality({
      onContent: (content) => options.onContent(content),
      onTrouble: (trouble) => options.onTrouble(trouble),
      onStill: (still) => this.#viewer?.stills.send(still),
      onStillOver: () => this.#viewer?.stills.over(),
    });
    this.#prepared = new PreparedConnection(
      () => this.#newConnection(),
      () => options.iceServers(),
    );
    this.#stream = options.stream;
    this.#open();
    // Known long before anybody can have answered.
    void chipCodecs().then((chips) => {
      this.#chips = chips;
      if (!this.#isClosed && !this.#viewer) this.#prepared.prepare();
    });
  }

  /** A viewer page waits: connects to it, in place of the one before it. */
  watch(id: string): void {
    if (this.#isClosed) return;
    this.#drop();
    try {
      this.#connect(id, this.#prepared.take());
    } catch (cause) {
      // A browser or a policy without WebRTC.
      this.#options.onError(new AppError('webrtc-blocked', { cause }), id);
    }
  }

  /** The viewer page has gone. Ignored when a newer one has taken its place. */
  leave(viewer: string): void {
    if (this.#viewer?.id === viewer) this.#drop();
  }

  /** A signal of a viewer page; ignored unless it is the newest. Never rejects. */
  async receive(viewer: string, signal: MediaSignal): Promise<void> {
    if (this.#viewer?.id === viewer) await this.#viewer.receive(signal);
  }

  /** There is a new link, or another network: the picture looks for its own way anew. It goes on meanwhile if it can. */
  findPath(): void {
    this.#prepared.renew();
    this.#viewer?.findPath();
  }

  /** Shows another source from now on: the same viewer, paused or not as before. The old one is stopped, the new one owned. */
  replace(stream: MediaStream): void {
    const old = this.#stream;
    this.#source.abort();
    this.#stream = stream;
    if (this.#isClosed) return stopTracks(stream);
    this.#open();
    this.#viewer?.show(this.#outgoing);
    stopTracks(old, stream.getTracks());
  }

  /** Holds picture and sound, or lets them go on; the viewer keeps the last picture, voices are heard. The capture goes on. */
  pause(on: boolean): void {
    if (on === this.#isPaused) return;
    this.#isPaused = on;
    this.#update();
  }

  /** Whether the sound of what is shown goes out, if it has any. */
  setSound(on: boolean): void {
    this.#hasSound = on;
    this.#update();
  }

  /** My microphone, beside what is shown, or none. The track stays the caller's. */
  setVoice(track: MediaStreamTrack | null): void {
    if (track === this.#voice || this.#isClosed) return;
    this.#voice = track;
    this.#update();
    this.#viewer?.say({ type: 'voice', on: track !== null });
  }

  setQuality(quality: Wish): void {
    this.#quality.setWish(quality);
  }

  /** Ends connection and capture. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#source.abort();
    this.#prepared.discard();
    this.#drop();
    this.#quality.close();
    stopTracks(this.#stream);
    this.#voice = null;
  }

  get #outgoing(): Outgoing {
    const [picture = null] = this.#stream.getVideoTracks();
    const [sound = null] = this.#stream.getAudioTracks();
    return {
      picture: this.#isPaused ? null : picture,
      sound: this.#isPaused || !this.#hasSound ? null : sound,
      voice: this.#voice,
    };
  }

  #connect(id: string, viewer: ViewerConnection): void {
    this.#viewer = viewer;
    viewer.begin(id);
    viewer.show(this.#outgoing);
    this.#options.onHealth('connecting');
    this.#quality.setSender(viewer.pictureSender);
  }

  #newConnection(): ViewerConnection {
    const viewer: ViewerConnection = new ViewerConnection({
      iceServers: () => this.#options.iceServers(),
      outgoing: this.#outgoing,
      rttMs: () => this.#options.rttMs(),
      chips: this.#chips,
      send: (id, signal) => this.#options.send(id, signal),
      onHealth: (health) => {
        if (health === 'connected') this.#connected();
        this.#options.onHealth(health);
      },
      onAnswered: () => this.#options.onAnswered(),
      onError: (error, id) => {
        if (id === null) return this.#prepared.discard();
        if (this.#viewer !== viewer) return;
        this.#drop();
        this.#options.onError(error, id);
      },
      onSideOpen: () => {
        viewer.say({ type: 'voice', on: this.#voice !== null });
        this.#quality.sendStills(true);
      },
      onSide: (message) => this.#heard(message),
    });
    return viewer;
  }

  #update(): void {
    if (this.#isClosed) return;
    const { picture } = this.#outgoing;
    this.#quality.setTrack(picture);
    this.#viewer?.show(this.#outgoing);
  }

  /** Begins with the stream that is here now. */
  #open(): void {
    this.#source = new AbortController();
    for (const track of this.#stream.getVideoTracks()) {
      track.addEventListener('ended', () => this.#sourceEnded(), { signal: this.#source.signal });
    }
    // Music and speech alike stay as they are.
    for (const track of this.#stream.getAudioTracks()) track.contentHint = 'music';
    this.#quality.setTrack(this.#outgoing.picture);
  }

  #connected(): void {
    this.#setWatching(true);
    const { picture } = this.#outgoing;
    if (picture) askForFrame(picture);
  }

  #sourceEnded(): void {
    this.close();
    this.#options.onEnded();
  }

  #heard(message: FromViewer): void {
    if (message.type === 'voice') this.#setPeerVoice(message.on);
    else this.#pointer.take(message);
  }

  #setPeerVoice(on: boolean): void {
    if (on === (this.#stopPeerVoice !== null)) return;
    this.#stopPeerVoice?.();
    this.#stopPeerVoice = on && this.#viewer ? playVoice(this.#viewer.peerVoice) : null;
    this.#options.onPeerVoice(this.#stopPeerVoice !== null);
  }

  #drop(): void {
    const viewer = this.#viewer;
    if (!viewer) return;
    this.#setPeerVoice(false);
    this.#pointer.away();
    this.#quality.sendStills(false);
    this.#quality.setSender(null);
    this.#viewer = undefined;
    viewer.close();
    this.#options.onHealth(null);
    this.#setWatching(false);
  }

  #setWatching(watching: boolean): void {
    if (watching === this.#watching) return;
    this.#watching = watching;
    this.#options.onWatching(watching);
  }
}
