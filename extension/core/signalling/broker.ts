import { type ReadonlySignal, signal } from '@preact/signals-core';
import { type DataConnection, Peer } from 'peerjs';
import * as v from 'valibot';
import { Backoff } from '../shared/backoff.ts';
import { Emitter } from '../shared/emitter.ts';
import { OwnEnvelope, PeerJsEnvelope, ServerEnvelope, type SignallingMessage } from './messages.ts';
import type { ServerAddress } from './server-address.ts';

/** connecting: first try · online · unreachable: tries go on by themselves · taken: somebody else has this id. */
export type BrokerStatus = 'connecting' | 'online' | 'unreachable' | 'taken';

export interface BrokerOptions {
  address: ServerAddress;
  id: string;
  /** The same at every start of this device, so that it takes its id back while the server still holds a dead socket of it. */
  token: string;
  iceServers: RTCIceServer[];
  /** Whether messages that make PeerJS open a connection are taken from this peer. Everybody else's are dropped unseen. */
  knows(peerId: string): boolean;
}

/** A server that accepts the socket and then says nothing is as good as none. */
const OPEN_LIMIT_MS = 8_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/**
 * This device's place on the signalling server, kept by PeerJS 1.5.5. Every message from the server passes a schema before PeerJS
 * sees it, and our own messages are taken out on the way; PeerJS's LEAVE handling, which closes live connections, never runs.
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
  /** A known peer dials. Called in the task in which PeerJS made the connection. */
  readonly onConnection = this.#incoming.on;
  readonly #backoff = new Backoff(FIRST_RETRY_MS, MAX_RETRY_MS);
  #peer: Peer;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #openTimer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(options: BrokerOptions) {
    this.id = options.id;
    this.#options = options;
    this.#peer = this.#start();
  }

  /** Sends one of our own messages; false when there is no server right now. */
  send(dst: string, message: SignallingMessage): boolean {
    if (this.#status.peek() !== 'online') return false;
    this.#peer.socket.send({ type: 'CANDIDATE', dst, payload: { pairwise: message } });
    return true;
  }

  /** Starts PeerJS's data connection to a peer; null when there is no server right now. */
  connect(peerId: string): DataConnection | null {
    if (this.#status.peek() !== 'online') return null;
    return this.#peer.connect(peerId, { label: 'pairwise', reliable: true, serialization: 'raw' }) ?? null;
  }

  /** Tries the server now instead of at the next turn. */
  retry(): void {
    if (this.#closed || !this.#peer.disconnected) return; // Online, or already trying.
    this.#backoff.reset();
    this.#reconnect();
  }

  /** Leaves the server. Live links between browsers go on. */
  close(): void {
    this.#closed = true;
    this.#clearTimers();
    this.#peer.destroy();
  }

  #start(): Peer {
    const { address, id, token, iceServers } = this.#options;
    const peer = new Peer(id, {
      host: address.host,
      port: address.port,
      path: address.path,
      secure: address.secure,
      token,
      debug: 0,
      config: { iceServers },
    });
    this.#gate(peer);
    peer.on('open', () => {
      this.#clearTimers();
      this.#backoff.reset();
      this.#status.value = 'online';
    });
    peer.on('connection', (connection) => this.#incoming.emit(connection));
    peer.on('disconnected', () => this.#lost());
    peer.on('error', (error) => {
      if (error.type === 'unavailable-id') this.#status.value = 'taken';
    });
    this.#watchOpen();
    return peer;
  }

  /** Puts our schema in front of PeerJS's own handler of server messages. */
  #gate(peer: Peer): void {
    const socket = peer.socket;
    const handlers = socket.listeners('message');
    socket.removeAllListeners('message');
    socket.on('message', (data: unknown) => {
      const own = v.safeParse(OwnEnvelope, data);
      if (own.success) return this.#message.emit(own.output.src, own.output.payload.pairwise);
      const server = v.safeParse(ServerEnvelope, data);
      if (server.success && server.output.type === 'EXPIRE') return this.#absent.emit(server.output.src);
      const fromPeer = v.safeParse(PeerJsEnvelope, data);
      if (!server.success && !(fromPeer.success && this.#options.knows(fromPeer.output.src))) return;
      for (const handle of handlers) handle.call(socket, server.success ? server.output : fromPeer.output);
    });
  }

  #lost(): void {
    if (this.#closed) return;
    if (this.#status.peek() !== 'taken') this.#status.value = 'unreachable';
    this.#clearTimers();
    this.#retryTimer = setTimeout(() => this.#reconnect(), this.#backoff.next());
  }

  #reconnect(): void {
    this.#clearTimers();
    // PeerJS takes its socket up again with its live connections; only one whose id was refused has to be made anew.
    if (this.#peer.destroyed) {
      this.#peer = this.#start();
    } else if (this.#peer.disconnected) {
      this.#peer.reconnect();
      this.#watchOpen();
    }
  }

  #watchOpen(): void {
    this.#openTimer = setTimeout(() => {
      if (!this.#peer.disconnected) this.#peer.disconnect();
    }, OPEN_LIMIT_MS);
  }

  #clearTimers(): void {
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    if (this.#openTimer) clearTimeout(this.#openTimer);
    this.#retryTimer = this.#openTimer = null;
  }
}
