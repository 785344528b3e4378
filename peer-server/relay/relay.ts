import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Backplane, Budget } from '../backplane/backplane.ts';
import type { ClientAddresses } from '../client-address.ts';
import type { Config } from '../config.ts';
import { CLOSE_CODES } from '../facade-socket.ts';
import { HeldCounter } from '../limits.ts';
import type { Counts, Levels } from '../metrics/counts.ts';
import type { OriginRules } from '../origin-rules.ts';
import { RELAY_MAX_FRAME_BYTES } from '../protocol.ts';
import { refuseUpgrade, type UpgradeRefusal } from '../upgrade-refusal.ts';
import { createWebSockets } from '../web-sockets.ts';
import { ByteAllowance, PIECE_BYTES } from './byte-allowance.ts';
import { RelayRoom } from './relay-room.ts';
import type { RelayAdmission, RelayTickets } from './relay-tickets.ts';

const MINUTE_MS = 60_000;
/** How long a client may take to answer our close frame, behind what the network still holds for it. */
const CLOSE_TIMEOUT_MS = 30_000;

export interface RelayParts {
  readonly backplane: Backplane;
  readonly tickets: RelayTickets;
  readonly addresses: ClientAddresses;
  readonly origins: OriginRules;
  readonly config: Config;
  readonly counts: Counts;
  readonly log: Logger;
}

/**
 * Rooms of two, for browsers that reach each other in no other way. Whoever has a ticket gets in; what is said inside is sealed between
 * the two. A room belongs to this process, and so both of its sides have to come here.
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #sockets: WebSocketServer;
  readonly #connects: Budget;
  readonly #bytes: Budget;
  readonly #held: HeldCounter;
  readonly #rooms = new Set<RelayRoom>();
  /** By name: those where one side waits. A side that comes again later gets a new room, and the old one lasts until it is left. */
  readonly #waiting = new Map<string, RelayRoom>();
  readonly #checks: NodeJS.Timeout;
  #stopping = false;

  constructor(parts: RelayParts) {
    const { backplane, config } = parts;
    this.#parts = parts;
    this.#held = new HeldCounter(config.relaySocketsPerAddress);
    this.#connects = backplane.budget('relay-connects', config.connectsPerAddressPerMinute, MINUTE_MS);
    const pieces = Math.floor(config.relayBytesPerAddressPerHour / PIECE_BYTES);
    this.#bytes = backplane.budget('relay-bytes', pieces, 60 * MINUTE_MS);
    this.#sockets = createWebSockets({ maxPayload: RELAY_MAX_FRAME_BYTES, closeTimeout: CLOSE_TIMEOUT_MS });
    const check = () => {
      for (const room of this.#rooms) room.check();
    };
    this.#checks = setInterval(check, config.relayPingMs).unref();
  }

  get isFull(): boolean {
    return this.#sockets.clients.size >= this.#parts.config.relaySockets;
  }

  /** Whether this address has sent all that it may in this hour. */
  isSpent(address: string): Promise<boolean> {
    return this.#bytes.isSpent(address);
  }

  get levels(): Pick<Levels, 'relaySockets' | 'relayRooms'> {
    const waiting = this.#waiting.size;
    return { relaySockets: this.#sockets.clients.size, relayRooms: { waiting, joined: this.#rooms.size - waiting } };
  }

  /** Lets a client with a ticket in. What is counted is counted before anything is awaited. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { addresses, config, origins, tickets } = this.#parts;
    const url = request.url ?? '';
    if (Buffer.byteLength(url) > config.maxUrlBytes) return this.#refuse(socket, 'url-too-long');
    if (!origins.allows(request.headers.origin)) return this.#refuse(socket, 'origin');
    const address = addresses.keyOf(request.socket.remoteAddress, request.headers['x-forwarded-for']);
    const release = this.#held.hold(address);
    if (!release) return this.#refuse(socket, 'too-many-sockets');
    socket.once('close', release);
    if (!(await this.#connects.take(address))) return this.#refuse(socket, 'too-many-connects');
    if (this.#stopping) return this.#refuse(socket, 'stopping');
    // Before the ticket is used up.
    if (this.isFull) return this.#refuse(socket, 'full');
    const admission = await tickets.redeem(new URLSearchParams(url.split('?', 2)[1]).get('ticket') ?? '');
    if (!admission) return this.#refuse(socket, 'ticket');
    // Things may have changed meanwhile.
    if (this.#stopping) return this.#refuse(socket, 'stopping');
    if (this.isFull) return this.#refuse(socket, 'full');
    // Nothing may be said before the answer.
    if (head.length > 0) return this.#refuse(socket, 'bad-query');
    if (socket.destroyed) return;
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#enter(admission, webSocket, address));
  }

  /** Refuses newcomers and ends all rooms; `drop` ends what is left of them. */
  close(): void {
    this.#stopping = true;
    clearInterval(this.#checks);
    for (const room of this.#rooms) room.end(CLOSE_CODES.goingAway, 'server stops');
  }

  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #refuse(socket: Duplex, refusal: UpgradeRefusal): void {
    this.#parts.log.debug({ refusal }, 'relay refused');
    this.#parts.counts.refusedUpgrades.add(refusal);
    refuseUpgrade(socket, refusal);
  }

  #enter({ room: name, side, maxBytes }: RelayAdmission, webSocket: WebSocket, address: string): void {
    const room = this.#waiting.get(name) ?? this.#open(name, maxBytes);
    room.enter(side, webSocket, address);
    if (!room.isWaiting) this.#waiting.delete(name);
  }

  #open(name: string, maxBytes: number): RelayRoom {
    const { config, counts, log } = this.#parts;
    const room: RelayRoom = new RelayRoom({
      maxBytes,
      waitMs: config.relayWaitMs,
      lifetimeMs: config.relayLifetimeMs,
      allowance: (address, onSpent) => new ByteAllowance(this.#bytes, address, onSpent, this.#report),
      counts,
      ended: (code) => {
        log.debug({ code }, 'relay room ended');
        counts.relayRoomsEnded.add(String(code));
        this.#rooms.delete(room);
        if (this.#waiting.get(name) === room) this.#waiting.delete(name);
      },
    });
    this.#rooms.add(room);
    this.#waiting.set(name, room);
    return room;
  }

  readonly #report = (error: unknown): void => {
    this.#parts.log.error({ kind: error instanceof Error ? error.name : typeof error }, 'budget failed');
  };
}
