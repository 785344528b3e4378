import { concat, utf8 } from '../shared/bytes.ts';
import { hkdf, NO_SALT } from './hkdf.ts';

/** HMAC-SHA256. */
export const UNPAIR_PROOF_BYTES = 32;

const BYE = utf8.encode('bye');
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/**
 * What a device keeps of a pairing that it ended, and answers that peer's knock with: only the two of them can make it, and it says
 * nothing about `root`. 32 bytes.
 */
export async function unpairProof(root: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await byeKey(root), BYE));
}

/** Whether `proof` says that the pairing with `root` has been ended. */
export async function isUnpairProof(root: CryptoKey, proof: Uint8Array): Promise<boolean> {
  return crypto.subtle.verify('HMAC', await byeKey(root), concat(proof), BYE);
}

async function byeKey(root: CryptoKey): Promise<CryptoKey> {
  const bytes = await hkdf(root, NO_SALT, 'pairwise/bye/v1', UNPAIR_PROOF_BYTES);
  return crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign', 'verify']);
}
