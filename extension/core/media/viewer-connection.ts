import type { MediaSignal, Signal } from '../protocol/messages.ts';
import { type FromSharer, FromViewer } from '../protocol/side-messages.ts';
import { AppError } from '../shared/errors.ts';
import { byPreference } from './codecs.ts';
import { type Health, watchHealth } from './health.ts';
import { Negotiation } from './negotiation.ts';
import { Pace } from './pace.ts';
import { SideChannel } from './side-channel.ts';
import { startingWith, startKbps } from './start-bitrate.ts';
import { StillSender } from './still-transfer.ts';

/** What goes out now; null: nothing of its kind. */
export interface Outgoing {
  readonly picture: MediaStreamTrack | null;
  readonly sound: MediaStreamTrack | null;
  readonly voice: MediaStreamTrack | null;
}

export interface ViewerConnectionOptions {
  /** Asked anew for each path that is looked for: credentials expire. */
  iceServers(): readonly RTCIceServer[];
  readonly outgoing: Outgoing;
  /** A round trip to the peer in milliseconds, asked for at each answer; null where nobody knows. */
  rttMs(): number | null;
  /** What this computer encodes with a chip, see `chipCodecs`. */
  readonly chips: readonly string[];
  /** Hands a signal to the viewer page of this id, in order. */
  send(viewer: string, signal: Signal): void;
  /** Each change once, starting from `connecting`. */
  onHealth(health: Health): void;
  /** The viewer page has answered an offer: what it takes to find a path is there on both sides. */
  onAnswered(): void;
  /** It broke down for good; `viewer` is null before one has asked. */
  onError(error: AppError, viewer: string | null): void;
  /** The viewer page can take words and stills. */
  onSideOpen(): void;
  onSide(message: FromViewer): void;
}

/** Opus is transparent for music in stereo here, and for speech. */
const SOUND_MAX_BITS_PER_SECOND = 128_000;
const VOICE_MAX_BITS_PER_SECOND = 40_000;
/** Between two looks for a new path, whoever wishes them: each gathers candidates anew. */
const RESTART_PAUSE_MS = 1_000;

/**
 * The sharer's end of the connection to one viewer page: picture, sound and voice in this order, whether there is any of them or not, and
 * the side channel. What goes out changes without another negotiation.
 */
export class ViewerConnection {
  readonly stills: StillSender;
  readonly #connection: RTCPeerConnection;
  readonly #negotiation: Negotiation;
  readonly #side: SideChannel<FromViewer, FromSharer>;
  readonly #options: ViewerConnectionOptions;
  #stopWatchingHealth: () => void = () => undefined;
  readonly #restarts = new Pace(() => this.#restart(), RESTART_PAUSE_MS);
  readonly #picture: RTCRtpTransceiver;
  readonly #sound: RTCRtpTransceiver;
  readonly #voice: RTCRtpTransceiver;
  #outgoing: Outgoing;
  #id: string | null = null;
  /** What is to be said to a viewer page that hasn't asked yet: an offer and its candidates. */
  #held: Signal[] = [];

