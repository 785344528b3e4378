import {
  calculateGenerator,
  confirmationTag,
  sampleScalar,
  scalarMult,
  scalarMultVerify,
  sessionKey,
} from '../crypto/cpace.ts';
import { concat } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { decodePairing, encodePairing, NONCE_BYTES, pairingHeader } from './exchange-messages.ts';
import {
  cpaceInputs,
  cpaceMessage,
  deriveRunKeys,
  expectTag,
  openCard,
  type Pairing,
  type PairingSelf,
  type Run,
  type RunKeys,
  sealCard,
} from './exchange-run.ts';

/*
 * A pairing as two state machines from bytes to bytes, without sockets and clocks. Each step takes the state away and puts the next
 * one in its place only when all went well, so that after any failure nothing is left to try again with. A step out of turn changes
 * nothing.
 */

interface Asked {
  scalar: Uint8Array;
  sid: Uint8Array;
  share: Uint8Array;
}
interface Proven {
  run: Run;
  keys: RunKeys;
}

export interface JoinOptions {
  self: PairingSelf;
  /** The PeerJS id of the one who shows the code. */
  hostId: string;
  /** The host's half of the session id, 16 bytes, as it came with the claim. */
  sidH: Uint8Array;
  /** What was typed: the two words in UTF-8, or the 16 bytes of a pairing text. */
  secret: Uint8Array;
}

/** The side of the one who typed the code. */
export class JoinExchange {
  /** P1. */
  readonly message: Uint8Array<ArrayBuffer>;
  readonly #self: PairingSelf;
  readonly #hostId: string;
  #asked: Asked | null;
  #proven: Proven | null = null;

  /** @throws AppError `code-own` when the code is this device's own, `message-invalid` for a `sidH` of another size. */
  constructor({ self, hostId, sidH, secret }: JoinOptions) {
    if (hostId === self.keys.id) throw new AppError('code-own');
    if (sidH.length !== NONCE_BYTES) throw new AppError('message-invalid');
    const nJ = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sid = concat(sidH, nJ);
    const scalar = sampleScalar();
    const share = scalarMult(scalar, calculateGenerator(cpaceInputs(secret, self.keys.id, hostId, sid)));
    this.#self = self;
    this.#hostId = hostId;
    this.#asked = { scalar, sid, share };
    this.message = encodePairing(1, nJ, share);
  }

