import { toBase64Url } from './bytes.ts';

/** A new name for a device, item, transfer or share: 16 random bytes as 22 characters of base64url. */
export function newId(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}
