import { signal } from '@preact/signals-core';
import type { DataConnection } from 'peerjs';
import type { SealedPayload } from '../../extension/core/crypto/seal.ts';
import type { Link } from '../../extension/core/link/link.ts';
import { toBase64Url } from '../../extension/core/shared/bytes.ts';
import { Emitter } from '../../extension/core/shared/emitter.ts';
import { AppError } from '../../extension/core/shared/errors.ts';
import type { BrokerStatus } from '../../extension/core/signalling/broker.ts';
import type { Paths } from '../../extension/core/signalling/contact.ts';
import type { SealedMessage, SignallingMessage } from '../../extension/core/signalling/messages.ts';
import type { RelayMeeting } from '../../extension/core/signalling/relay-meeting.ts';
import type { RendezvousBroker } from '../../extension/core/signalling/rendezvous.ts';
import { createMemoryConnections, type MemoryConnection } from './memory-connection.ts';
import { createMemoryLinks, type MemoryLinkPair, withResolvers } from './memory-link.ts';

/** One way, by the clock of the test. */
const LATENCY_MS = 20;
/** What an absent peer is sent waits for it so long, as on our server. */
const ABSENT_MS = 5_000;

/** What travels: of our own messages the type, of sealed ones `sealed`. */
export interface Sent {
  readonly atMs: number;
  readonly src: string;
  readonly type: SignallingMessage['type'] | 'sealed';
}

type Post = { message: SignallingMessage } | { payload: SealedPayload };

/** A signalling server with a relay, and the network between those who meet there, in this process. */
export class MemoryServer {
  /** Whether connections that are dialled from now on open. */
  directWorks = true;
  relayWorks = true;
  /** Called as a connection opens, with both ends of it. */
  onOpening: (ends: readonly [MemoryConnection, MemoryConnection]) => void = () => {};
  /** What happens to what somebody sends: it arrives, is lost, or waits until `release`. */
  fate: (sent: Sent) => 'arrives' | 'lost' | 'waits' = () => 'arrives';
  readonly sent: Sent[] = [];
  /** Every connection that was dialled, oldest first, the end of the one who dialled before the other. */
  readonly connections: (readonly [MemoryConnection, MemoryConnection])[] = [];
  readonly relayed: MemoryLinkPair[] = [];
  readonly #places = new Map<string, MemoryPlace>();
  readonly #waiting: (() => void)[] = [];
  readonly #meetings = new Map<string, { resolve(link: Link): void }>();

  /** The place of a device here; it is not there yet. */
  place(id: string): MemoryPlace {
    const place = new MemoryPlace(id, this);
    this.#places.set(id, place);
    return place;
  }

