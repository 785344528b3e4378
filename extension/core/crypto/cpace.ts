import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, utf8 } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { lv } from './lv.ts';

/*
 * CPACE-RISTR255-SHA512 in the initiator-responder setting: draft-irtf-cfrg-cpace-21, sections 7, 8.1, 8.3 and 10.4. Two sides that
 * know the same low-entropy secret get the same strong key; whoever doesn't know it has one online guess and nothing to try offline.
 */

const DSI = 'CPaceRistretto255';
/** Input block of SHA-512: what the zero padding fills, so that the time to hash doesn't tell the length of the secret. */
const BLOCK_BYTES = 128;

/** A public share, and everything else of a fixed size in the group. */
export const SHARE_BYTES = 32;
/** A key confirmation: HMAC-SHA-512. */
export const TAG_BYTES = 64;

export interface CpaceInputs {
  /** The shared secret: what the person typed or pasted. */
  prs: Uint8Array;
  /** What both sides must agree on beforehand: who talks to whom. */
  ci: Uint8Array;
  /** Unique for this run. */
  sid: Uint8Array;
}

/** What one side says in the open: its share (32 bytes) and data that the key will vouch for. */
export interface CpaceMessage {
  share: Uint8Array;
  data: Uint8Array;
}

type Point = InstanceType<typeof ristretto255.Point>;

/** `generator_string` of section 8.1. */
export function generatorString({ prs, ci, sid }: CpaceInputs): Uint8Array<ArrayBuffer> {
  const padding = Math.max(0, BLOCK_BYTES - 1 - lv(prs).length - lv(DSI).length);
  return lv(DSI, prs, new Uint8Array(padding), ci, sid);
}

/** `G.calculate_generator`: the point that the secret and the circumstances name. */
export function calculateGenerator(inputs: CpaceInputs): Point {
  const derive = ristretto255_hasher.deriveToCurve;
  if (!derive) throw new Error('ristretto255 without its element derivation');
  return derive(sha512(generatorString(inputs)));
}

/** `G.sample_scalar`: 252 random bits, little-endian, in 32 bytes. */
export function sampleScalar(): Uint8Array<ArrayBuffer> {
  const scalar = crypto.getRandomValues(new Uint8Array(32));
  scalar[31] = (scalar[31] ?? 0) & 0x0f;
  return scalar;
}

/** `G.scalar_mult`: the public share of a secret scalar. */
export function scalarMult(scalar: Uint8Array, generator: Point): Uint8Array<ArrayBuffer> {
  return concat(generator.multiply(toNumber(scalar)).toBytes());
}

/**
 * `G.scalar_mult_vfy`.
 * @throws AppError `tampered` for a share that is no point, or the identity: where the draft says that the run must be aborted.
 */
export function scalarMultVerify(scalar: Uint8Array, share: Uint8Array): Uint8Array<ArrayBuffer> {
  const point = decode(share);
  if (point.is0()) throw new AppError('tampered');
  return scalarMult(scalar, point);
}

/** `ISK` of section 7.2 with `transcript_ir`: `a` spoke first. */
export function sessionKey(sid: Uint8Array, k: Uint8Array, a: CpaceMessage, b: CpaceMessage): Uint8Array<ArrayBuffer> {
  return concat(sha512(concat(lv(`${DSI}_ISK`, sid, k), lv(a.share, a.data), lv(b.share, b.data))));
}

/** The key confirmation of section 10.4 for the side that sent `message`. */
export function confirmationTag(sid: Uint8Array, isk: Uint8Array, message: CpaceMessage): Uint8Array<ArrayBuffer> {
  const key = sha512(concat(utf8.encode('CPaceMac'), sid, isk));
  return concat(hmac(sha512, key, lv(message.share, message.data)));
}

function decode(share: Uint8Array): Point {
  try {
    return ristretto255.Point.fromBytes(share);
  } catch (cause) {
    throw new AppError('tampered', { cause });
  }
}

function toNumber(littleEndian: Uint8Array): bigint {
  return littleEndian.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