  /**
   * Takes P2 and gives P3. The verifier can be shown from now on.
   * @throws AppError `code-wrong`, `tampered`, `message-invalid`, `version-mismatch`; `pairing-interrupted` when it is over.
   */
  async prove(p2: Uint8Array): Promise<{ message: Uint8Array<ArrayBuffer>; verifier: Uint8Array }> {
    const asked = this.#asked;
    this.#asked = null;
    if (!asked) throw new AppError('pairing-interrupted');
    const { scalar, sid, share } = asked;
    try {
      const [hostShare, hostTag] = decodePairing(2, p2);
      const join = cpaceMessage('join', this.#self.keys.id, share);
      const host = cpaceMessage('host', this.#hostId, hostShare);
      const isk = sessionKey(sid, scalarMultVerify(scalar, hostShare), join, host);
      expectTag(hostTag, sid, isk, host);
      const head = concat(pairingHeader(3), confirmationTag(sid, isk, join));
      const keys = await deriveRunKeys(sid, isk);
      const run = { sid, join, host };
      const card = await sealCard('join', this.#self, run, keys.join, head);
      this.#proven = { run, keys };
      return { message: concat(head, card), verifier: keys.verifier };
    } finally {
      scalar.fill(0);
    }
  }

  /**
   * Takes P4: the person at the host has agreed.
   * @throws AppError `tampered`, `identity-mismatch`, `message-invalid`, `version-mismatch`; `pairing-interrupted` when it is over.
   */
  async finish(p4: Uint8Array): Promise<Pairing> {
    const proven = this.#proven;
    this.#proven = null;
    if (!proven) throw new AppError('pairing-interrupted');
    const { run, keys } = proven;
    const [sealed] = decodePairing(4, p4);
    const peer = await openCard('host', this.#hostId, run, keys.host, pairingHeader(4), sealed);
    return { peer, root: keys.root, verifier: keys.verifier };
  }
}

interface Answered {
  joinId: string;
  run: Run;
  isk: Uint8Array;
}
interface Verified extends Proven {
  peer: Pairing['peer'];
}

export interface HostOptions {
  self: PairingSelf;
  /** 16 random bytes, told to whoever claims the code. */
  sidH: Uint8Array;
  /** The two words in UTF-8, or the 16 bytes of a pairing text. */
  secret: Uint8Array;
}

/** The side of the one who made the code: one exchange for one code. */
export class HostExchange {
  readonly #self: PairingSelf;
  readonly #sidH: Uint8Array;
  /** Gone as soon as the code is burnt. */
  #secret: Uint8Array | null;
  #answered: Answered | null = null;
  #verified: Verified | null = null;
  #ended = false;

  constructor({ self, sidH, secret }: HostOptions) {
    this.#self = self;
    this.#sidH = sidH;
    this.#secret = concat(secret);
  }

  /** Whether somebody has tried the code, rightly or wrongly: it is good for nobody else. */
  get burnt(): boolean {
    return this.#secret === null;
  }

  /**
   * Takes P1 of the peer `joinId` and gives P2. Burns the code before it does anything else; a running exchange with somebody else
   * is not disturbed.
   * @throws AppError `code-expired` for a burnt code; `code-own`, `tampered`, `message-invalid`, `version-mismatch`.
   */
  answer(joinId: string, p1: Uint8Array): Uint8Array<ArrayBuffer> {
    const secret = this.#secret;
    this.#secret = null;
    if (!secret) throw new AppError('code-expired');
    const hostId = this.#self.keys.id;
    const scalar = sampleScalar();
    try {
      if (joinId === hostId) throw new AppError('code-own');
      const [nJ, joinShare] = decodePairing(1, p1);
      const sid = concat(this.#sidH, nJ);
      const share = scalarMult(scalar, calculateGenerator(cpaceInputs(secret, joinId, hostId, sid)));
      const join = cpaceMessage('join', joinId, joinShare);
      const host = cpaceMessage('host', hostId, share);
      const isk = sessionKey(sid, scalarMultVerify(scalar, joinShare), join, host);
      this.#answered = { joinId, run: { sid, join, host }, isk };
      return encodePairing(2, share, confirmationTag(sid, isk, host));
    } finally {
      scalar.fill(0);
      secret.fill(0);
    }
  }

  /**
   * Takes P3. Who it is and the verifier can be shown from now on; nothing is paired before `confirm`.
   * @throws AppError `code-wrong`, `tampered`, `identity-mismatch`, `message-invalid`, `version-mismatch`; `pairing-interrupted`
   * when it is over.
   */
  async verify(p3: Uint8Array): Promise<{ peer: Pairing['peer']; verifier: Uint8Array }> {
    const answered = this.#answered;
    this.#answered = null;
    if (!answered) throw new AppError('pairing-interrupted');
    const { joinId, run, isk } = answered;
    try {
      const [tag, sealed] = decodePairing(3, p3);
      expectTag(tag, run.sid, isk, run.join);
      const keys = await deriveRunKeys(run.sid, isk);
      const head = concat(pairingHeader(3), tag);
      const peer = await openCard('join', joinId, run, keys.join, head, sealed);
      if (this.#ended) throw new AppError('pairing-interrupted');
      this.#verified = { run, keys, peer };
      return { peer, verifier: keys.verifier };
    } finally {
      isk.fill(0);
    }
  }

  /**
   * The person has agreed: gives P4 and the pairing.
   * @throws AppError `pairing-interrupted` when it is over.
   */
  async confirm(): Promise<{ message: Uint8Array<ArrayBuffer>; pairing: Pairing }> {
    const verified = this.#verified;
    this.#verified = null;
    if (!verified) throw new AppError('pairing-interrupted');
    const { run, keys, peer } = verified;
    const head = pairingHeader(4);
    const card = await sealCard('host', this.#self, run, keys.host, head);
    return { message: concat(head, card), pairing: { peer, root: keys.root, verifier: keys.verifier } };
  }

  /** The person has said no, or the time is over: nobody pairs with this code any more. */
  end(): void {
    this.#ended = true;
    this.#secret = null;
    this.#answered = null;
    this.#verified = null;
  }
}
