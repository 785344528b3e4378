import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import type { Link } from '../../extension/core/link/link.ts';
import { openRelayLink } from '../../extension/core/link/relay-link.ts';
import { openSecureLink } from '../../extension/core/link/secure-link.ts';
import type { LinkPair } from '../contracts/link.ts';

export interface RelayPipe {
  /** Where the next socket goes; two after each other meet. */
  readonly url: string;
  /** Cuts all sockets. */
  close(): Promise<void>;
}

/**
 * As little of a relay as there can be: tells both of two sockets that they have met and passes everything on, in order, reading no faster
 * than the other side takes it.
 */
export async function startRelayPipe(): Promise<RelayPipe> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 68 * 1024, perMessageDeflate: false });
  await once(server, 'listening');
  let first: WebSocket | undefined;
  server.on('connection', (socket) => {
    const other = first;
    first = other ? undefined : socket;
    if (!other) return;
    join(socket, other);
    join(other, socket);
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

function join(from: WebSocket, to: WebSocket): void {
  from.on('message', (data: RawData, isBinary) => {
    from.pause();
    to.send(data, { binary: isBinary }, () => from.resume());
  });
  from.on('close', () => to.close(4404));
  from.send(JSON.stringify({ type: 'joined' }));
}

/** Both ends of a link through the pipe. There has to be a global `WebSocket`. */
export async function openRelayPair({ url }: RelayPipe): Promise<LinkPair> {
  const [a, b] = await Promise.all([openRelayLink(url), openRelayLink(url)]);
  return pairOf(a, b);
}

/** The same, sealed. */
export async function openSealedPair(pipe: RelayPipe): Promise<LinkPair> {
  const inner = await openRelayPair(pipe);
  const secret = await importSecret(new Uint8Array(32).fill(1));
  const [a, b] = await Promise.all([
    openSecureLink(inner.a, { secret, room: 'room', role: 'initiator' }),
    openSecureLink(inner.b, { secret, room: 'room', role: 'responder' }),
  ]);
  return pairOf(a, b);
}

const pairOf = (a: Link, b: Link): LinkPair => ({
  a,
  b,
  end: () => {
    a.close('replaced');
    b.close('replaced');
  },
});
