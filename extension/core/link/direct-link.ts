import type { DataConnection } from 'peerjs';
import * as v from 'valibot';
import { Signal } from '../protocol/messages.ts';
import { within } from '../shared/abort.ts';
import { utf8 } from '../shared/bytes.ts';
import { Emitter } from '../shared/emitter.ts';
import { AppError } from '../shared/errors.ts';
import { BulkConnection } from './bulk-connection.ts';
import { ChannelLane, CONTROL_WATERMARKS } from './channel-lane.ts';
import { EchoWatch } from './echo-watch.ts';
import {
  BULK_LANES,
  type BulkLaneName,
  type CloseReason,
  type Lane,
  type LaneName,
  type Link,
  type Path,
} from './link.ts';
import { LocalCandidates } from './local-candidates.ts';
import { selectedPath } from './selected-path.ts';
import { PING_INTERVAL_MS, SignsOfLife } from './signs-of-life.ts';

/** Both sides create the control channel with this id before negotiation, so nothing that is sent early can be lost. */
const CONTROL_CHANNEL_ID = 100;

/** What the two links say to each other on PeerJS's own channel. */
const LinkMessage = v.variant('type', [
  v.object({ type: v.literal('ping'), n: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  v.object({ type: v.literal('pong'), n: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  /** The side that did not dial has something for this bulk lane: please offer. */
  v.object({ type: v.literal('bulk-wanted'), lane: v.picklist(BULK_LANES) }),
  v.object({ type: v.literal('bulk'), lane: v.picklist(BULK_LANES), signal: Signal }),
  v.object({ type: v.literal('bye') }),
]);
type LinkMessage = v.InferOutput<typeof LinkMessage>;
/** A session description and its JSON quoting; anything larger is nonsense. */
const MAX_LINK_MESSAGE_BYTES = 64 * 1024;

/** Peers with whom a further bulk connection could not be made: trying it again would cost them one link after the other. */
const oneLanePeers = new Set<string>();

export interface DirectLinkOptions {
  dialled: boolean;
  iceServers(): RTCIceServer[];
  /** The link seems dead, though that isn't sure yet: what lies beside it may be dead as well. */
  onDoubt(): void;
}

/**
 * A link over WebRTC. PeerJS's connection introduces the two and carries heartbeats and the negotiation of the bulk connections;
 * control frames have a channel beside it, each bulk lane a PeerConnection of its own so that it never delays control. When one of
 * them is lost the whole link is: frames of its lane are missing, and whoever moves files goes on from there on the next link.
 */
export class DirectLink implements Link {
  readonly bulkLanes: readonly BulkLaneName[];
  readonly closed: Promise<CloseReason>;
  readonly #connection: DataConnection;
  readonly #control: ChannelLane;
  readonly #controlChannel: RTCDataChannel;
  readonly #bulk: Record<BulkLaneName, BulkConnection>;
  /** What this side has found out about itself. */
  readonly candidates: LocalCandidates;
  readonly #changed = new Emitter<[]>();
  readonly onChange = this.#changed.on;
  #resolveClosed: (reason: CloseReason) => void = () => {};
  #done = false;
  #path: Path = 'direct';
  readonly #life = new SignsOfLife();
  #ping = { n: 0, sentAt: 0 };
  #heartbeat: ReturnType<typeof setInterval> | null = null;
  readonly #echo: EchoWatch;

  /** Must be called in the task in which PeerJS made the connection: `connect()` or the `connection` event. */
  constructor(connection: DataConnection, options: DirectLinkOptions) {
    this.#connection = connection;
    this.#echo = new EchoWatch(this.#life, {
      ask: () => this.#beat(),
      onDoubt: options.onDoubt,
      onSuspect: () => this.#changed.emit(),
    });
    this.candidates = new LocalCandidates(connection.peerConnection);
    this.bulkLanes = oneLanePeers.has(connection.peer) ? ['bulk'] : BULK_LANES;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const lost = () => this.#end('link-lost');
    const flooded = () => this.#end('message-too-large');
    this.#controlChannel = connection.peerConnection.createDataChannel('control', {
      negotiated: true,
      id: CONTROL_CHANNEL_ID,
    });
    this.#control = new ChannelLane(CONTROL_WATERMARKS, flooded, lost, () => this.#echo.said());
    this.#control.carry(this.#controlChannel);
    this.#controlChannel.addEventListener('message', () => this.#life.heard());
    const bulk = (lane: BulkLaneName) =>
      new BulkConnection({
        offers: options.dialled,
        iceServers: options.iceServers,
        send: (signal) => this.#send({ type: 'bulk', lane, signal }),
        ask: () => this.#send({ type: 'bulk-wanted', lane }),
        onLost: (wasOpen) => {
          if (!wasOpen && lane !== 'bulk') oneLanePeers.add(connection.peer);
          lost();
        },
        onHeard: () => this.#life.heardBeside(),
        onFlood: flooded,
      });
    this.#bulk = { bulk: bulk('bulk'), 'bulk-2': bulk('bulk-2'), 'bulk-3': bulk('bulk-3'), 'bulk-4': bulk('bulk-4') };
    connection.on('data', (data) => this.#receive(data));
    connection.on('close', lost);
    connection.on('error', lost);
    const peerConnection = connection.peerConnection;
    // PeerJS watches only iceConnectionState, which can stay "disconnected" while the connection has failed.
    peerConnection.addEventListener('connectionstatechange', () => {
      if (peerConnection.connectionState === 'failed' || peerConnection.connectionState === 'closed') lost();
      else this.#changed.emit();
    });
  }

  /**
   * Resolves once frames can flow both ways.
   * @throws AppError `peer-unreachable` when no path is found within `timeoutMs`; the link is closed then.
   */
  async ready(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const open = Promise.all([
      new Promise<void>((resolve) => {
        if (this.#connection.open) resolve();
        else this.#connection.on('open', () => resolve());
      }),
      new Promise<void>((resolve) => {
        if (this.#controlChannel.readyState === 'open') resolve();
        else this.#controlChannel.addEventListener('open', () => resolve());
      }),
    ]).then(() => 'open' as const);
    try {
      const first = await within(Promise.race([open, this.closed]), timeoutMs, 'peer-unreachable', signal);
      if (first !== 'open') throw new AppError('peer-unreachable');
    } catch (error) {
      this.#end('peer-unreachable');
      throw error;
    }
    this.#path = await selectedPath(this.#connection.peerConnection, this.#path);
    if (this.#done) throw new AppError('peer-unreachable');
    this.#life.heard();
    this.#beat();
    this.#heartbeat = setInterval(() => this.#beat(), PING_INTERVAL_MS);
  }

  get path(): Path {
    return this.#path;
  }

  get rttMs(): number | null {
    return this.#life.roundTrips.newestMs;
  }

  get isSuspect(): boolean {
    return this.#life.isSuspect || this.#connection.peerConnection?.connectionState === 'disconnected';
  }

  probe(): void {
    this.#echo.probe();
  }

  lane(name: LaneName): Lane {
    return name === 'control' ? this.#control : this.#bulk[name];
  }

  close(reason: CloseReason): void {
    if (!this.#done && reason === 'bye') this.#send({ type: 'bye' });
    this.#end(reason);
  }

  #end(reason: CloseReason): void {
    if (this.#done) return;
    this.#done = true;
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    this.#echo.stop();
    this.#control.end();
    for (const lane of BULK_LANES) this.#bulk[lane].close();
    this.#connection.close();
    this.#resolveClosed(reason);
  }

  #beat(): void {
    if (this.#life.isLost) return this.#end('link-lost');
    this.#ping = { n: this.#ping.n + 1, sentAt: performance.now() };
    this.#send({ type: 'ping', n: this.#ping.n });
  }

  #send(message: LinkMessage): void {
    const channel = this.#connection.dataChannel;
    if (this.#done || channel?.readyState !== 'open') return;
    try {
      channel.send(utf8.encode(JSON.stringify(message)));
    } catch {
      this.#end('link-lost');
    }
  }

  #receive(data: unknown): void {
    if (this.#done) return;
    if (!(data instanceof ArrayBuffer) || data.byteLength > MAX_LINK_MESSAGE_BYTES)
      return this.#end('message-too-large');
    this.#life.heard();
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), LinkMessage), new TextDecoder().decode(data));
    if (!parsed.success) return this.#end('message-invalid');
    const message = parsed.output;
    switch (message.type) {
      case 'ping':
        return this.#send({ type: 'pong', n: message.n });
      case 'pong':
        if (message.n === this.#ping.n) void this.#measured(Math.round(performance.now() - this.#ping.sentAt));
        return;
      case 'bulk-wanted':
        return this.#bulk[message.lane].start();
      case 'bulk':
        return this.#bulk[message.lane].receive(message.signal);
      case 'bye':
        return this.#end('bye');
    }
  }

  async #measured(rttMs: number): Promise<void> {
    this.#life.roundTrips.measured(rttMs);
    if (!this.#done) this.#path = await selectedPath(this.#connection.peerConnection, this.#path);
    this.#changed.emit();
  }
}