  constructor(options: ViewerConnectionOptions) {
    this.#options = options;
    this.#outgoing = options.outgoing;
    // One path for all from the start: a quarter of the candidates, and of what a TURN server has to set aside.
    const connection = new RTCPeerConnection({ iceServers: [...options.iceServers()], bundlePolicy: 'max-bundle' });
    this.#connection = connection;
    this.#negotiation = new Negotiation({
      connection,
      polite: false,
      adaptAnswer: (sdp) => startingWith(startKbps(options.rttMs()), sdp),
      send: (signal) => this.#send(signal),
      onError: (error) => options.onError(error, this.#id),
    });
    const { picture, sound, voice } = options.outgoing;
    // Of one stream: the viewer plays them in step.
    const streams = [new MediaStream()];
    this.#picture = connection.addTransceiver(picture ?? 'video', { direction: 'sendonly', streams });
    const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
    this.#picture.setCodecPreferences(byPreference(codecs, options.chips));
    this.#sound = connection.addTransceiver(sound ?? 'audio', {
      direction: 'sendonly',
      streams,
      sendEncodings: [{ maxBitrate: SOUND_MAX_BITS_PER_SECOND }],
    });
    this.#voice = connection.addTransceiver(voice ?? 'audio', {
      direction: 'sendrecv',
      streams: [new MediaStream()],
      sendEncodings: [{ maxBitrate: VOICE_MAX_BITS_PER_SECOND }],
    });
    // A viewer has nothing to send but its voice: there is no decoder for anything else.
    connection.addEventListener('track', ({ transceiver }) => {
      if (transceiver !== this.#voice) transceiver.stop();
    });
    this.#side = new SideChannel({
      connection,
      schema: FromViewer,
      onOpen: () => options.onSideOpen(),
      onMessage: (message) => options.onSide(message),
    });
    this.stills = new StillSender(this.#side);
  }

  /** Names the viewer page; null before one has asked. */
  get id(): string | null {
    return this.#id;
  }

  get pictureSender(): RTCRtpSender {
    return this.#picture.sender;
  }

  /** What the viewer's microphone sends; silent until it is on. */
  get peerVoice(): MediaStreamTrack {
    return this.#voice.receiver.track;
  }

  /** A viewer page of this name has asked, the only one: the offer goes to it, at once if it is ready. */
  begin(id: string): void {
    this.#id = id;
    this.#stopWatchingHealth = watchHealth(
      this.#connection,
      (health) => this.#options.onHealth(health),
      // Not paced: it is slow by itself, and must not hold back what follows on a new link.
      () => this.#restart(),
    );
    for (const signal of this.#held) this.#options.send(id, signal);
    this.#held = [];
  }

  /** From now on this goes out. A picture that is taken away stays on the viewer's screen. */
  show(outgoing: Outgoing): void {
    // Not what the senders have: they change a moment later, and one change may follow on another.
    const before = this.#outgoing;
    this.#outgoing = outgoing;
    if (outgoing.picture !== before.picture) replace(this.#picture, outgoing.picture);
    if (outgoing.sound !== before.sound) replace(this.#sound, outgoing.sound);
    if (outgoing.voice !== before.voice) replace(this.#voice, outgoing.voice);
  }

  /** @returns whether it is on its way. */
  say(message: FromSharer): boolean {
    return this.#side.say(message);
  }

  /** A signal of the viewer page. Never rejects. */
  async receive(signal: MediaSignal): Promise<void> {
    if (signal.kind === 'restart') return this.findPath();
    if (isRefusal(signal)) return this.#options.onError(new AppError('share-no-codec'), this.#id);
    const before = this.#connection.remoteDescription?.sdp;
    await this.#negotiation.receive(signal);
    const isAnswered = this.#connection.signalingState === 'stable' && this.#connection.remoteDescription !== null;
    if (!isAnswered) return;
    if (this.#picture.currentDirection !== 'sendonly') this.#options.onError(new AppError('share-no-codec'), this.#id);
    // An answer that came too late is left aside.
    else if (this.#connection.remoteDescription?.sdp !== before) this.#options.onAnswered();
  }

  /** Looks for a new, perhaps better path; picture and sound go on over the old one as long as that works. */
  findPath(): void {
    this.#restarts.ask();
  }

  /** Idempotent. The tracks stay as they are. */
  close(): void {
    this.stills.cancel();
    this.#restarts.close();
    this.#stopWatchingHealth();
    this.#negotiation.close();
    this.#connection.close();
  }

  #send(signal: Signal): void {
    if (this.#id === null) this.#held.push(signal);
    else this.#options.send(this.#id, signal);
  }

  #restart(): void {
    const configuration = this.#connection.getConfiguration();
    this.#connection.setConfiguration({ ...configuration, iceServers: [...this.#options.iceServers()] });
    this.#negotiation.restart();
  }
}

/** The picture's; captures its port. */
const FIRST_SECTION = /^m=\S+ (\d+) /m;

/**
 * Whether an answer refuses the picture: a port of zero (RFC 3264 section 6). Chromium doesn't take such an answer where all shares one path, since the picture is
 * the section that stands for it.
 */
function isRefusal(signal: Signal): boolean {
  if (signal.kind !== 'description' || signal.type !== 'answer') return false;
  const [, picturePort] = FIRST_SECTION.exec(signal.sdp) ?? [];
  return picturePort === '0';
}

/** In order, each once. */
function replace({ sender }: RTCRtpTransceiver, track: MediaStreamTrack | null): void {
  // Rejects only when the connection has been closed in the meantime.
  sender.replaceTrack(track).catch(() => undefined);
}
