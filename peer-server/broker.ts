import type { Server } from 'node:http';
import express, { type Express } from 'express';
import { ExpressPeerServer } from 'peer';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Directory, Seat } from './backplane/backplane.ts';
import type { Config } from './config.ts';
import { CLOSE_CODES, type FacadeSocket } from './facade-socket.ts';
import type { ForwardedMessage, PeerMessage } from './message.ts';
import type { OriginRules } from './origin-rules.ts';
import { PEER_KEY, PEER_PATH } from './peer-path.ts';

/** `peer` keeps a queue of its own that stays empty here; the longest timer there is leaves it alone. */
const NEVER_MS = 2 ** 31 - 1;
/** As `peer` says it. */
const ID_TAKEN = JSON.stringify({ type: 'ID-TAKEN', payload: { msg: 'ID is taken' } });

/**
 * The rooms behind the guard: `peer` with its sockets swapped for facades. `peer` says OPEN, watches heartbeats and forwards between
 * clients that are here. Who may have an id, and everything for clients that aren't here, is the directory's.
 */
export class Broker {
  /** Express application of `peer`, which answers `/peerjs/id`. */
  readonly app: Express;
  readonly #front: WebSocketServer;
  readonly #clients = new Map<string, FacadeSocket>();
  readonly #directory: Directory;
  readonly #log: Logger;

  constructor(server: Server, config: Config, directory: Directory, origins: OriginRules, log: Logger) {
    this.#log = log;
    this.#directory = directory;
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
   * Gives the client its id and OPEN. Whoever had the id before is disconnected first: that is what a browser looks like whose old
   * connection died unnoticed. `peer` alone would hand over without OPEN, and the newcomer would wait for ever.
   */
  async join(client: FacadeSocket): Promise<void> {
    const { id, secret } = client;
    const seat: Seat = {
      id,
      secret,
      deliver: (text) => {
        client.send(text);
        return client.isOpen;
      },
      expired: (dst) => sendExpire(client, dst),
      evicted: () => client.close(CLOSE_CODES.replaced, 'connected again elsewhere'),
    };
    client.once('close', () => {
      if (this.#clients.get(id) === client) this.#clients.delete(id);
      this.#directory.unregister(seat).catch((error: unknown) => this.#report(error, 'directory failed'));
    });
    if (!(await this.#directory.register(seat))) {
      client.send(ID_TAKEN);
      return client.close();
    }
    // Gone, or evicted by one that came at the same time.
    if (!client.isOpen) return;
    const query = new URLSearchParams({ key: PEER_KEY, id, token: secret ?? id });
    this.#front.emit('connection', client, { url: `/?${query}` });
    if (!client.isOpen) return;
    this.#clients.set(id, client);
    await this.#directory.announce(seat);
  }

  /** Passes on a checked message of a client that has joined. */
  route(client: FacadeSocket, message: PeerMessage): void {
    if (message.type === 'HEARTBEAT') return this.#hand(client, JSON.stringify(message));
    // Nobody is told LEAVE: it makes PeerJS close connections that live.
    if (message.type === 'LEAVE') return;
    const { dst } = message;
    const receiver = this.#clients.get(dst);
    if (receiver) {
      this.#hand(client, JSON.stringify(message));
      // Cut off for not reading: the sender should know rather than wait.
      if (!receiver.isOpen) sendExpire(client, dst);
    } else {
      this.#sendElsewhere(client, message).catch((error: unknown) => {
        this.#report(error, 'directory failed');
        sendExpire(client, dst);
      });
    }
  }

  /** Disconnects everyone. No LEAVE is sent: connections between browsers live on without the server. */
  close(): void {
    for (const client of this.#clients.values()) client.close(CLOSE_CODES.goingAway, 'server stops');
    this.#front.close();
  }

  async #sendElsewhere(client: FacadeSocket, { type, dst, payload }: ForwardedMessage): Promise<void> {
    const text = JSON.stringify({ type, src: client.id, dst, payload });
    const isTaken = await this.#directory.send({ src: client.id, srcAddress: client.address, dst, text });
    if (!isTaken) sendExpire(client, dst);
  }

  #hand(client: FacadeSocket, text: string): void {
    try {
      client.emit('message', text);
    } catch (error) {
      // Whatever a message does inside `peer`, it costs its sender the connection and nobody else anything.
      this.#report(error, 'peer failed on a message');
      client.close(CLOSE_CODES.policy, 'message refused');
    }
  }

  #report(error: unknown, what: string): void {
    this.#log.error({ kind: error instanceof Error ? error.name : typeof error }, what);
  }
}

function sendExpire(client: FacadeSocket, dst: string): void {
  client.send(JSON.stringify({ type: 'EXPIRE', src: dst, dst: client.id }));
}
