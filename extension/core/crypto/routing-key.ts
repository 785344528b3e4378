import { concat, toBase64Url } from '../shared/bytes.ts';

/** The key that owns a PeerJS id: Ed25519, private half unreadable. */
export interface RoutingKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** An Ed25519 signature, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
}

export const ROUTING_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
/** Half a SHA-256: nobody finds another key for somebody's id, and PeerJS likes the length. */
const ID_BYTES = 16;

/** A fresh pair whose private half never leaves the browser. */
export async function generateEd25519(): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('Ed25519 without a pair');
  return pair;
}

export async function routingKey(pair: CryptoKeyPair): Promise<RoutingKey> {
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, concat(message))),
  };
}

/** Whether the holder of `publicKey` signed `message`. False for a key that is none. */
export async function verifySignature(
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', concat(publicKey), 'Ed25519', true, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, concat(signature), concat(message));
  } catch {
    return false;
  }
}

/** The PeerJS id that belongs to a routing key: base64url(SHA-256(key)[0..16]), 22 characters. */
export async function peerIdOf(publicKey: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', concat(publicKey)));
  return toBase64Url(hash.subarray(0, ID_BYTES));
}
