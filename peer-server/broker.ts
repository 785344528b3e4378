import type { Server } from 'node:http';
import express, { type Express } from 'express';
import { ExpressPeerServer } from 'peer';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Config } from './config.ts';
import { CLOSE_CODES, type FacadeSocket } from './facade-socket.ts';
import type { ClientMessage } from './message.ts';
import type { OriginRules } from './origin-rules.ts';
import { PEER_KEY, PEER_PATH } from './peer-path.ts';
import { PendingMessages } from './pending-messages.ts';

/** `peer` keeps a queue of its own that stays empty here; the longest timer there is leaves it alone. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * The rooms behind the guard: `peer` with its sockets swapped for facades. `peer` registers clients, says OPEN, ID-TAKEN and ERROR,
 * watches heartbeats and forwards between clients that are here. Messages for absent ones wait here, within bounds.
 */
export class Broker {
  /** Express application of `peer`, which answers `/peerjs/id`. */
  readonly app: Express;
  readonly #front: WebSocketServer;
  readonly #clients = new Map<string, FacadeSocket>();
  readonly #pending: PendingMessages;
  readonly #log: Logger;

  constructor(server: Server, config: Config, origins: OriginRules, log: Logger) {
    this.#log = log;
    this.#pending = new PendingMessages(config, (src, dst) => this.#sendExpire(src, dst));
    // Bound to no server: `peer` listens to its `connection` events, which only `join` emits.
    this.#front = new WebSocketServer({ noServer: true, clientTracking: false });
    const peer = ExpressPeerServer(server, {
      path: PEER_PATH,
      key: PEER_KEY,
      allow_discovery: false,
      concurrent_limit: config.maxClients,
      alive_timeout: config.aliveTimeoutMs,
      cleanup_out_msgs: NEVER_MS,
      createWebSocketServer: () => this.#front,
      corsOptions: {
        origin: (origin: string | undefined, answer: (error: null, allowed: boolean) => void) =>
          answer(null, origins.allows(origin)),
      },
    });
    peer.on('error', (error: Error) => log.warn({ kind: error.name }, 'peer reported an error'));
    peer.disable('x-powered-by');
    this.app = express().disable('x-powered-by').use(peer);
  }

  /**
   * Lets `peer` register the client. A newcomer with the id and token of a connected client replaces it: that is what a browser
   * does whose old connection died unnoticed. `peer` alone would hand over without OPEN, and the newcomer would wait for ever.
   */
  join(client: FacadeSocket): void {
    const { id, token } = client;
    const before = this.#clients.get(id);
    if (before?.token === token) before.close(CLOSE_CODES.replaced, 'connected again elsewhere');
    client.on('close', () => {
      if (this.#clients.get(id) === client) this.#clients.delete(id);
    });
    // Rebuilt: with a repeated parameter `peer` would read another value than the guard did.
    const query = new URLSearchParams({ key: PEER_KEY, id, token });
    this.#front.emit('connection', client, { url: `/?${query}` });
    if (!client.isOpen) return;
    this.#clients.set(id, client);
    for (const text of this.#pending.take(id)) client.send(text);
  }

  /** Passes on a checked message of a client that has joined. */
  route(client: FacadeSocket, message: ClientMessage): void {
    const text = JSON.stringify(message);
    if (message.type === 'HEARTBEAT') {
      this.#hand(client, text);
      return;
    }
    const { dst } = message;
    const receiver = this.#clients.get(dst);
    if (receiver) {
      this.#hand(client, text);
      // Cut off for not reading: the sender should know rather than wait.
      if (!receiver.isOpen) this.#sendExpire(client.id, dst);
    } else if (message.type !== 'LEAVE') {
      const forwarded = JSON.stringify({ type: message.type, src: client.id, dst, payload: message.payload });
      const kept = this.#pending.add(dst, { src: client.id, srcAddress: client.address, text: forwarded });
      if (!kept) this.#sendExpire(client.id, dst);
    }
  }

  /** Disconnects everyone. No LEAVE is sent: connections between browsers live on without the server. */
  close(): void {
    this.#pending.clear();
    for (const client of this.#clients.values()) client.close(CLOSE_CODES.goingAway, 'server stops');
    this.#front.close();
  }

  #hand(client: FacadeSocket, text: string): void {
    try {
      client.emit('message', text);
    } catch (error) {
      // Whatever a message does inside `peer`, it costs its sender the connection and nobody else anything.
      this.#log.error({ kind: error instanceof Error ? error.name : typeof error }, 'peer failed on a message');
      client.close(CLOSE_CODES.policy, 'message refused');
    }
  }

  #sendExpire(src: string, dst: string): void {
    this.#clients.get(src)?.send(JSON.stringify({ type: 'EXPIRE', src: dst, dst: src }));
  }
}
