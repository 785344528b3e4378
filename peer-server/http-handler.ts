import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import packageJson from '../package.json' with { type: 'json' };
import type { Config } from './config.ts';
import type { OriginRules } from './origin-rules.ts';
import { PEER_KEY, PEER_PATH } from './peer-path.ts';
import type { ServerInfo } from './protocol.ts';

const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

function serverInfo(config: Config): ServerInfo {
  const { maxMessageBytes, messagesPerSecond, messageBurst, tokenWindowMs, nameplateTtlMs } = config;
  return {
    pairwise: 1,
    version: packageJson.version,
    timeMs: Date.now(),
    features: ['tokens', 'nameplates', 'ping', 'ice', ...(config.relay ? ['relay'] : [])],
    limits: { maxMessageBytes, messagesPerSecond, messageBurst, tokenWindowMs, nameplateTtlMs },
  };
}

/**
 * The only pages there are: `/healthz`, `/pairwise` by which clients know us, and `/peerjs/id` for stock PeerJS clients that want an id
 * from the server. Nothing else of `peer`'s HTTP interface is reachable.
 */
export function createHttpHandler(peerApp: RequestListener, config: Config, origins: OriginRules): RequestListener {
  const idPath = `${PEER_PATH}${PEER_KEY}/id`;
  const paths = new Set(['/healthz', '/pairwise', ...(config.allowStockClients ? [idPath] : [])]);
  return (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const url = request.url ?? '';
    if (Buffer.byteLength(url) > config.maxUrlBytes) return answer(response, 414, { error: 'url too long' });
    const [path = ''] = url.split('?', 1);
    if (!paths.has(path)) return answer(response, 404, { error: 'not found' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, { error: 'method not allowed' }, { Allow: 'GET, HEAD' });
    }
    if (path === '/healthz') return answer(response, 200, { status: 'ok' });
    if (path === '/pairwise') return answer(response, 200, serverInfo(config), corsHeaders(request, origins));
    return peerApp(request, response);
  };
}

/** Lets exactly those pages read the answer that may also connect. */
function corsHeaders({ headers: { origin } }: IncomingMessage, origins: OriginRules): Record<string, string> {
  const isReadable = origin !== undefined && origins.allows(origin);
  return { Vary: 'Origin', ...(isReadable && { 'Access-Control-Allow-Origin': origin }) };
}
