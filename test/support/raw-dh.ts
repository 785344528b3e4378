import { x25519 } from '@noble/curves/ed25519.js';
import type { DhKey } from '../../extension/core/crypto/dh.ts';

/** A DH key from private bytes, which published vectors need and WebCrypto doesn't give away. */
export function rawDhKey(privateKey: Uint8Array): DhKey {
  return {
    publicKey: x25519.getPublicKey(privateKey),
    dh: async (theirs) => x25519.getSharedSecret(privateKey, theirs),
  };
}
