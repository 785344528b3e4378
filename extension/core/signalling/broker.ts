import { type ReadonlySignal, signal } from '@preact/signals-core';
import { type DataConnection, Peer } from 'peerjs';
import * as v from 'valibot';
import type { SealedPayload } from '../crypto/seal.ts';
import { within } from '../shared/abort.ts';
import { Emitter } from '../shared/emitter.ts';
import { PeerId } from '../shared/schemas.ts';
import {
  OwnEnvelope,
  PeerJsEnvelope,
  PeerJsSays,
  SealedEnvelope,
  type SealedMessage,
  ServerEnvelope,
  type SignallingMessage,
} from './messages.ts';
import { Pulse } from './pulse.ts';
import { RetryPace } from './retry-pace.ts';
import { type MessageRate, SendPace, USUAL_RATE } from './send-pace.ts';
import type { ServerAddress } from './server-address.ts';
import { ServerAnswer, type ServerRequest } from './server-messages.ts';
import { requestNumber } from './server-requests.ts';

/** connecting: first try · online · unreachable: tries go on by themselves · taken: somebody else has this id. */
export type BrokerStatus = 'connecting' | 'online' | 'unreachable' | 'taken';

export interface BrokerOptions {
  address: ServerAddress;
  id: string;
  /**
   * A token for the next connection. Made anew each time: on our server each is good once. `isKnown`: the server was there before and
   * has said nothing since that makes it another one. @throws when there can be none now
   */
  token(isKnown: boolean): Promise<string>;
  /** Whether the server answers pings. */
  canPing(): boolean;
  /** How much the server takes; where it doesn't say, or nothing is given here, the usual. */
  rate?(): MessageRate | null;
  /** For the next connection. */
  iceServers(): RTCIceServer[];
  /** Seals what PeerJS says to this peer; null when there is no session with it, and then nothing is said. */
  seal(peerId: string, message: unknown): SealedPayload | null;
}

/** Of PeerJS, which has no answer: for the server, which takes whoever sends none for gone after a minute or more, and for what lies in between. */
const HEARTBEAT_MS = 10_000;
/** Without pings only a new socket tells whether the server is there; not more often than this. */
const MIN_SOCKET_AGE_MS = 5_000;

/**
 * This device's place on the signalling server, kept by PeerJS 1.5.5. What PeerJS says to a peer goes out sealed; it hears nothing but
 * what the peer sealed for us, and of the server's own words those that it needs. LEAVE, on which it closes live connections, is none.
 */
export class Broker {
  readonly id: string;
  readonly #options: BrokerOptions;
  readonly #status = signal<BrokerStatus>('connecting');
  readonly status: ReadonlySignal<BrokerStatus> = this.#status;
  readonly #message = new Emitter<[src: string, message: SignallingMessage]>();
  readonly #absent = new Emitter<[peerId: string]>();
  readonly #incoming = new Emitter<[connection: DataConnection]>();
  /** A message of ours from another Pairwise. */
  readonly onMessage = this.#message.on;
  /** The server could not deliver to this peer: it isn't there. */
  readonly onAbsent = this.#absent.on;
  readonly #sealed = new Emitter<[src: string, payload: SealedPayload]>();
  /** A sealed message. Whoever can open it hands what is inside to `deliver`. */
  readonly onSealed = this.#sealed.on;
  /** What the server answers to `ask`, and nothing PeerJS knows. */
  readonly #answer = new Emitter<[answer: ServerAnswer]>();
  readonly onAnswer = this.#answer.on;
  /** A known peer dials. Called in the task in which PeerJS made the connection. */
  readonly onConnection = this.#incoming.on;
  readonly #pace = new RetryPace();
  readonly #pulse = new Pulse({ ping: () => this.#ping(), onDead: () => this.#cut() });
  /** What goes to the server, in its turn. */
  readonly #sendPace = new SendPace((message) => this.#socketSend(message));
  #openedAt = 0;
  /** The last socket ended because this side gave it up: nothing is known to have changed at the server. */
  #gaveUp = false;
  #peer: Peer | null = null;
  /** PeerJS reads it whenever it makes a connection. */
  readonly #config: RTCConfiguration = { iceServers: [] };
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #openTimer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;
  /** PeerJS's own handlers of server messages, and its way to the server, from before we stepped in. */
  #handlers: Array<(...args: unknown[]) => void> = [];
  #socketSend: (data: unknown) => void = () => {};

  constructor(options: BrokerOptions) {
    this.id = options.id;
    this.#options = options;
    void this.#connect();
  }

  /** Sends one of our own messages in the open; false when there is no server right now, or too much to say to it. */
  send(dst: string, message: SignallingMessage): boolean {
    return this.#write({ type: 'CANDIDATE', dst, payload: { pairwise: message } });
  }

  /** Sends a sealed message; false when there is no server or no session. */
  sendSealed(dst: string, message: SealedMessage): boolean {
    const payload = this.#options.seal(dst, message);
    return payload !== null && this.#write({ type: 'CANDIDATE', dst, payload });
  }

  /** Asks the server itself; false when there is none right now. */
  ask(request: ServerRequest): boolean {
    return this.#write(request);
  }

  /** Hands PeerJS a message that `src` sealed for us. What isn't of the one shape that we use is dropped. */
  deliver(src: string, message: unknown): void {
    const parsed = v.safeParse(PeerJsEnvelope, { ...Object(message), src });
    if (!parsed.success) return;
    this.#config.iceServers = this.#options.iceServers();
    this.#toPeerJs(parsed.output);
  }

