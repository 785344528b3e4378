import * as v from 'valibot';
import type { DhKey } from '../crypto/dh.ts';
import { initiate, type NoiseInitiation, respond } from '../crypto/noise-kk.ts';
import { Opener, type SealedPayload, Sealer } from '../crypto/seal.ts';
import { deriveSessionKeys, noisePrologue, type Role, type SessionKeys } from '../crypto/session-keys.ts';
import { fromBase64Url, toBase64Url, utf8 } from '../shared/bytes.ts';
import { type OtherVersion, otherVersion } from '../shared/errors.ts';
import { TimeMs } from '../shared/schemas.ts';
import { isOlder } from '../shared/time.ts';
import type { SignallingMessage } from './messages.ts';

/** What this device knows of a paired peer that a handshake needs. */
export interface PeerCredentials {
  /** The peer's X25519 key, 32 bytes. */
  identityKey: Uint8Array;
  /** The pre-shared key of the pairing, 32 bytes. */
  psk(): Promise<Uint8Array>;
  /** The newest time that a handshake of the peer carried. */
  lastTs: number;
}

export interface HandshakeOptions {
  self: { id: string; identity: DhKey };
  peerId: string;
  credentials: PeerCredentials;
  /** False when there is no server. */
  send(message: SignallingMessage): boolean;
  /** A new session has been proven to be with the peer, now. `role` is this side's. */
  onFresh(role: Role, keys: SessionKeys): void;
  /** The peer's newest time, worth keeping. */
  onTs(ts: number): void;
  /** The peer knocks, and means another kind of session. */
  onOtherVersion(code: OtherVersion): void;
}

export type HandshakeMessage = Extract<SignallingMessage, { type: 'knock' | 'welcome' | 'knock-again' }>;

const SESSION_VERSION = 1;
/** Message 1 says no more than this; what it says may be a recording. */
const KnockPayload = v.object({ v: v.literal(SESSION_VERSION), ts: TimeMs, challenge: v.optional(v.string()) });
/** As much as one of any version says. */
const AnyKnockPayload = v.object({ v: v.pipe(v.number(), v.integer(), v.minValue(0)), ts: TimeMs });

/** An answer takes a round trip. Less than the pause before a second knock, which may be the only one that is not lost. */
const KNOCK_LIMIT_MS = 2_500;
/** Between two knocks that only say which version this is. */
const VERSION_KNOCK_PAUSE_MS = 30_000;
/** Knocks whose answer may still come. */
const MAX_KNOCKS = 3;

/** Challenges, and knocks that answer one, come no faster: otherwise a path that repeats everything could keep two devices busy. */
const CHALLENGE_PAUSE_MS = 1_000;

interface SealedSession {
  sealer: Sealer;
  opener: Opener;
  keys: SessionKeys;
}

/**
 * The handshakes with one paired peer, and the sealed signalling that follows. A session of the responder counts only after the first
 * message that is sealed in it: until then its beginning may have been a recording, and nothing that runs is touched.
 */
