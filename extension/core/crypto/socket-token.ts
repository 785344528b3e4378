import { toBase64Url, utf8 } from '../shared/bytes.ts';
import type { RoutingKey } from './routing-key.ts';

/**
 * The token with which a device opens a socket on our server: `pub.ts.sig`, 32 and 64 bytes in base64url around the time in decimal ms.
 * `host` is the server as `URL.host` writes it: lower case, the port only where it isn't the scheme's own. A token is good once, so
 * `tsMs` has to grow from one to the next.
 */
export async function signSocketToken(rk: RoutingKey, host: string, id: string, tsMs: number): Promise<string> {
  const signature = await rk.sign(socketTokenMessage(host, id, tsMs));
  return `${toBase64Url(rk.publicKey)}.${tsMs}.${toBase64Url(signature)}`;
}

/** What the signature of a socket token covers. */
export function socketTokenMessage(host: string, id: string, tsMs: number): Uint8Array<ArrayBuffer> {
  return utf8.encode(['pairwise/ws-auth/v1', host, id, String(tsMs)].join('\0'));
}