  /** Starts PeerJS's data connection to a peer; null when there is no server right now. */
  connect(peerId: string): DataConnection | null {
    if (this.#status.peek() !== 'online') return null;
    this.#config.iceServers = this.#options.iceServers();
    return this.#peer?.connect(peerId, { label: 'pairwise', reliable: true, serialization: 'raw' }) ?? null;
  }

  /** Tries the server now instead of at the next turn. */
  retry(): void {
    if (this.#closed) return;
    this.#pace.hurry();
    if (this.#retryTimer) void this.#connect();
    else this.check(); // Online, or already trying.
  }

  /** Something else is wrong, and the server may have gone with it: it is asked each second for a while. */
  doubt(): void {
    if (this.#status.peek() === 'online' && this.#options.canPing()) this.#pulse.doubt();
  }

  /** Finds out now whether the server is there. `limitMs` for its answer. */
  check(limitMs?: number): void {
    if (this.#status.peek() !== 'online') return;
    if (this.#options.canPing()) this.#pulse.check(limitMs);
    else if (performance.now() - this.#openedAt > MIN_SOCKET_AGE_MS) this.#cut();
  }

  /** The network has changed: whatever was tried on the one before is tried anew. */
  networkChanged(limitMs: number): void {
    if (this.#closed) return;
    this.#pace.hurry();
    if (this.#retryTimer) void this.#connect();
    else if (this.#status.peek() === 'online') this.check(limitMs);
    else this.#cut();
  }

  /** Leaves the server. Live links between browsers go on. */
  close(): void {
    this.#closed = true;
    this.#clearTimers();
    this.#pulse.stop();
    this.#sendPace.stop();
    this.#peer?.destroy();
  }

  /** One attempt: a fresh token, then a new PeerJS peer or the old one with its live connections. */
  async #connect(): Promise<void> {
    this.#clearTimers();
    const limitMs = this.#pace.begin();
    let token: string;
    try {
      token = await within(this.#options.token(this.#gaveUp), limitMs, 'server-unreachable');
    } catch {
      return this.#lost();
    }
    this.#gaveUp = false;
    if (this.#closed) return;
    const peer = this.#peer;
    // Only a peer whose id was refused at the very first is made anew.
    if (!peer || peer.destroyed) this.#peer = this.#start(token);
    else if (peer.disconnected) {
      peer.options.token = token;
      peer.reconnect();
    }
    this.#openTimer = setTimeout(() => this.#cut(), limitMs);
  }

  /** Gives the socket up. */
  #cut(): void {
    if (this.#peer?.disconnected !== false) return;
    this.#gaveUp = true;
    this.#peer.disconnect();
  }

  #ping(): void {
    if (this.#status.peek() === 'online') this.#sendPace.sendNow({ type: 'ping', n: requestNumber() });
  }

  #start(token: string): Peer {
    const { address, id } = this.#options;
    const peer = new Peer(id, {
      host: address.host,
      port: address.port,
      path: address.path,
      secure: address.secure,
      token,
      debug: 0,
      config: this.#config,
      pingInterval: HEARTBEAT_MS,
    });
    this.#gate(peer);
    peer.on('open', () => {
      this.#clearTimers();
      this.#pace.found();
      this.#openedAt = performance.now();
      if (this.#options.canPing()) this.#pulse.watch();
      this.#sendPace.start(this.#options.rate?.() ?? USUAL_RATE);
      this.#status.value = 'online';
    });
    peer.on('connection', (connection) => this.#incoming.emit(connection));
    peer.on('disconnected', () => this.#lost());
    peer.on('error', (error) => {
      if (error.type === 'unavailable-id') this.#status.value = 'taken';
    });
    return peer;
  }

  /** Puts us between PeerJS and its server: whatever it says to a peer goes out sealed, and it hears only what `deliver` lets through. */
  #gate(peer: Peer): void {
    const socket = peer.socket;
    this.#handlers = socket.listeners('message');
    socket.removeAllListeners('message');
    socket.on('message', (data: unknown) => this.#receive(data));
    this.#socketSend = socket.send.bind(socket);
    socket.send = (data: unknown) => {
      const parsed = v.safeParse(v.object({ dst: PeerId, ...PeerJsSays.entries }), data);
      if (!parsed.success) return;
      const { dst, ...message } = parsed.output;
      this.sendSealed(dst, message);
    };
  }

  #receive(data: unknown): void {
    this.#pulse.heard();
    const sealed = v.safeParse(SealedEnvelope, data);
    if (sealed.success) return this.#sealed.emit(sealed.output.src, sealed.output.payload);
    const own = v.safeParse(OwnEnvelope, data);
    if (own.success) return this.#message.emit(own.output.src, own.output.payload.pairwise);
    const answer = v.safeParse(ServerAnswer, data);
    if (answer.success) return this.#answer.emit(answer.output);
    const server = v.safeParse(ServerEnvelope, data);
    if (!server.success) return;
    if (server.output.type === 'EXPIRE') this.#absent.emit(server.output.src);
    else this.#toPeerJs(server.output);
  }

  #toPeerJs(message: unknown): void {
    const socket = this.#peer?.socket;
    for (const handle of this.#handlers) handle.call(socket, message);
  }

  #write(message: unknown): boolean {
    return this.#status.peek() === 'online' && this.#sendPace.send(message);
  }

  #lost(): void {
    if (this.#closed) return;
    this.#pulse.stop();
    this.#sendPace.stop();
    if (this.#status.peek() === 'online') this.#pace.lost();
    if (this.#status.peek() !== 'taken') this.#status.value = 'unreachable';
    this.#clearTimers();
    this.#retryTimer = setTimeout(() => void this.#connect(), this.#pace.next());
  }

  #clearTimers(): void {
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    if (this.#openTimer) clearTimeout(this.#openTimer);
    this.#retryTimer = this.#openTimer = null;
  }
}
