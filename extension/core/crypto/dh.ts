import { concat } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';

/** A private key of X25519 that works without being seen. */
export interface DhKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * The shared secret with the holder of `theirs`, 32 bytes.
   * @throws AppError `tampered` for a public key of low order or none at all.
   */
  dh(theirs: Uint8Array): Promise<Uint8Array>;
}

/** X25519 keys and secrets. */
export const DH_BYTES = 32;

/** A DH key on a WebCrypto pair, which may be non-extractable. */
export async function dhKey(pair: CryptoKeyPair): Promise<DhKey> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    publicKey,
    dh: async (theirs) => {
      try {
        const key = await crypto.subtle.importKey('raw', concat(theirs), 'X25519', true, []);
        // An all-zero secret, which keys of low order give, is refused by WebCrypto itself.
        return new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: key }, pair.privateKey, 256));
      } catch (cause) {
        throw new AppError('tampered', { cause });
      }
    },
  };
}

/** A key for one handshake. */
export async function ephemeralKey(): Promise<DhKey> {
  return dhKey(await generateX25519());
}

/** A fresh pair whose private half never leaves the browser. */
export async function generateX25519(): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey('X25519', false, ['deriveBits']);
  if (!('privateKey' in pair)) throw new Error('X25519 without a pair');
  return pair;
}
