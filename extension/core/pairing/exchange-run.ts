import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { equalBytes } from '@noble/ciphers/utils.js';
import { type CpaceInputs, type CpaceMessage, confirmationTag } from '../crypto/cpace.ts';
import type { DeviceKeys } from '../crypto/device-keys.ts';
import { hkdf, importSecret } from '../crypto/hkdf.ts';
import { lv } from '../crypto/lv.ts';
import { peerIdOf, verifySignature } from '../crypto/routing-key.ts';
import { VERIFIER_BYTES } from '../crypto/verifier.ts';
import { concat, utf8 } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { type Card, decodeCard, encodeCard } from './exchange-messages.ts';

/* What both sides of a pairing do alike: the transcripts, the keys and the cards. */

const LABEL = 'pairwise/pair/v1';
/** Each key seals one message, so that one nonce is enough. */
const ONLY_NONCE = new Uint8Array(12);
const KEY_BYTES = 32;

export type Side = 'join' | 'host';

/** This device in a pairing. */
export interface PairingSelf {
  keys: DeviceKeys;
  name: string;
}

/** What a pairing leaves on each side. */
export interface Pairing {
  peer: { id: string; name: string; identity: Uint8Array; routing: Uint8Array };
  /** The HKDF key of everything later, unreadable. */
  root: CryptoKey;
  /** 9 bytes, the same on both sides; `verifierWords` makes them comparable. */
  verifier: Uint8Array;
}

/** What both have agreed on when the tags are exchanged. */
export interface Run {
  sid: Uint8Array;
  join: CpaceMessage;
  host: CpaceMessage;
}

export interface RunKeys {
  join: Uint8Array;
  host: Uint8Array;
  root: CryptoKey;
  verifier: Uint8Array;
}

/** What both sides must know: `secret` is the two words in UTF-8, or the 16 bytes of a pairing text. */
export const cpaceInputs = (secret: Uint8Array, joinId: string, hostId: string, sid: Uint8Array): CpaceInputs => ({
  prs: concat(utf8.encode(LABEL), secret),
  ci: lv(joinId, hostId),
  sid,
});

const role = (side: Side) => `pairwise/pair/${side}`;

/** A share and what its sender calls itself. */
export const cpaceMessage = (side: Side, id: string, share: Uint8Array): CpaceMessage => ({
  share,
  data: lv(role(side), id),
});

/** @throws AppError `code-wrong` when the other side doesn't have the same key: it typed something else, or somebody is in between. */
export function expectTag(tag: Uint8Array, sid: Uint8Array, isk: Uint8Array, sender: CpaceMessage): void {
  if (!equalBytes(tag, confirmationTag(sid, isk, sender))) throw new AppError('code-wrong');
}

/** Everything that comes from the key of the exchange, which is wiped. */
export async function deriveRunKeys(sid: Uint8Array, isk: Uint8Array): Promise<RunKeys> {
  const secret = await importSecret(isk);
  isk.fill(0);
  const derive = (part: string, length: number) => hkdf(secret, sid, `${LABEL}/${part}`, length);
  const [join, host, rootBytes, verifier] = await Promise.all([
    derive('enc join>host', KEY_BYTES),
    derive('enc host>join', KEY_BYTES),
    derive('root psk', KEY_BYTES),
    derive('verifier', VERIFIER_BYTES),
  ]);
  const root = await importSecret(rootBytes);
  rootBytes.fill(0);
  return { join, host, root, verifier };
}

/** This device's keys and name, signed with the routing key and sealed. `head` is what stands before it in the message. */
export async function sealCard(
  side: Side,
  self: PairingSelf,
  run: Run,
  key: Uint8Array,
  head: Uint8Array,
): Promise<Uint8Array> {
  const { identity, routing } = self.keys;
  const signature = await routing.sign(signedPart(side, run, identity.publicKey, routing.publicKey));
  const card = { identity: identity.publicKey, routing: routing.publicKey, signature, name: self.name };
  return chacha20poly1305(key, ONLY_NONCE, head).encrypt(encodeCard(card));
}

/**
 * Opens the other side's card and checks that it owns the id it was reached under.
 * @throws AppError `tampered`, `message-invalid`, `identity-mismatch`.
 */
export async function openCard(
  side: Side,
  id: string,
  run: Run,
  key: Uint8Array,
  head: Uint8Array,
  sealed: Uint8Array,
): Promise<Pairing['peer']> {
  const card = decodeCard(open(key, head, sealed));
  const signed = signedPart(side, run, card.identity, card.routing);
  const owns = await verifySignature(card.routing, card.signature, signed);
  if (!owns || (await peerIdOf(card.routing)) !== id) throw new AppError('identity-mismatch');
  return { id, name: card.name, identity: card.identity, routing: card.routing };
}

function open(key: Uint8Array, head: Uint8Array, sealed: Uint8Array): Uint8Array {
  try {
    return chacha20poly1305(key, ONLY_NONCE, head).decrypt(sealed);
  } catch (cause) {
    throw new AppError('tampered', { cause });
  }
}

const signedPart = (side: Side, run: Run, identity: Card['identity'], routing: Card['routing']) =>
  lv(role(side), run.sid, run.join.share, run.host.share, identity, routing);
