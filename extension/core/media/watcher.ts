import type { Signal } from '../protocol/messages.ts';
import { FromSharer, type FromViewer } from '../protocol/side-messages.ts';
import { AppError } from '../shared/errors.ts';
import { type Health, watchHealth } from './health.ts';
import { Negotiation } from './negotiation.ts';
import { SideChannel } from './side-channel.ts';
import { type MediaStats, StatsReader } from './stats.ts';
import { inStereo } from './stereo.ts';
import { StillReceiver } from './still-transfer.ts';

export interface WatcherOptions {
  /** Asked anew for each offer: credentials expire. */
  iceServers(): readonly RTCIceServer[];
  /** Hands a signal to the sharer, in order. */
  send(signal: Signal): void;
  /** The stream to show, once, when its first track is there: picture and sound in step, whether it has sound or not. */
  onStream(stream: MediaStream): void;
  /** The sharer's voice, to be played beside the stream; null when its microphone is off. */
  onVoice(stream: MediaStream | null): void;
  /** What the picture looks like to the pixel, to be laid over the video; null when the video counts again. */
  onStill(still: Blob | null): void;
  /** Each change once, starting from `connecting`. */
  onState(state: Health): void;
  /** This connection cannot come about any more: a new watcher has to ask again. */
  onError(error: AppError): void;
}

/** What a sharer sends, in the order of its offer. */
const PICTURE = '0';
const SOUND = '1';
const VOICE = '2';
const KINDS: Readonly<Record<string, string>> = { [PICTURE]: 'video', [SOUND]: 'audio', [VOICE]: 'audio' };

/** Receives what one sharer shows, and sends it a voice, if there is one, and a pointer. */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #connection: RTCPeerConnection;
  readonly #negotiation: Negotiation;
  readonly #stopWatchingHealth: () => void;
  readonly #stats: StatsReader;
  readonly #stills: StillReceiver;
  readonly #stream = new MediaStream();
  #side: SideChannel<FromSharer, FromViewer> | undefined;
  #voice: RTCRtpTransceiver | undefined;
  #ownVoice: MediaStreamTrack | null = null;
  #isSharerHeard = false;
  #isClosed = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    const connection = new RTCPeerConnection({ iceServers: [...options.iceServers()] });
    this.#connection = connection;
    this.#stats = new StatsReader(connection);
    this.#stills = new StillReceiver((still) => options.onStill(still));
    this.#negotiation = new Negotiation({
      connection,
      polite: true,
      adapt: inStereo,
      send: (signal) => options.send(signal),
      onError: (error) => this.#fail(error),
    });
    // The sharer looks for a new path: it may do so at any time, and one is enough.
    this.#stopWatchingHealth = watchHealth(connection, options.onState, () => undefined);
    connection.addEventListener('track', (event) => this.#took(event));
  }

  /** A signal of the sharer. Never rejects. */
  async receive(signal: Signal): Promise<void> {
    if (this.#isClosed) return;
    if (signal.kind === 'description') {
      const configuration = this.#connection.getConfiguration();
      this.#connection.setConfiguration({ ...configuration, iceServers: [...this.#options.iceServers()] });
    }
    await this.#negotiation.receive(signal);
    if (this.#isClosed || !this.#connection.currentLocalDescription) return;
    const picture = this.#connection.getTransceivers().find(({ mid }) => mid === PICTURE);
    if (picture?.currentDirection !== 'recvonly') this.#fail(new AppError('share-no-codec'));
  }

  /** Says something to the sharer. It is lost while there is no connection. */
  tell(message: FromViewer): void {
    this.#side?.say(message);
  }

  /** My microphone, or none. The track stays the caller's, and may be given before there is a connection. */
  setVoice(track: MediaStreamTrack | null): void {
    this.#ownVoice = track;
    this.#sendVoice();
    this.#side?.say({ type: 'voice', on: track !== null });
  }

  /** How picture and connection do now; rates are over the time since the last call. */
  stats(): Promise<MediaStats> {
    return this.#stats.read();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#stopWatchingHealth();
    this.#negotiation.close();
    this.#connection.close();
  }

  /** Runs while an offer is being taken, before it is answered. */
  #took({ track, transceiver }: RTCTrackEvent): void {
    // A peer that sends more gets no decoder for it.
    if (KINDS[transceiver.mid ?? ''] !== track.kind) return transceiver.stop();
    this.#side ??= this.#openSide();
    if (transceiver.mid === VOICE) {
      transceiver.direction = 'sendrecv';
      this.#voice = transceiver;
      return this.#sendVoice();
    }
    this.#stream.addTrack(track);
    if (this.#stream.getTracks().length === 1) this.#options.onStream(this.#stream);
  }

  #openSide(): SideChannel<FromSharer, FromViewer> {
    const side: SideChannel<FromSharer, FromViewer> = new SideChannel({
      connection: this.#connection,
      schema: FromSharer,
      onOpen: () => side.say({ type: 'voice', on: this.#ownVoice !== null }),
      onMessage: (message) => this.#heard(message),
      onBytes: (bytes) => this.#stills.arrived(bytes),
    });
    return side;
  }

  #heard(message: FromSharer): void {
    switch (message.type) {
      case 'voice':
        return this.#setSharerHeard(message.on);
      case 'still':
        return this.#stills.announced(message);
      case 'still-over':
        return this.#stills.over();
    }
  }

  #setSharerHeard(on: boolean): void {
    const track = this.#voice?.receiver.track;
    if (on === this.#isSharerHeard || !track) return;
    this.#isSharerHeard = on;
    this.#options.onVoice(on ? new MediaStream([track]) : null);
  }

  #sendVoice(): void {
    // Rejects only when the connection has been closed in the meantime.
    this.#voice?.sender.replaceTrack(this.#ownVoice).catch(() => undefined);
  }

  #fail(error: AppError): void {
    this.close();
    this.#options.onError(error);
  }
}
