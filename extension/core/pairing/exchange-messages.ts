import * as v from 'valibot';
import { SHARE_BYTES, TAG_BYTES } from '../crypto/cpace.ts';
import { DH_BYTES } from '../crypto/dh.ts';
import { AEAD_TAG_BYTES } from '../crypto/noise-state.ts';
import { ROUTING_KEY_BYTES, SIGNATURE_BYTES } from '../crypto/routing-key.ts';
import { concat, utf8 } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { MAX_NAME_LENGTH } from '../shared/limits.ts';
import { Name } from '../shared/schemas.ts';

/*
 * The four messages of a pairing, each of one size. ver u8 = 1, kind u8 = its number.
 *
 *   P1  ver | 1 | nJ 16 | Ya 32                join → host
 *   P2  ver | 2 | Yb 32 | Tb 64                host → join
 *   P3  ver | 3 | Ta 64 | sealed card 265      join → host
 *   P4  ver | 4 | sealed card 265              host → join
 *
 * A card is IK 32 | RK 32 | sig 64 | length of the name u8 | name in UTF-8, filled up with zeros to 120.
 */
export const PAIRING_VERSION = 1;
export const NONCE_BYTES = 16;

/** A UTF-16 code unit takes at most three bytes of UTF-8. */
const NAME_BYTES = 3 * MAX_NAME_LENGTH;
const NAME_AT = DH_BYTES + ROUTING_KEY_BYTES + SIGNATURE_BYTES;
const CARD_BYTES = NAME_AT + 1 + NAME_BYTES;
const SEALED_CARD_BYTES = CARD_BYTES + AEAD_TAG_BYTES;

/** The fields of each message, in bytes. */
const FIELDS = {
  1: [NONCE_BYTES, SHARE_BYTES],
  2: [SHARE_BYTES, TAG_BYTES],
  3: [TAG_BYTES, SEALED_CARD_BYTES],
  4: [SEALED_CARD_BYTES],
} as const;
type Kind = keyof typeof FIELDS;
type Bytes = Uint8Array<ArrayBuffer>;
interface Fields {
  1: [nJ: Bytes, share: Bytes];
  2: [share: Bytes, tag: Bytes];
  3: [tag: Bytes, sealed: Bytes];
  4: [sealed: Bytes];
}

/** What one side tells the other about itself, sealed. */
export interface Card {
  /** X25519, 32 bytes. */
  identity: Uint8Array;
  /** Ed25519, 32 bytes. */
  routing: Uint8Array;
  signature: Uint8Array;
  name: string;
}

/** The first two bytes of a message. */
export const pairingHeader = (kind: Kind): Bytes => Uint8Array.of(PAIRING_VERSION, kind);

export const encodePairing = (kind: Kind, ...fields: Uint8Array[]): Bytes => concat(pairingHeader(kind), ...fields);

/**
 * The fields of a message that has to be of this kind.
 * @throws AppError `version-mismatch`, `message-invalid`.
 */
export function decodePairing<K extends Kind>(kind: K, bytes: Uint8Array): Fields[K] {
  const sizes: readonly number[] = FIELDS[kind];
  if (bytes.length > 0 && bytes[0] !== PAIRING_VERSION) throw new AppError('version-mismatch');
  if (bytes[1] !== kind || bytes.length !== sizes.reduce((sum, size) => sum + size, 2)) {
    throw new AppError('message-invalid');
  }
  let at = 2;
  const fields = sizes.map((size) => {
    at += size;
    return concat(bytes.subarray(at - size, at));
  });
  return fields as Fields[K];
}

export function encodeCard({ identity, routing, signature, name }: Card): Bytes {
  const text = utf8.encode(name);
  return concat(
    identity,
    routing,
    signature,
    Uint8Array.of(text.length),
    text,
    new Uint8Array(NAME_BYTES - text.length),
  );
}

/** @throws AppError `message-invalid`. */
export function decodeCard(bytes: Uint8Array): Card {
  const length = bytes[NAME_AT];
  if (bytes.length !== CARD_BYTES || length === undefined || length > NAME_BYTES) throw new AppError('message-invalid');
  const nameEnd = NAME_AT + 1 + length;
  const name = decodeName(bytes.subarray(NAME_AT + 1, nameEnd));
  if (bytes.subarray(nameEnd).some((byte) => byte !== 0)) throw new AppError('message-invalid');
  return {
    identity: bytes.slice(0, DH_BYTES),
    routing: bytes.slice(DH_BYTES, DH_BYTES + ROUTING_KEY_BYTES),
    signature: bytes.slice(DH_BYTES + ROUTING_KEY_BYTES, NAME_AT),
    name,
  };
}

function decodeName(bytes: Uint8Array): string {
  try {
    return v.parse(Name, utf8.decode(bytes));
  } catch (cause) {
    throw new AppError('message-invalid', { cause });
  }
}
