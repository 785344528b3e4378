import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { idOfKey } from '../../peer-server/socket-token.ts';

/** A device as the server knows it: a key, and the id that is its hash. */
export interface Device {
  readonly id: string;
  /** base64url of the Ed25519 public key. */
  readonly publicKey: string;
  /** base64url of the signature over these bytes. */
  sign(bytes: Uint8Array): string;
}

/** What precedes the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const devices = new Map<string, Device>();

/** The device of that name: always the same key, so that tests can speak of alice and bob. */
export function device(name: string): Device {
  const known = devices.get(name);
  if (known) return known;
  const seed = createHash('sha256').update(`device of ${name}`).digest();
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const made = {
    id: idOfKey(publicKey),
    publicKey: publicKey.toString('base64url'),
    sign: (bytes: Uint8Array) => sign(null, bytes, privateKey).toString('base64url'),
  };
  devices.set(name, made);
  return made;
}

export function idOf(name: string): string {
  return device(name).id;
}
