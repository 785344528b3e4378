import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Backplane } from './backplane/backplane.ts';
import type { Config } from './config.ts';
import { parseSocketToken, type SocketToken, socketTokenInput } from './protocol.ts';

/** A token may come early by the window and stays valid for it twice then. Clocks that are set a little meanwhile are no way around. */
const MEMORY_SPARE_MS = 5000;

/** Base64url(SHA-256(public key)[0..16]): the id that belongs to a key. */
export function idOfKey(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest().subarray(0, 16).toString('base64url');
}

/** Whether the key of the token made its signature over exactly this. */
function isSigned({ publicKey, signature, timeMs }: SocketToken, host: string, id: string): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, socketTokenInput(host, id, timeMs), key, Buffer.from(signature, 'base64url'));
}

/** Decides who an id belongs to: whoever has the key it is the hash of, and shows so with a fresh signature for this server. */
export class SocketTokens {
  readonly #config: Pick<Config, 'publicHosts' | 'tokenWindowMs'>;
  readonly #backplane: Backplane;

  constructor(config: Pick<Config, 'publicHosts' | 'tokenWindowMs'>, backplane: Backplane) {
    this.#config = config;
    this.#backplane = backplane;
  }

  /**
   * True once for every token. Whatever is wrong with it, the answer is the same.
   * @param hostHeader of the request; it counts only where no public host is configured, as anyone can send any
   */
  async accepts(id: string, text: string, hostHeader: string | undefined): Promise<boolean> {
    const { publicHosts, tokenWindowMs } = this.#config;
    const token = parseSocketToken(text);
    if (!token || Math.abs(Date.now() - token.timeMs) > tokenWindowMs) return false;
    if (idOfKey(Buffer.from(token.publicKey, 'base64url')) !== id) return false;
    const hosts = publicHosts.length > 0 ? publicHosts : [(hostHeader ?? '').toLowerCase()];
    if (!hosts.some((host) => isSigned(token, host, id))) return false;
    // By id and time rather than by text: another spelling of the same signature is no new token.
    return this.#backplane.useOnce(`${id}.${token.timeMs}`, 2 * tokenWindowMs + MEMORY_SPARE_MS);
  }
}
