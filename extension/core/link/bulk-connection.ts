import type { Signal } from '../protocol/messages.ts';
import { BULK_WATERMARKS, ChannelLane } from './channel-lane.ts';
import type { Lane } from './link.ts';

const BULK_CHANNEL_ID = 0;
/** Where no pair of candidates works, nothing ever says so. The two are connected already: another connection takes much less. */
const OPEN_LIMIT_MS = 10_000;

export interface BulkConnectionOptions {
  /** One side offers (the one that dialled), so there is no glare. */
  offers: boolean;
  iceServers(): RTCIceServer[];
  send(signal: Signal): void;
  /** Asks the other side to offer. */
  ask(): void;
  /** `wasOpen`: it had worked before. Perhaps called more than once. */
  onLost(wasOpen: boolean): void;
  onHeard(): void;
  onFlood(): void;
}

/**
 * One bulk lane: a PeerConnection of its own, made when the first frame wants to go out or the other side's offer comes. With a
 * shared one the round trip of control rises from 41 to 81–135 ms while bulk runs at 20 Mbit/s; and a line that loses packets is
 * filled by several connections only, not by several channels.
 */
export class BulkConnection implements Lane {
  readonly #options: BulkConnectionOptions;
  readonly #lane: ChannelLane;
  #connection: RTCPeerConnection | undefined;
  #openTimer: ReturnType<typeof setTimeout> | undefined;
  #started = false;
  #wasOpen = false;
  #closed = false;
  /** Signals are applied one after the other; candidates that overtake the description wait for it. */
  #applying: Promise<void> = Promise.resolve();

  constructor(options: BulkConnectionOptions) {
    this.#options = options;
    this.#lane = new ChannelLane(BULK_WATERMARKS, options.onFlood, () => this.#lost());
  }

  get frames(): ReadableStream<Uint8Array> {
    return this.#lane.frames;
  }

  get queuedBytes(): number {
    return this.#lane.queuedBytes;
  }

  send(frame: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (!this.#started) this.#options.offers ? this.start() : this.#askOnce();
    return this.#lane.send(frame, signal);
  }

  /** Makes the offer, once. */
  start(): void {
    if (this.#started || !this.#options.offers) return;
    this.#started = true;
    this.#apply(async (connection) => {
      await connection.setLocalDescription();
      this.#sendDescription(connection);
    });
  }

  receive(signal: Signal): void {
    this.#apply(async (connection) => {
      if (signal.kind === 'candidate') {
        await connection.addIceCandidate(signal.candidate ?? undefined);
        return;
      }
      await connection.setRemoteDescription({ type: signal.type, sdp: signal.sdp });
      if (signal.type === 'offer') {
        await connection.setLocalDescription();
        this.#sendDescription(connection);
      }
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#openTimer);
    this.#lane.end();
    this.#connection?.close();
  }

  #askOnce(): void {
    this.#started = true;
    this.#options.ask();
  }

  #connect(): RTCPeerConnection {
    const { iceServers, send } = this.#options;
    const connection = new RTCPeerConnection({ iceServers: iceServers() });
    const channel = connection.createDataChannel('bulk', { negotiated: true, id: BULK_CHANNEL_ID });
    this.#openTimer = setTimeout(() => this.#lost(), OPEN_LIMIT_MS);
    channel.addEventListener('open', () => {
      this.#wasOpen = true;
      clearTimeout(this.#openTimer);
    });
    channel.addEventListener('message', this.#options.onHeard);
    this.#lane.carry(channel);
    connection.addEventListener('icecandidate', ({ candidate }) => {
      send({
        kind: 'candidate',
        candidate: candidate && {
          candidate: candidate.candidate,
          sdpMid: candidate.sdpMid,
          sdpMLineIndex: candidate.sdpMLineIndex,
        },
      });
    });
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'failed') this.#lost();
    });
    return connection;
  }

  #sendDescription({ localDescription }: RTCPeerConnection): void {
    if (localDescription?.type === 'offer' || localDescription?.type === 'answer') {
      this.#options.send({ kind: 'description', type: localDescription.type, sdp: localDescription.sdp });
    }
  }

  #apply(step: (connection: RTCPeerConnection) => Promise<void>): void {
    if (this.#closed) return;
    this.#connection ??= this.#connect();
    const connection = this.#connection;
    this.#applying = this.#applying.then(() => step(connection)).catch(() => this.#lost());
  }

  #lost(): void {
    if (!this.#closed) this.#options.onLost(this.#wasOpen);
  }
}
