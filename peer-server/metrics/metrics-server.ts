import { createServer } from 'node:http';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { listen, urlHost } from '../listen.ts';
import type { Counts, Levels } from './counts.ts';

/** Whoever reads metrics is near and knows what to say. */
const HEADERS_TIMEOUT_MS = 5000;
const MAX_CONNECTIONS = 16;

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `GET /metrics` on a listener of its own, which nothing that the public port serves leads to. Null where no port is configured.
 * @throws ListenError when its address can't be used.
 */
export async function startMetricsServer(
  { metricsHost, metricsPort }: Pick<Config, 'metricsHost' | 'metricsPort'>,
  counts: Counts,
  levels: () => Levels,
  log: Logger,
): Promise<MetricsServer | null> {
  if (metricsPort === null) return null;
  // Loaded only by those who want it.
  const { createRegistry } = await import('./registry.ts');
  const registry = createRegistry(counts, levels);
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: HEADERS_TIMEOUT_MS });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) =>
        response.writeHead(200, { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' }).end(text),
      (error: unknown) => {
        log.error({ kind: error instanceof Error ? error.name : typeof error }, 'metrics failed');
        response.writeHead(500).end();
      },
    );
  });
  const port = await listen(server, metricsHost, metricsPort);
  server.on('error', (error) => log.error({ kind: error.name }, 'metrics server error'));
  return {
    url: `http://${urlHost(metricsHost)}:${port}/metrics`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
