import { concat, utf8 } from '../shared/bytes.ts';

/* HKDF-SHA256 (RFC 5869) on WebCrypto, whose keys can be kept without anybody reading them. */

/** Takes `secret` in as an HKDF key that can't be read again. The caller wipes its own copy. */
export function importSecret(secret: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', concat(secret), 'HKDF', false, ['deriveBits']);
}

/** `length` bytes of HKDF-SHA256. Text is taken as UTF-8. */
export async function hkdf(
  secret: CryptoKey,
  salt: Uint8Array,
  info: Uint8Array | string,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const label = typeof info === 'string' ? utf8.encode(info) : concat(info);
  const params = { name: 'HKDF', hash: 'SHA-256', salt: concat(salt), info: label };
  return new Uint8Array(await crypto.subtle.deriveBits(params, secret, length * 8));
}

/** No salt: RFC 5869 then uses zeros. */
export const NO_SALT = new Uint8Array(0);
