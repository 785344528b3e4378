import { concat } from '../shared/bytes.ts';
import { hkdf, importSecret, NO_SALT } from './hkdf.ts';
import { lv } from './lv.ts';
import type { NoiseSession } from './noise-kk.ts';

/** Who wrote message 1 of the handshake. */
export type Role = 'initiator' | 'responder';

/** The keys of one session. They are never stored. */
export interface SessionKeys {
  /** Names the session in the open: the first 8 bytes of the handshake hash. */
  id: Uint8Array<ArrayBuffer>;
  /** ChaCha20-Poly1305 keys of sealed signalling, 32 bytes each. */
  send: Uint8Array<ArrayBuffer>;
  receive: Uint8Array<ArrayBuffer>;
  /** The HKDF key from which every relay socket gets keys of its own. */
  relay: CryptoKey;
}

/** Names a session in the open. */
export const SESSION_ID_BYTES = 8;
const KEY_BYTES = 32;

/** Derives what a session is used with from what the handshake left, and wipes that. */
export async function deriveSessionKeys(session: NoiseSession, role: Role): Promise<SessionKeys> {
  const { hash, fromInitiator, fromResponder } = session;
  const both = concat(fromInitiator, fromResponder);
  const secret = await importSecret(both);
  for (const bytes of [both, fromInitiator, fromResponder]) bytes.fill(0);
  const derive = (label: string, part: string) => hkdf(secret, hash, lv(label, part), KEY_BYTES);
  const [initiator, responder, relay] = await Promise.all([
    derive('pairwise/sig/v1', 'initiator'),
    derive('pairwise/sig/v1', 'responder'),
    derive('pairwise/relay/v1', 'secret'),
  ]);
  const keys = role === 'initiator' ? { send: initiator, receive: responder } : { send: responder, receive: initiator };
  const relayKey = await importSecret(relay);
  relay.fill(0);
  return { id: hash.slice(0, SESSION_ID_BYTES), ...keys, relay: relayKey };
}

/** The pre-shared key of every handshake with a paired peer. */
export const noisePsk = (root: CryptoKey): Promise<Uint8Array<ArrayBuffer>> =>
  hkdf(root, NO_SALT, 'pairwise/kk/v1 psk', KEY_BYTES);

/** The prologue of a handshake: the PeerJS ids of both sides. */
export const noisePrologue = (initiatorId: string, responderId: string): Uint8Array<ArrayBuffer> =>
  lv('pairwise/kk/v1', initiatorId, responderId);
