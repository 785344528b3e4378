import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Broker } from './broker.ts';
import type { ClientAddresses } from './client-address.ts';
import type { Config } from './config.ts';
import { CLOSE_CODES, FacadeSocket } from './facade-socket.ts';
import { HeldCounter, TokenBucket } from './limits.ts';
import { parseClientMessage } from './message.ts';
import type { OriginRules } from './origin-rules.ts';
import { refuseUpgrade, type UpgradeRefusal } from './upgrade-refusal.ts';
import { type ClientIdentity, parseUpgradeUrl } from './upgrade-url.ts';

/** How long a client may take to answer our close frame. */
const CLOSE_TIMEOUT_MS = 2000;
/** A frame of the largest message split finer than this is no browser's doing. */
const MAX_FRAGMENTS = 64;
const MINUTE_S = 60;

export interface GuardParts {
  readonly broker: Broker;
  readonly addresses: ClientAddresses;
  readonly origins: OriginRules;
  readonly config: Config;
  readonly log: Logger;
}

/** Everything between the network and the broker: who may connect, how often, and what a socket may say. */
export class Guard {
  readonly #parts: GuardParts;
  readonly #sockets: WebSocketServer;
  readonly #connects: RateLimiterMemory;
  readonly #held: HeldCounter;
  #stopping = false;

  constructor(parts: GuardParts) {
    const { config } = parts;
    this.#parts = parts;
    this.#held = new HeldCounter(config.socketsPerAddress);
    this.#connects = new RateLimiterMemory({ points: config.connectsPerAddressPerMinute, duration: MINUTE_S });
    // A variable, because the types of `ws` don't know its newest options.
    const options = {
      noServer: true,
      clientTracking: true,
      maxPayload: config.maxMessageBytes,
      maxFragments: MAX_FRAGMENTS,
      perMessageDeflate: false,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    this.#sockets = new WebSocketServer(options);
  }

  /** Takes over every upgrade request of the server. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      // Without a listener a reset during the checks would end the process.
      socket.on('error', () => socket.destroy());
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        this.#parts.log.error({ kind: error instanceof Error ? error.name : typeof error }, 'upgrade failed');
        socket.destroy();
      });
    });
  }

  /** Refuses newcomers from now on; `drop` ends what is left of the old ones. */
  stop(): void {
    this.#stopping = true;
  }

  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { addresses, config } = this.#parts;
    const identity = parseUpgradeUrl(request.url ?? '', config.maxUrlBytes);
    if ('refusal' in identity) return this.#refuse(socket, identity.refusal);
    if (!this.#parts.origins.allows(request.headers.origin)) return this.#refuse(socket, 'origin');

    const address = addresses.keyOf(request.socket.remoteAddress, request.headers['x-forwarded-for']);
    // Both are counted before anything is awaited: a thousand requests in one tick must not all find room.
    const release = this.#held.hold(address);
    if (!release) return this.#refuse(socket, 'too-many-sockets');
    socket.once('close', release);
    const withinRate = this.#connects.consume(address).then(
      () => true,
      () => false,
    );
    if (!(await withinRate)) return this.#refuse(socket, 'too-many-connects');
    if (this.#stopping) return this.#refuse(socket, 'stopping');
    if (this.#sockets.clients.size >= config.maxClients) return this.#refuse(socket, 'full');
    if (socket.destroyed) return;
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, identity, address));
  }

  #refuse(socket: Duplex, refusal: UpgradeRefusal): void {
    this.#parts.log.debug({ refusal }, 'upgrade refused');
    refuseUpgrade(socket, refusal);
  }

  #accept(socket: WebSocket, { id, token }: ClientIdentity, address: string): void {
    const { broker, config, log } = this.#parts;
    const { maxBufferedBytes } = config;
    const client = new FacadeSocket(socket, { id, token, address, maxBufferedBytes });
    const bucket = new TokenBucket(config.messagesPerSecond, config.messageBurst, performance.now());
    const end = (code: number, reason: string) => {
      log.debug({ reason }, 'client disconnected by us');
      client.close(code, reason);
    };
    const withinRate = (): boolean => {
      if (!client.isOpen) return false;
      if (bucket.take(performance.now())) return true;
      end(CLOSE_CODES.policy, 'too many messages');
      return false;
    };
    // `ws` reports broken and oversized frames here and closes the socket itself.
    socket.on('error', (error) => log.debug({ kind: error.name }, 'socket error'));
    socket.on('ping', withinRate);
    socket.on('pong', withinRate);
    socket.on('message', (data, isBinary) => {
      if (!withinRate()) return;
      if (isBinary) return end(CLOSE_CODES.unsupportedData, 'text only');
      const message = parseClientMessage(textOf(data), config.maxMessageDepth);
      if (!message) return end(CLOSE_CODES.policy, 'message refused');
      broker.route(client, message);
    });
    broker.join(client);
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
