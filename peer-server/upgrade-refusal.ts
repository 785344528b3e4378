import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Why a WebSocket was not opened, with the HTTP status that says so. A browser's script sees only that it failed. */
const STATUS = {
  'bad-query': 400,
  origin: 403,
  'not-found': 404,
  'url-too-long': 414,
  'too-many-sockets': 429,
  'too-many-connects': 429,
  full: 503,
  stopping: 503,
} as const;

export type UpgradeRefusal = keyof typeof STATUS;

/** Answers in plain HTTP and closes. */
export function refuseUpgrade(socket: Duplex, refusal: UpgradeRefusal): void {
  const status = STATUS[refusal];
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close', 'Content-Length: 0'];
  socket.end(`${head.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}
