import { AppError } from '../shared/errors.ts';
import { hkdf, importSecret, NO_SALT } from './hkdf.ts';

/*
 * Sealed frames for a path that keeps their order, one key a direction and lane, big-endian:
 *
 *   ver u8 = 1 | type u8 | epoch u32 | seq u64 | ciphertext | tag 16
 *
 * AES-256-GCM, nonce = epoch | seq, AAD = the 14 bytes before the ciphertext. seq starts at 0 and grows by one a frame, over all epochs.
 */
export const FRAME_VERSION = 1;
const EPOCH_AT = 2;
const SEQ_AT = 6;
const HEADER_BYTES = 14;
const TAG_BYTES = 16;
/** What a sealed frame is longer than its body. */
export const FRAME_OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;
export const FRAME_KEY_BYTES = 32;

/** When a key gives way to the next one. */
export interface RatchetLimits {
  bytes: number;
  ms: number;
}
/** Whoever gets hold of a key in memory can read no more than what was sent since. */
export const DEFAULT_RATCHET: RatchetLimits = { bytes: 2 ** 30, ms: 10 * 60_000 };

/** The key of one epoch, and the way to the next; there is none back. */
interface EpochKey {
  epoch: number;
  aes: CryptoKey;
  chain: CryptoKey;
}

/** Takes the key in and wipes `bytes`. */
async function epochKey(epoch: number, bytes: Uint8Array<ArrayBuffer>): Promise<EpochKey> {
  const [aes, chain] = await Promise.all([
    crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']),
    importSecret(bytes),
  ]);
  bytes.fill(0);
  return { epoch, aes, chain };
}

async function nextKey({ epoch, chain }: EpochKey): Promise<EpochKey> {
  return epochKey(epoch + 1, await hkdf(chain, NO_SALT, 'pairwise/relay/v1/next', FRAME_KEY_BYTES));
}

/** Seals frames one after the other: the next call begins when the one before has resolved, and what that gave was used. */
export class FrameSealer {
  readonly #limits: RatchetLimits;
  readonly #now: () => number;
  /** Where frames are put together. Memory for each would take a tenth of the time that sealing takes. */
  #room = new Uint8Array(0);
  #key: EpochKey;
  #seq = 0n;
  #sealedBytes = 0;
  #since: number;

  private constructor(key: EpochKey, limits: RatchetLimits, now: () => number) {
    this.#key = key;
    this.#limits = limits;
    this.#now = now;
    this.#since = now();
  }

  /** `key` has 32 bytes and is wiped; `now` gives ms that only grow. */
  static async create(key: Uint8Array<ArrayBuffer>, limits: RatchetLimits, now: () => number): Promise<FrameSealer> {
    return new FrameSealer(await epochKey(0, key), limits, now);
  }

  /** The sealed frame. It lies in memory that the next call takes again. */
  async seal(type: number, body: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#sealedBytes >= this.#limits.bytes || this.#now() - this.#since >= this.#limits.ms) {
      this.#key = await nextKey(this.#key);
      this.#sealedBytes = 0;
      this.#since = this.#now();
    }
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setUint8(0, FRAME_VERSION);
    view.setUint8(1, type);
    view.setUint32(EPOCH_AT, this.#key.epoch);
    view.setBigUint64(SEQ_AT, this.#seq++);
    this.#sealedBytes += body.length;
    // WebCrypto copies the body before it returns.
    const sealed = await crypto.subtle.encrypt(gcm(header), this.#key.aes, body as Uint8Array<ArrayBuffer>);
    const lengthBytes = HEADER_BYTES + sealed.byteLength;
    if (this.#room.length < lengthBytes) this.#room = new Uint8Array(lengthBytes);
    this.#room.set(header);
    this.#room.set(new Uint8Array(sealed), HEADER_BYTES);
    return this.#room.subarray(0, lengthBytes);
  }
}

/** Opens what the other side's `FrameSealer` made, in its order. After a failure it is of no more use. */
export class FrameOpener {
  #key: EpochKey;
  #seq = 0n;

  private constructor(key: EpochKey) {
    this.#key = key;
  }

  /** `key` has 32 bytes and is wiped. */
  static async create(key: Uint8Array<ArrayBuffer>): Promise<FrameOpener> {
    return new FrameOpener(await epochKey(0, key));
  }

  /**
   * The next frame, one call at a time.
   * @throws AppError `tampered` for one that is altered, cut, repeated, missing or out of order; `version-mismatch`.
   */
  async open(frame: Uint8Array): Promise<{ type: number; body: Uint8Array }> {
    if (frame.length > 0 && frame[0] !== FRAME_VERSION) throw new AppError('version-mismatch');
    if (frame.length < FRAME_OVERHEAD_BYTES) throw new AppError('tampered');
    const header = frame.slice(0, HEADER_BYTES);
    const view = new DataView(header.buffer);
    const epoch = view.getUint32(EPOCH_AT);
    const ahead = epoch - this.#key.epoch;
    if (view.getBigUint64(SEQ_AT) !== this.#seq || (ahead !== 0 && ahead !== 1)) throw new AppError('tampered');
    const key = ahead === 0 ? this.#key : await nextKey(this.#key);
    const sealed = frame.subarray(HEADER_BYTES) as Uint8Array<ArrayBuffer>;
    const body = await decrypt(key.aes, header, sealed);
    this.#key = key;
    this.#seq++;
    return { type: view.getUint8(1), body };
  }
}

async function decrypt(
  key: CryptoKey,
  header: Uint8Array<ArrayBuffer>,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm(header), key, sealed));
  } catch (cause) {
    throw new AppError('tampered', { cause });
  }
}

const gcm = (header: Uint8Array<ArrayBuffer>): AesGcmParams => ({
  name: 'AES-GCM',
  iv: header.slice(EPOCH_AT, HEADER_BYTES),
  additionalData: header,
});
