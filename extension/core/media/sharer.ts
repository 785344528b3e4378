import type { Signal } from '../protocol/messages.ts';
import type { AppError } from '../shared/errors.ts';
import { watchHealth } from './health.ts';
import { Negotiation } from './negotiation.ts';

export interface SharerOptions {
  /** What is shown: one video track, perhaps one of sound. The sharer owns it from now on and stops its tracks at the end. */
  readonly stream: MediaStream;
  readonly iceServers: readonly RTCIceServer[];
  /** Hands a signal to the viewer page of this id, in order. */
  send(viewer: string, signal: Signal): void;
  /** True once the viewer page gets media (and through short losses), false when it has gone. Each change once. */
  onWatching(watching: boolean): void;
  /** The source has ended by itself: tab closed, or stopped in the browser's own bar. Once; never after `close`. */
  onEnded(): void;
  /** The connection to the newest viewer page broke down for good; the share itself goes on and can be watched again. */
  onError(error: AppError): void;
}

/** Well above what text or film at 1080p needs; congestion control stays below it by itself. */
const VIDEO_MAX_BITS_PER_SECOND = 8_000_000;
/** Opus is transparent for music here. */
const AUDIO_MAX_BITS_PER_SECOND = 128_000;

interface Viewer {
  readonly id: string;
  readonly connection: RTCPeerConnection;
  readonly negotiation: Negotiation;
  readonly stopWatchingHealth: () => void;
}

/** Shows one stream to one viewer page at a time: the newest that asked. */
export class Sharer {
  readonly #options: SharerOptions;
  readonly #abort = new AbortController();
  #viewer: Viewer | undefined;
  #watching = false;

  constructor(options: SharerOptions) {
    this.#options = options;
    for (const track of options.stream.getVideoTracks()) {
      // Without it Chromium takes a captured tab for film and trades sharp text for frames.
      track.contentHint = 'detail';
      track.addEventListener('ended', () => this.#sourceEnded(), { signal: this.#abort.signal });
    }
  }

  /** A viewer page waits: connects to it, in place of the one before it. */
  watch(viewer: string): void {
    if (this.#abort.signal.aborted) return;
    this.#drop();
    const connection = new RTCPeerConnection({ iceServers: [...this.#options.iceServers] });
    const negotiation = new Negotiation({
      connection,
      polite: false,
      send: (signal) => this.#options.send(viewer, signal),
      onError: (error) => {
        this.#drop();
        this.#options.onError(error);
      },
    });
    const stopWatchingHealth = watchHealth(
      connection,
      () => this.#setWatching(true),
      () => negotiation.restart(),
    );
    this.#viewer = { id: viewer, connection, negotiation, stopWatchingHealth };
    for (const track of this.#options.stream.getTracks()) addTrack(connection, track, this.#options.stream);
  }

  /** The viewer page has gone. Ignored when a newer one has taken its place. */
  leave(viewer: string): void {
    if (this.#viewer?.id === viewer) this.#drop();
  }

  /** A signal of a viewer page; ignored unless it is the newest. Never rejects. */
  async receive(viewer: string, signal: Signal): Promise<void> {
    if (this.#viewer?.id === viewer) await this.#viewer.negotiation.receive(signal);
  }

  /** Ends everything: connection and capture. Idempotent. */
  close(): void {
    this.#abort.abort();
    this.#drop();
    for (const track of this.#options.stream.getTracks()) track.stop();
  }

  #sourceEnded(): void {
    this.close();
    this.#options.onEnded();
  }

  #drop(): void {
    const viewer = this.#viewer;
    if (!viewer) return;
    this.#viewer = undefined;
    viewer.stopWatchingHealth();
    viewer.negotiation.close();
    viewer.connection.close();
    this.#setWatching(false);
  }

  #setWatching(watching: boolean): void {
    if (watching === this.#watching) return;
    this.#watching = watching;
    this.#options.onWatching(watching);
  }
}

function addTrack(connection: RTCPeerConnection, track: MediaStreamTrack, stream: MediaStream): void {
  const isVideo = track.kind === 'video';
  const maxBitrate = isVideo ? VIDEO_MAX_BITS_PER_SECOND : AUDIO_MAX_BITS_PER_SECOND;
  const transceiver = connection.addTransceiver(track, {
    direction: 'sendonly',
    streams: [stream],
    sendEncodings: [{ maxBitrate }],
  });
  if (!isVideo) return;
  transceiver.setCodecPreferences(videoCodecs());
  const parameters = transceiver.sender.getParameters();
  parameters.degradationPreference = 'maintain-resolution';
  // Rejects only when the sender has been stopped in the meantime, and then nothing is left to prefer.
  transceiver.sender.setParameters(parameters).catch(() => undefined);
}

/** VP8 first: in software it has the shortest delay and the lowest cost of all that Chromium offers. */
function videoCodecs(): RTCRtpCodec[] {
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  return codecs.toSorted((a, b) => Number(isVp8(b)) - Number(isVp8(a)));
}

const isVp8 = (codec: RTCRtpCodec) => codec.mimeType.toLowerCase() === 'video/vp8';
