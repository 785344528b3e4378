import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Why a WebSocket was not opened, with the HTTP status that says so. A browser's script sees only that it failed. */
const STATUS = {
  'bad-query': 400,
  token: 401,
  ticket: 401,
  'stock-client': 403,
  origin: 403,
  'not-found': 404,
  'url-too-long': 414,
  'too-many-sockets': 429,
  'too-many-connects': 429,
  full: 503,
  stopping: 503,
} as const;

export type UpgradeRefusal = keyof typeof STATUS;

/** Answers in plain HTTP and closes. The time is for clients whose clock is wrong; browsers read it from `GET /pairwise`. */
export function refuseUpgrade(socket: Duplex, refusal: UpgradeRefusal): void {
  const status = STATUS[refusal];
  const now = new Date();
  const body = JSON.stringify({ error: refusal, timeMs: now.getTime() });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Date: ${now.toUTCString()}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