  /** What waits arrives, in its order. */
  release(): void {
    for (const arrive of this.#waiting.splice(0)) arrive();
  }

  route(src: string, dst: string, post: Post): void {
    const type = 'message' in post ? post.message.type : 'sealed';
    const sent: Sent = { atMs: performance.now(), src, type };
    this.sent.push(sent);
    const fate = this.fate(sent);
    const arrive = () => setTimeout(() => this.#arrive(src, dst, post, 0), LATENCY_MS);
    if (fate === 'arrives') arrive();
    else if (fate === 'waits') this.#waiting.push(arrive);
  }

  connection(id: string): readonly [MemoryConnection, MemoryConnection] | undefined {
    return this.connections.find(([{ connectionId }]) => connectionId === id);
  }

  /** Both ends have heard of each other. */
  negotiated(id: string): void {
    const ends = this.connection(id);
    ends?.[0].signalled();
    if (!ends || !this.directWorks) return;
    setTimeout(() => {
      for (const end of ends) end.opens();
      this.onOpening(ends);
    }, LATENCY_MS);
  }

  async meet({ keys, onAdmitted }: RelayMeeting, signal: AbortSignal): Promise<Link> {
    if (!this.relayWorks) throw new AppError('link-lost');
    onAdmitted();
    const room = toBase64Url(keys.id);
    const other = this.#meetings.get(room);
    this.#meetings.delete(room);
    if (other) {
      const links = createMemoryLinks();
      this.relayed.push(links);
      for (const link of [links.a, links.b]) link.measured('relay', 2 * LATENCY_MS);
      other.resolve(links.a);
      return links.b;
    }
    const { promise, resolve, reject } = withResolvers<Link>();
    const me = { resolve };
    this.#meetings.set(room, me);
    signal.addEventListener('abort', () => {
      if (this.#meetings.get(room) === me) this.#meetings.delete(room);
      reject(signal.reason);
    });
    return promise;
  }

  #arrive(src: string, dst: string, post: Post, waitedMs: number): void {
    const place = this.#places.get(dst);
    if (place?.isThere) return place.hears(src, post);
    // A socket that has died unnoticed takes everything.
    if (place?.isDeaf) return;
    if (waitedMs >= ABSENT_MS) return this.#places.get(src)?.absent(dst);
    setTimeout(() => this.#arrive(src, dst, post, waitedMs + 100), 100);
  }
}

/** What `Broker` is, on a `MemoryServer`. */
export class MemoryPlace implements RendezvousBroker {
  readonly id: string;
  readonly status = signal<BrokerStatus>('connecting');
  /** Its socket is dead, and nobody has noticed. */
  isDeaf = false;
  /** The session with a peer seals. */
  seal: (peerId: string, message: unknown) => SealedPayload | null = () => null;
  readonly #server: MemoryServer;
  readonly #message = new Emitter<[src: string, message: SignallingMessage]>();
  readonly #sealed = new Emitter<[src: string, payload: SealedPayload]>();
  readonly #absent = new Emitter<[peerId: string]>();
  readonly #incoming = new Emitter<[connection: DataConnection]>();
  readonly onMessage = this.#message.on;
  readonly onSealed = this.#sealed.on;
  readonly onAbsent = this.#absent.on;
  readonly onConnection = this.#incoming.on;

  constructor(id: string, server: MemoryServer) {
    this.id = id;
    this.#server = server;
  }

  get isThere(): boolean {
    return this.status.peek() === 'online' && !this.isDeaf;
  }

  comes(): void {
    this.isDeaf = false;
    this.status.value = 'online';
  }

  goes(): void {
    this.status.value = 'unreachable';
  }

  readonly paths = (): Paths => ({
    iceServers: () => [],
    services: () => null,
    openRelay: (meeting, signal) => this.#server.meet(meeting, signal),
  });

  send(dst: string, message: SignallingMessage): boolean {
    return this.#write(dst, { message });
  }

  sendSealed(dst: string, message: SealedMessage): boolean {
    const payload = this.seal(dst, message);
    return payload !== null && this.#write(dst, { payload });
  }

  connect(peerId: string): DataConnection | null {
    if (this.status.peek() !== 'online') return null;
    const ends = createMemoryConnections(this.id, peerId);
    this.#server.connections.push(ends);
    const { connection, connectionId, sdp } = ends[0];
    this.sendSealed(peerId, { type: 'OFFER', payload: { connectionId, sdp: { sdp } } });
    return connection;
  }

  deliver(src: string, message: unknown): void {
    const { type, payload } = message as { type: string; payload: { connectionId: string } };
    const { connectionId } = payload;
    const ends = this.#server.connection(connectionId);
    if (type === 'ANSWER') return this.#server.negotiated(connectionId);
    if (type !== 'OFFER' || !ends) return;
    const { connection, sdp } = ends[1];
    this.#incoming.emit(connection);
    ends[1].signalled();
    this.sendSealed(src, { type: 'ANSWER', payload: { connectionId, sdp: { sdp } } });
  }

  check(): void {
    if (this.isDeaf) this.goes();
  }

  doubt(): void {
    this.check();
  }

  hears(src: string, post: Post): void {
    if ('message' in post) this.#message.emit(src, post.message);
    else this.#sealed.emit(src, post.payload);
  }

  absent(peerId: string): void {
    this.#absent.emit(peerId);
  }

  #write(dst: string, post: Post): boolean {
    if (this.status.peek() !== 'online') return false;
    if (!this.isDeaf) this.#server.route(this.id, dst, post);
    return true;
  }
}
