import { concat, fromBase64Url, toBase64Url } from '../shared/bytes.ts';
import { isPeerJsId } from '../shared/ids.ts';

/*
 * The long form of a code, for pasting or as a QR picture: `pairwise1:` and base64url of
 *   version u8 = 1 | host id 16 | secret 16 | sidH 16
 */

/** What the text carries. Whoever has it can pair once, so it is never logged and never part of a link. */
export interface PairingSecret {
  /** The PeerJS id of the one who made it. */
  hostId: string;
  /** 128 random bits. */
  secret: Uint8Array<ArrayBuffer>;
  /** The host's half of the session id, 16 bytes. */
  sidH: Uint8Array<ArrayBuffer>;
}

const PREFIX = 'pairwise1:';
const VERSION = 1;
const PART_BYTES = 16;
const TEXT_BYTES = 1 + 3 * PART_BYTES;
const TEXT_LENGTH = PREFIX.length + Math.ceil((TEXT_BYTES * 4) / 3);

/** A fresh secret of the device `hostId`. */
export function makePairingSecret(hostId: string): PairingSecret {
  const random = () => crypto.getRandomValues(new Uint8Array(PART_BYTES));
  return { hostId, secret: random(), sidH: random() };
}

export function formatPairingSecret({ hostId, secret, sidH }: PairingSecret): string {
  const id = fromBase64Url(hostId);
  if (id?.length !== PART_BYTES) throw new Error('a host id has 16 bytes');
  return PREFIX + toBase64Url(concat(Uint8Array.of(VERSION), id, secret, sidH));
}

/** Reads the text, with white space around it at most; null for anything else. */
export function parsePairingSecret(text: string): PairingSecret | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX) || trimmed.length !== TEXT_LENGTH) return null;
  const bytes = fromBase64Url(trimmed.slice(PREFIX.length));
  if (bytes?.length !== TEXT_BYTES || bytes[0] !== VERSION) return null;
  const part = (index: number) => bytes.slice(1 + index * PART_BYTES, 1 + (index + 1) * PART_BYTES);
  const hostId = toBase64Url(part(0));
  return isPeerJsId(hostId) ? { hostId, secret: part(1), sidH: part(2) } : null;
}
