import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import * as v from 'valibot';
import { fromBase64Url, toBase64Url, utf8 } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { lv } from './lv.ts';
import { ReplayWindow } from './replay-window.ts';
import { SESSION_ID_BYTES } from './session-keys.ts';

/*
 * Sealed signalling: what travels as the payload of a PeerJS CANDIDATE message once two devices share a session.
 *
 *   {v: 1, s: base64url(8 bytes), n: whole number, c: base64url(ciphertext and tag)}
 *
 * ChaCha20-Poly1305 with one key a direction, nonce = 4 zero bytes | n u64 big-endian,
 * AAD = lv("pairwise/sig/v1", src, dst, s (8 bytes), n u64 big-endian), plaintext = JSON in UTF-8.
 */

/** The largest JSON sealed: a session description fits thrice, and its base64url stays under the 64 KiB that the server forwards. */
export const MAX_SEALED_JSON_BYTES = 40 * 1024;
const TAG_BYTES = 16;
const MAX_C_LENGTH = Math.ceil(((MAX_SEALED_JSON_BYTES + TAG_BYTES) * 4) / 3);
const SESSION_ID_LENGTH = Math.ceil((SESSION_ID_BYTES * 4) / 3);

export const SealedPayload = v.object({
  v: v.literal(1),
  s: v.pipe(v.string(), v.length(SESSION_ID_LENGTH)),
  n: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  c: v.pipe(v.string(), v.maxLength(MAX_C_LENGTH)),
});
export type SealedPayload = v.InferOutput<typeof SealedPayload>;

/** One direction of one session. */
export interface SealOptions {
  /** 32 bytes. */
  key: Uint8Array;
  /** The session's name, 8 bytes. */
  session: Uint8Array;
  /** The PeerJS id of the one who seals. */
  src: string;
  /** The PeerJS id of the one who opens. */
  dst: string;
}

/** Seals messages, each with the next number. */
export class Sealer {
  readonly #options: SealOptions;
  #next = 0;

  constructor(options: SealOptions) {
    this.#options = options;
  }

  /** @throws AppError `message-too-large`. */
  seal(message: unknown): SealedPayload {
    const plain = utf8.encode(JSON.stringify(message));
    if (plain.length > MAX_SEALED_JSON_BYTES) throw new AppError('message-too-large');
    const n = this.#next++;
    const c = cipher(this.#options, n).encrypt(plain);
    return { v: 1, s: toBase64Url(this.#options.session), n, c: toBase64Url(c) };
  }
}

/** Opens what the other side's `Sealer` made: each message once, late ones within the window. */
export class Opener {
  readonly #options: SealOptions;
  readonly #window = new ReplayWindow();

  constructor(options: SealOptions) {
    this.#options = options;
  }

  /** Whether a payload names this session. It proves nothing; it tells which of two overlapping sessions to try. */
  isFor(payload: SealedPayload): boolean {
    return payload.s === toBase64Url(this.#options.session);
  }

  /**
   * The message inside, not yet parsed for its meaning.
   * @throws AppError `tampered` for everything that the peer didn't seal for us in this session, or that has been opened before.
   */
  open(payload: unknown): unknown {
    const parsed = v.safeParse(SealedPayload, payload);
    if (!parsed.success || !this.isFor(parsed.output)) throw new AppError('tampered');
    const { n, c } = parsed.output;
    const sealed = fromBase64Url(c);
    if (!sealed || sealed.length < TAG_BYTES || !this.#window.isNew(n)) throw new AppError('tampered');
    try {
      const plain = cipher(this.#options, n).decrypt(sealed);
      this.#window.mark(n);
      return JSON.parse(utf8.decode(plain));
    } catch (cause) {
      throw new AppError('tampered', { cause });
    }
  }
}

function cipher({ key, session, src, dst }: SealOptions, n: number) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(4, BigInt(n));
  return chacha20poly1305(key, nonce, lv('pairwise/sig/v1', src, dst, session, nonce.subarray(4)));
}
