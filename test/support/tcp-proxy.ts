import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on this computer that can fall silent. */
export interface TcpProxy {
  readonly port: number;
  /** From now on nothing passes on the connections that there are, and nobody is told. New ones work; resolves when one has come. */
  freeze(): Promise<void>;
  stop(): Promise<void>;
}

/** Passes on whatever comes, in both directions. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    port: address.port,
    freeze: () => {
      for (const socket of open) socket.unpipe().pause();
      return once(server, 'connection').then(() => undefined);
    },
    stop: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
