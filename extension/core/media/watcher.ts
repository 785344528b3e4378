import type { Signal } from '../protocol/messages.ts';
import type { AppError } from '../shared/errors.ts';
import { type Health, watchHealth } from './health.ts';
import { Negotiation } from './negotiation.ts';
import { type MediaStats, StatsReader } from './stats.ts';

export interface WatcherOptions {
  readonly iceServers: readonly RTCIceServer[];
  /** Hands a signal to the sharer, in order. */
  send(signal: Signal): void;
  /** The stream to show, once, when its first track is there. Tracks that come later join the same stream. */
  onStream(stream: MediaStream): void;
  /** Each change once, starting from `connecting`. */
  onState(state: Health): void;
  /** This connection cannot come about any more: a new watcher has to ask again. */
  onError(error: AppError): void;
}

/** A picture, its sound and a voice are all that a share has; a peer that sends more gets no decoder for it. */
const MAX_TRACKS = 4;

/** Receives what one sharer shows. Sends no media of its own. */
export class Watcher {
  readonly #connection: RTCPeerConnection;
  readonly #negotiation: Negotiation;
  readonly #stopWatchingHealth: () => void;
  readonly #stats: StatsReader;

  constructor(options: WatcherOptions) {
    this.#connection = new RTCPeerConnection({ iceServers: [...options.iceServers] });
    this.#stats = new StatsReader(this.#connection);
    this.#negotiation = new Negotiation({
      connection: this.#connection,
      polite: true,
      send: (signal) => options.send(signal),
      onError: (error) => {
        this.close();
        options.onError(error);
      },
    });
    // The sharer looks for a new path: it may do so at any time, and one is enough.
    this.#stopWatchingHealth = watchHealth(this.#connection, options.onState, () => undefined);
    const stream = new MediaStream();
    this.#connection.addEventListener('track', ({ track, transceiver }) => {
      if (stream.getTracks().length >= MAX_TRACKS) return transceiver.stop();
      stream.addTrack(track);
      if (stream.getTracks().length === 1) options.onStream(stream);
    });
  }

  /** A signal of the sharer. Never rejects. */
  receive(signal: Signal): Promise<void> {
    return this.#negotiation.receive(signal);
  }

  /** How picture and connection do now; rates are over the time since the last call. */
  stats(): Promise<MediaStats> {
    return this.#stats.read();
  }

  /** Idempotent. */
  close(): void {
    this.#stopWatchingHealth();
    this.#negotiation.close();
    this.#connection.close();
  }
}
