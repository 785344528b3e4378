import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';

/** The tag of ChaCha20-Poly1305. */
export const AEAD_TAG_BYTES = 16;

const EMPTY = new Uint8Array(0);

/**
 * `SymmetricState` with its `CipherState` for ChaChaPoly and SHA256: Noise Protocol Framework, revision 34, sections 5.1, 5.2 and 9.
 * All of it stays inside one handshake.
 */
export class NoiseState {
  #hash: Uint8Array;
  #chainingKey: Uint8Array;
  #key: Uint8Array | null = null;
  #nonce = 0;

  /** `protocolName` has more than 32 bytes, as every name with a psk in this suite has. */
  constructor(protocolName: Uint8Array) {
    this.#hash = sha256(protocolName);
    this.#chainingKey = this.#hash;
  }

  /** The handshake hash so far, 32 bytes. */
  get hash(): Uint8Array<ArrayBuffer> {
    return concat(this.#hash);
  }

  mixHash(data: Uint8Array): void {
    this.#hash = sha256(concat(this.#hash, data));
  }

  mixKey(input: Uint8Array): void {
    const [chainingKey, key] = expand(this.#chainingKey, input, 2);
    this.#chainingKey = chainingKey;
    this.#useKey(key);
  }

  mixKeyAndHash(input: Uint8Array): void {
    const [chainingKey, hash, key] = expand(this.#chainingKey, input, 3);
    this.#chainingKey = chainingKey;
    this.mixHash(hash);
    this.#useKey(key);
  }

  encryptAndHash(plain: Uint8Array): Uint8Array {
    const sealed = this.#cipher().encrypt(plain);
    this.mixHash(sealed);
    return sealed;
  }

  /** @throws AppError `tampered` when the tag doesn't fit. */
  decryptAndHash(sealed: Uint8Array): Uint8Array {
    if (sealed.length < AEAD_TAG_BYTES) throw new AppError('tampered');
    let plain: Uint8Array;
    try {
      plain = this.#cipher().decrypt(sealed);
    } catch (cause) {
      throw new AppError('tampered', { cause });
    }
    this.mixHash(sealed);
    return plain;
  }

  /** The two keys of the session: the initiator's direction first. */
  split(): [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
    const [first, second] = expand(this.#chainingKey, EMPTY, 2);
    return [concat(first), concat(second)];
  }

  #useKey(key: Uint8Array): void {
    this.#key = key;
    this.#nonce = 0;
  }

  #cipher() {
    if (!this.#key) throw new Error('nothing has been mixed in yet');
    const nonce = new Uint8Array(12);
    new DataView(nonce.buffer).setUint32(4, this.#nonce++, true);
    return chacha20poly1305(this.#key, nonce, this.#hash);
  }
}

/** `HKDF` of section 4.3: two or three outputs of 32 bytes. */
function expand(chainingKey: Uint8Array, input: Uint8Array, count: 2 | 3): [Uint8Array, Uint8Array, Uint8Array] {
  const secret = hmac(sha256, chainingKey, input);
  const first = hmac(sha256, secret, Uint8Array.of(1));
  const second = hmac(sha256, secret, concat(first, Uint8Array.of(2)));
  const third = count === 3 ? hmac(sha256, secret, concat(second, Uint8Array.of(3))) : EMPTY;
  return [first, second, third];
}