export class Handshake {
  readonly #options: HandshakeOptions;
  #lastTs: number;
  #ownTs = 0;
  /** Own knocks that were not answered yet, oldest first. */
  #knocks: NoiseInitiation[] = [];
  /** When the newest of them went out. */
  #knockedAt = Number.NEGATIVE_INFINITY;
  #challenge: string | null = null;
  /** When a challenge was last given, and last answered. */
  #challengedAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #current: SealedSession | null = null;
  #tentative: SealedSession | null = null;
  /** One message after the other: handshakes await, and must not overtake each other. */
  #working: Promise<void> = Promise.resolve();

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#lastTs = options.credentials.lastTs;
  }

  /** Begins a handshake, unless one that was begun a moment ago may still be answered. */
  knock(): void {
    this.#enqueue(() => this.#knock());
  }

  /** What was said to the peer may be lost: the next knock need not wait for an answer to the one before. */
  absent(): void {
    this.#knockedAt = Number.NEGATIVE_INFINITY;
  }

  receive(message: HandshakeMessage): void {
    this.#enqueue(async () => {
      if (message.type === 'knock') await this.#answer(message.noise);
      else if (message.type === 'welcome') await this.#finish(message.noise);
      else if (this.#knocks.length > 0 && performance.now() - this.#answeredAt > CHALLENGE_PAUSE_MS) {
        this.#answeredAt = performance.now();
        this.#giveUp();
        await this.#knock(message.challenge);
      }
    });
  }

  /** Seals a message with the newest session; null when there is none. */
  seal(message: unknown): SealedPayload | null {
    return this.#current?.sealer.seal(message) ?? null;
  }

  /** What the peer sealed; null for everything else. The first message of a new session makes it the current one. */
  open(payload: SealedPayload): unknown {
    for (const session of [this.#tentative, this.#current]) {
      if (!session?.opener.isFor(payload)) continue;
      try {
        const message = session.opener.open(payload);
        if (session === this.#tentative) {
          this.#tentative = null;
          this.#current = session;
          // The peer has taken this one: an answer to a knock of ours would lead to one that it has left.
          this.#giveUp();
          this.#options.onFresh('responder', session.keys);
        }
        return message;
      } catch {
        return null; // Tampered with, or repeated: dropped like any other noise on the line.
      }
    }
    return null;
  }

  async #knock(challenge?: string): Promise<void> {
    if (performance.now() - this.#knockedAt < KNOCK_LIMIT_MS) return;
    const { self, peerId, credentials, send } = this.#options;
    this.#ownTs = Math.max(Date.now(), this.#ownTs + 1);
    const payload = { v: SESSION_VERSION, ts: this.#ownTs, ...(challenge !== undefined && { challenge }) };
    const noise = await initiate(
      {
        prologue: noisePrologue(self.id, peerId),
        self: self.identity,
        peer: credentials.identityKey,
        psk: credentials.psk,
      },
      utf8.encode(JSON.stringify(payload)),
    );
    if (!send({ type: 'knock', noise: toBase64Url(noise.message) })) return;
    this.#knockedAt = performance.now();
    this.#knocks = [...this.#knocks, noise].slice(-MAX_KNOCKS);
  }

  async #answer(text: string): Promise<void> {
    const { self, peerId, credentials, send, onOtherVersion } = this.#options;
    const bytes = fromBase64Url(text);
    if (!bytes) return;
    const response = await respond(
      {
        prologue: noisePrologue(peerId, self.id),
        self: self.identity,
        peer: credentials.identityKey,
        psk: credentials.psk,
      },
      bytes,
    );
    const payload: unknown = JSON.parse(utf8.decode(response.payload));
    const any = v.parse(AnyKnockPayload, payload);
    if (any.v !== SESSION_VERSION) {
      // One that was recorded before the peer was updated says nothing of today.
      if (any.ts <= this.#lastTs) return;
      onOtherVersion(otherVersion(any.v, SESSION_VERSION));
      // The peer can't read an answer, only a knock, and one that it answers so comes too soon to be answered in turn.
      if (isOlder(this.#knockedAt, VERSION_KNOCK_PAUSE_MS)) await this.#knock();
      return;
    }
    const { ts, challenge } = v.parse(KnockPayload, payload);
    const challenged = challenge !== undefined && challenge === this.#challenge;
    if (ts === this.#lastTs && !challenged) return; // The knock that was answered last, once more.
    if (ts < this.#lastTs && !challenged) {
      if (performance.now() - this.#challengedAt < CHALLENGE_PAUSE_MS) return;
      this.#challengedAt = performance.now();
      this.#challenge = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
      send({ type: 'knock-again', challenge: this.#challenge });
      return;
    }
    // Both began at once: the higher id drops its own attempt and answers. The lower one answers too, in case its own knock was lost;
    // if it wasn't, that answer finds nobody waiting.
    if (self.id > peerId) this.#giveUp();
    this.#challenge = null;
    this.#lastTs = ts;
    const { message, session } = await response.answer(new Uint8Array(0));
    const keys = await deriveSessionKeys(session, 'responder');
    this.#tentative = this.#session(keys);
    this.#options.onTs(ts);
    send({ type: 'welcome', noise: toBase64Url(message) });
  }

  async #finish(text: string): Promise<void> {
    const bytes = fromBase64Url(text);
    if (!bytes) return;
    // Each can be tried once. Answers come in the order of the knocks, so one that doesn't fit the oldest says that its answer is lost;
    // the answer to a newer one is still to come, and then counts: the peer has turned to it.
    for (let noise = this.#knocks.shift(); noise; noise = this.#knocks.shift()) {
      const finished = await noise.finish(bytes).catch(() => null);
      if (!finished) continue;
      const keys = await deriveSessionKeys(finished.session, 'initiator');
      this.#tentative = null;
      this.#current = this.#session(keys);
      if (this.#knocks.length === 0) this.#giveUp();
      return this.#options.onFresh('initiator', keys);
    }
  }

  #giveUp(): void {
    this.#knocks = [];
    this.#knockedAt = Number.NEGATIVE_INFINITY;
  }

  #session(keys: SessionKeys): SealedSession {
    const { self, peerId } = this.#options;
    return {
      keys,
      sealer: new Sealer({ key: keys.send, session: keys.id, src: self.id, dst: peerId }),
      opener: new Opener({ key: keys.receive, session: keys.id, src: peerId, dst: self.id }),
    };
  }

  #enqueue(step: () => Promise<void>): void {
    // What fails to verify came from somebody else, or from a peer that is no longer paired: it is dropped without a word.
    this.#working = this.#working.then(step).catch(() => {});
  }
}
