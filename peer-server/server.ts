import { createServer, type Server } from 'node:http';
import pino from 'pino';
import type { Backplane } from './backplane/backplane.ts';
import { MemoryBackplane } from './backplane/memory.ts';
import { Broker } from './broker.ts';
import { ClientAddresses } from './client-address.ts';
import { type Config, completeConfig } from './config.ts';
import { Guard } from './guard.ts';
import { createHttpHandler } from './http-handler.ts';
import { HeldCounter } from './limits.ts';
import { ListenError, listen, urlHost } from './listen.ts';
import { Counts, type Levels } from './metrics/counts.ts';
import { startMetricsServer } from './metrics/metrics-server.ts';
import { NameplateDesk } from './nameplate-desk.ts';
import { OriginRules } from './origin-rules.ts';
import { Relay } from './relay/relay.ts';
import { RelayTickets } from './relay/relay-tickets.ts';
import { ServiceDesk } from './service-desk.ts';
import { SocketTokens } from './socket-token.ts';

export { ListenError };

export interface RunningServer {
  /** Without a slash at the end, such as `http://127.0.0.1:9000`. */
  readonly url: string;
  /** The real one where 0 was asked for. */
  readonly port: number;
  /** Where its figures are to be read, if anywhere: `http://127.0.0.1:PORT/metrics`. */
  readonly metricsUrl: string | null;
  /** Stops listening, disconnects every client and resolves when all sockets are closed. May be called again. */
  close(): Promise<void>;
}

const NOTHING: Levels = { clients: 0, relaySockets: 0, relayRooms: { waiting: 0, joined: 0 } };
/** How long clients may take to close after we said goodbye. */
const GOODBYE_MS = 1000;
/** A request head arrives in one piece from anyone honest. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Room beside the WebSockets of one address for its plain HTTP requests and connections still being checked. */
const SPARE_CONNECTIONS_PER_ADDRESS = 20;

/**
 * Starts the signalling server. Whatever `config` leaves out has the default of `config.ts`.
 *
 * After `close()` a timer inside `peer` that can't be reached remains: a process that should end calls `process.exit`.
 * @param sharedBackplane what this server shares with others that act as one with it; it stays open when this server closes.
 * Without it the server is alone and keeps everything in memory.
 * @throws ConfigError for a value out of bounds, ListenError when the address can't be used.
 */
export async function startServer(
  partialConfig: Partial<Config> = {},
  sharedBackplane?: Backplane,
): Promise<RunningServer> {
  const config = completeConfig(partialConfig);
  // Standard error, so that standard output holds only what people and scripts wait for.
  const log = pino({ level: config.logLevel, base: null }, pino.destination(2));
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 2,
  });
  const counts = new Counts();
  let levels = (): Levels => NOTHING;
  const metrics = await startMetricsServer(config, counts, () => levels(), log);
  // Before anything else, so that a taken port leaves nothing of `peer` behind. No request can come in until this turn ends.
  const port = await listen(server, config.host, config.port).catch(async (error: unknown) => {
    await metrics?.close();
    throw error;
  });
  // Errors from now on are failed accepts, as when file descriptors run out: nothing for those who are connected.
  server.on('error', (error) => log.error({ kind: error.name }, 'server error'));
  const addresses = new ClientAddresses(config.trustedProxies);
  const origins = new OriginRules(config.allowedOrigins);
  const backplane = sharedBackplane ?? new MemoryBackplane(config);
  const broker = new Broker(server, config, backplane.directory, origins, log);
  const desk = new NameplateDesk(backplane, config, log);
  const tokens = new SocketTokens(config, backplane);
  const tickets = new RelayTickets(config, backplane);
  const relay = config.relay ? new Relay({ backplane, tickets, addresses, origins, config, counts, log }) : undefined;
  const services = new ServiceDesk({ backplane, tickets, relay, config, counts, log });
  const guard = new Guard({
    backplane,
    broker,
    desk,
    services,
    relay,
    tokens,
    addresses,
    origins,
    config,
    counts,
    log,
  });
  // Twice, for those whose upgrade is being checked or whose goodbye is under way.
  server.maxConnections = (config.maxClients + config.relaySockets) * 2;
  const webSocketsPerAddress = config.socketsPerAddress + (relay ? config.relaySocketsPerAddress : 0);
  limitConnections(server, addresses, webSocketsPerAddress + SPARE_CONNECTIONS_PER_ADDRESS);
  server.on('request', createHttpHandler(broker.app, config, origins));
  guard.attach(server);
  levels = () => ({ ...NOTHING, clients: guard.size, ...relay?.levels });

  const url = `http://${urlHost(config.host)}:${port}`;
  log.info({ url, metricsUrl: metrics?.url }, 'listening');
  if (config.publicHosts.length === 0 && !isLoopback(config.host)) {
    log.warn('PUBLIC_HOSTS is empty: a token signed for another server is accepted when the Host header says so');
  }

  let closing: Promise<void> | undefined;
  const close = async () => {
    guard.stop();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    broker.close();
    relay?.close();
    server.closeIdleConnections();
    const goodbye = setTimeout(() => {
      guard.drop();
      relay?.drop();
      server.closeAllConnections();
    }, GOODBYE_MS);
    await closed;
    clearTimeout(goodbye);
    await metrics?.close();
    if (!sharedBackplane) await backplane.close();
    log.info('stopped');
  };
  return {
    url,
    port,
    metricsUrl: metrics?.url ?? null,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Bounds what one address holds open before it has said anything; its WebSockets are counted again, by client, in the guard. */
function limitConnections(server: Server, addresses: ClientAddresses, perAddress: number): void {
  const held = new HeldCounter(perAddress);
  server.on('connection', (socket) => {
    if (addresses.isTrustedProxy(socket.remoteAddress)) return;
    const release = held.hold(addresses.keyOf(socket.remoteAddress, undefined));
    if (release) socket.once('close', release);
    else socket.destroy();
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
