import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import type { Backplane, Budget } from './backplane/backplane.ts';
import type { Broker } from './broker.ts';
import type { ClientAddresses } from './client-address.ts';
import type { Config } from './config.ts';
import { CLOSE_CODES, type FacadeOptions, FacadeSocket } from './facade-socket.ts';
import { HeldCounter, TokenBucket } from './limits.ts';
import { parseClientMessage } from './message.ts';
import type { Counts } from './metrics/counts.ts';
import type { NameplateDesk } from './nameplate-desk.ts';
import type { OriginRules } from './origin-rules.ts';
import { DEVICE_ID_LENGTH, RELAY_PATH } from './protocol.ts';
import type { Relay } from './relay/relay.ts';
import type { ServiceDesk } from './service-desk.ts';
import type { SocketTokens } from './socket-token.ts';
import { refuseUpgrade, type UpgradeRefusal } from './upgrade-refusal.ts';
import { parseUpgradeUrl } from './upgrade-url.ts';
import { createWebSockets } from './web-sockets.ts';

/** How long a client may take to answer our close frame. */
const CLOSE_TIMEOUT_MS = 2000;
const MINUTE_MS = 60_000;

export interface GuardParts {
  readonly backplane: Backplane;
  readonly broker: Broker;
  readonly desk: NameplateDesk;
  readonly services: ServiceDesk;
  /** Undefined where there is none. */
  readonly relay: Relay | undefined;
  readonly tokens: SocketTokens;
  readonly addresses: ClientAddresses;
  readonly origins: OriginRules;
  readonly config: Config;
  readonly counts: Counts;
  readonly log: Logger;
}

/** Everything between the network and the broker: who may connect, how often, and what a socket may say. */
export class Guard {
  readonly #parts: GuardParts;
  readonly #sockets: WebSocketServer;
  readonly #connects: Budget;
  readonly #held: HeldCounter;
  #stopping = false;

  constructor(parts: GuardParts) {
    const { config } = parts;
    this.#parts = parts;
    this.#held = new HeldCounter(config.socketsPerAddress);
    this.#connects = parts.backplane.budget('connects', config.connectsPerAddressPerMinute, MINUTE_MS);
    this.#sockets = createWebSockets({ maxPayload: config.maxMessageBytes, closeTimeout: CLOSE_TIMEOUT_MS });
  }

  /** Takes over every upgrade request of the server. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      // Without a listener a reset during the checks would end the process.
      socket.on('error', () => socket.destroy());
      const { relay } = this.#parts;
      const upgrade =
        relay && isRelay(request) ? relay.upgrade(request, socket, head) : this.#upgrade(request, socket, head);
      upgrade.catch((error: unknown) => {
        this.#parts.log.error({ kind: error instanceof Error ? error.name : typeof error }, 'upgrade failed');
        socket.destroy();
      });
    });
  }

  /** Sockets that are open. */
  get size(): number {
    return this.#sockets.clients.size;
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
    const { addresses, config, tokens } = this.#parts;
    const identity = parseUpgradeUrl(request.url ?? '', config.maxUrlBytes);
    if ('refusal' in identity) return this.#refuse(socket, identity.refusal);
    if (!this.#parts.origins.allows(request.headers.origin)) return this.#refuse(socket, 'origin');
    const { id, token } = identity;
    const needsProof = id.length === DEVICE_ID_LENGTH;
    if (!needsProof && !config.allowStockClients) return this.#refuse(socket, 'stock-client');

    const address = addresses.keyOf(request.socket.remoteAddress, request.headers['x-forwarded-for']);
    // Both are counted before anything is awaited: a thousand requests in one tick must not all find room.
    const release = this.#held.hold(address);
    if (!release) return this.#refuse(socket, 'too-many-sockets');
    socket.once('close', release);
    if (!(await this.#connects.take(address))) return this.#refuse(socket, 'too-many-connects');
    if (needsProof && !(await tokens.accepts(id, token, request.headers.host))) return this.#refuse(socket, 'token');
    if (this.#stopping) return this.#refuse(socket, 'stopping');
    if (this.#sockets.clients.size >= config.maxClients) return this.#refuse(socket, 'full');
    if (socket.destroyed) return;
    const { maxBufferedBytes } = config;
    const onUnread = () => this.#parts.counts.cutClients.add('too much left unread');
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#accept(webSocket, { id, secret: needsProof ? null : token, address, maxBufferedBytes, onUnread });
    });
  }

  #refuse(socket: Duplex, refusal: UpgradeRefusal): void {
    this.#parts.log.debug({ refusal }, 'upgrade refused');
    this.#parts.counts.refusedUpgrades.add(refusal);
    refuseUpgrade(socket, refusal);
  }

  #accept(socket: WebSocket, options: FacadeOptions): void {
    const { broker, config, counts, desk, services, log } = this.#parts;
    const client = new FacadeSocket(socket, options);
    const bucket = new TokenBucket(config.messagesPerSecond, config.messageBurst, performance.now());
    const end = (code: number, reason: string) => {
      log.debug({ reason }, 'client disconnected by us');
      counts.cutClients.add(reason);
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
      counts.messages.add(message.type);
      if (!('n' in message)) return broker.route(client, message);
      if (client.secret !== null) return end(CLOSE_CODES.policy, 'message refused');
      switch (message.type) {
        case 'ping':
        case 'ice-servers':
        case 'relay-ticket':
          return services.handle(client, message);
        default:
          return desk.handle(client, message);
      }
    });
    // What it says before its OPEN stays in the network until then.
    socket.pause();
    broker.join(client).then(
      () => socket.resume(),
      (error: unknown) => {
        log.error({ kind: error instanceof Error ? error.name : typeof error }, 'joining failed');
        client.close(CLOSE_CODES.serverError, 'try again later');
        socket.resume();
      },
    );
  }
}

function isRelay({ url = '' }: IncomingMessage): boolean {
  return url.split('?', 1)[0] === RELAY_PATH;
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
