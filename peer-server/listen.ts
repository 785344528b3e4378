import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The server could not listen. For `address-in-use` another port may be free. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: 'address-in-use' | 'address-unavailable' | 'permission-denied';

  constructor(code: ListenError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** As it is written in a URL. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * The port that the server listens on.
 * @throws ListenError when the address can't be used.
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('listening without a port');
  return address.port;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError('address-in-use', `Port ${port} on ${host} is taken by another program.`, error);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ListenError('address-unavailable', `${host} is not an address of this computer.`, error);
    case 'EACCES':
      return new ListenError('permission-denied', `This user may not listen on port ${port}.`, error);
    default:
      return error;
  }
}
