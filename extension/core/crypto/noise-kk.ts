import { concat, utf8 } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { DH_BYTES, type DhKey, ephemeralKey } from './dh.ts';
import { AEAD_TAG_BYTES, NoiseState } from './noise-state.ts';

/*
 * Noise_KKpsk0_25519_ChaChaPoly_SHA256 (Noise Protocol Framework, revision 34): both static keys are known beforehand, a secret from
 * the pairing is mixed in first.
 *
 *   -> s
 *   <- s
 *   ...
 *   -> psk, e, es, ss
 *   <- e, ee, se
 */
const PROTOCOL = utf8.encode('Noise_KKpsk0_25519_ChaChaPoly_SHA256');

/** What a message is longer than its payload: the ephemeral key and the tag. */
export const NOISE_OVERHEAD_BYTES = DH_BYTES + AEAD_TAG_BYTES;
/** Every payload of ours is far smaller; a longer message isn't even looked at. */
export const MAX_NOISE_MESSAGE_BYTES = 4_096;

export interface NoiseOptions {
  /** What both must agree on: who talks to whom. */
  prologue: Uint8Array;
  /** This side's static key. */
  self: DhKey;
  /** The other's static public key, 32 bytes. */
  peer: Uint8Array;
  /** The pre-shared key, 32 bytes. */
  psk(): Promise<Uint8Array>;
  /** For test vectors alone; a fresh key otherwise. */
  ephemeral?(): Promise<DhKey>;
}

/** What a finished handshake leaves. */
export interface NoiseSession {
  /** The handshake hash, 32 bytes: the same on both sides, and on no other handshake. */
  hash: Uint8Array<ArrayBuffer>;
  /** The key of `Split()` for what the initiator sends, 32 bytes. */
  fromInitiator: Uint8Array<ArrayBuffer>;
  /** The key of `Split()` for what the responder sends, 32 bytes. */
  fromResponder: Uint8Array<ArrayBuffer>;
}

export interface NoiseInitiation {
  message: Uint8Array<ArrayBuffer>;
  /**
   * Takes the answer in, once: after a failure only a new handshake helps.
   * @throws AppError `tampered`.
   */
  finish(message: Uint8Array): Promise<{ payload: Uint8Array; session: NoiseSession }>;
}

export interface NoiseResponse {
  /** What message 1 carried. It may be a recording: nothing is proven fresh before something arrives that is sealed with the session. */
  payload: Uint8Array;
  /** Answers, once. */
  answer(payload: Uint8Array): Promise<{ message: Uint8Array<ArrayBuffer>; session: NoiseSession }>;
}

/** Begins a handshake: message 1. */
export async function initiate(options: NoiseOptions, payload: Uint8Array): Promise<NoiseInitiation> {
  const { self, peer } = options;
  const state = begin(options.prologue, self.publicKey, peer);
  const [psk, e] = await Promise.all([options.psk(), (options.ephemeral ?? ephemeralKey)()]);
  const [es, ss] = await Promise.all([e.dh(peer), self.dh(peer)]);
  state.mixKeyAndHash(psk);
  mixEphemeral(state, e.publicKey);
  state.mixKey(es);
  state.mixKey(ss);
  const message = concat(e.publicKey, state.encryptAndHash(payload));
  return {
    message,
    finish: once(async (answer) => {
      const { ephemeral: re, sealed } = parts(answer);
      const [ee, se] = await Promise.all([e.dh(re), self.dh(re)]);
      mixEphemeral(state, re);
      state.mixKey(ee);
      state.mixKey(se);
      return { payload: state.decryptAndHash(sealed), session: sessionOf(state) };
    }),
  };
}

/**
 * Takes message 1 in.
 * @throws AppError `tampered` for anything that the peer didn't write for us with this prologue and this secret.
 */
export async function respond(options: NoiseOptions, message: Uint8Array): Promise<NoiseResponse> {
  const { self, peer } = options;
  const { ephemeral: re, sealed } = parts(message);
  const state = begin(options.prologue, peer, self.publicKey);
  const [psk, es, ss] = await Promise.all([options.psk(), self.dh(re), self.dh(peer)]);
  state.mixKeyAndHash(psk);
  mixEphemeral(state, re);
  state.mixKey(es);
  state.mixKey(ss);
  const payload = state.decryptAndHash(sealed);
  return {
    payload,
    answer: once(async (ownPayload) => {
      const e = await (options.ephemeral ?? ephemeralKey)();
      const [ee, se] = await Promise.all([e.dh(re), e.dh(peer)]);
      mixEphemeral(state, e.publicKey);
      state.mixKey(ee);
      state.mixKey(se);
      return { message: concat(e.publicKey, state.encryptAndHash(ownPayload)), session: sessionOf(state) };
    }),
  };
}

function begin(prologue: Uint8Array, initiator: Uint8Array, responder: Uint8Array): NoiseState {
  const state = new NoiseState(PROTOCOL);
  state.mixHash(prologue);
  state.mixHash(initiator);
  state.mixHash(responder);
  return state;
}

/** With a psk, ephemeral keys go into the key too (section 9.2). */
function mixEphemeral(state: NoiseState, publicKey: Uint8Array): void {
  state.mixHash(publicKey);
  state.mixKey(publicKey);
}

function parts(message: Uint8Array): { ephemeral: Uint8Array; sealed: Uint8Array } {
  if (message.length < NOISE_OVERHEAD_BYTES || message.length > MAX_NOISE_MESSAGE_BYTES) throw new AppError('tampered');
  return { ephemeral: message.slice(0, DH_BYTES), sealed: message.slice(DH_BYTES) };
}

function sessionOf(state: NoiseState): NoiseSession {
  const [fromInitiator, fromResponder] = state.split();
  return { hash: state.hash, fromInitiator, fromResponder };
}

/** A second call would run with a state that has gone on: it is a bug of the caller. */
function once<T>(act: (input: Uint8Array) => Promise<T>): (input: Uint8Array) => Promise<T> {
  let used = false;
  return async (input) => {
    if (used) throw new Error('a handshake is used once');
    used = true;
    return act(input);
  };
}
