import type { AddressInfo } from 'node:net';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';

// Two sockets and nothing between them: what a relay can't be faster than. It checks nothing and lets any amount wait.
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
let waiting: WebSocket | undefined;

function pass(from: WebSocket, to: WebSocket): void {
  from.on('message', (data: RawData, isBinary) => to.send(data, { binary: isBinary }));
  from.on('close', () => to.close());
}

server.on('connection', (socket) => {
  const other = waiting;
  waiting = other ? undefined : socket;
  if (!other) return;
  pass(socket, other);
  pass(other, socket);
  for (const side of [socket, other]) side.send('{"type":"joined"}');
});
server.on('listening', () => {
  const address: AddressInfo | string | null = server.address();
  if (address !== null && typeof address !== 'string') console.log(`http://127.0.0.1:${address.port}`);
});
