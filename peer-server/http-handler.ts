import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { PEER_KEY, PEER_PATH } from './peer-path.ts';

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

/**
 * The only pages there are: `/healthz`, and `/peerjs/id` for PeerJS clients that want an id from the server. Nothing else of `peer`'s
 * HTTP interface is reachable.
 */
export function createHttpHandler(peerApp: RequestListener, maxUrlBytes: number): RequestListener {
  const idPath = `${PEER_PATH}${PEER_KEY}/id`;
  return (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const url = request.url ?? '';
    if (Buffer.byteLength(url) > maxUrlBytes) return answer(response, 414, { error: 'url too long' });
    const [path] = url.split('?', 1);
    if (path !== '/healthz' && path !== idPath) return answer(response, 404, { error: 'not found' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, { error: 'method not allowed' }, { Allow: 'GET, HEAD' });
    }
    if (path === '/healthz') return answer(response, 200, { status: 'ok' });
    return peerApp(request, response);
  };
}
