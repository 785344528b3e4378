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
 * one in its place only when all went well, so that after any failure nothing is left to try again with.
 */

interface Asked {
  step: 'asked';
  scalar: Uint8Array;
  sid: Uint8Array;
  share: Uint8Array;
}
interface Proven {
  step: 'proven';
  run: Run;
  keys: RunKeys;
}
interface Over {
  step: 'over';
}
const OVER: Over = { step: 'over' };

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
  #state: Asked | Proven | Over;

  /** @throws AppError `code-own` when the code is this device's own. */
  constructor({ self, hostId, sidH, secret }: JoinOptions) {
    if (hostId === self.keys.id) throw new AppError('code-own');
    const nJ = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sid = concat(sidH, nJ);
    const scalar = sampleScalar();
    const share = scalarMult(scalar, calculateGenerator(cpaceInputs(secret, self.keys.id, hostId, sid)));
    this.#self = self;
    this.#hostId = hostId;
    this.#state = { step: 'asked', scalar, sid, share };
    this.message = encodePairing(1, nJ, share);
  }

  /**
   * Takes P2 and gives P3. The verifier can be shown from now on.
   * @throws AppError `code-wrong`, `tampered`, `message-invalid`, `version-mismatch`; `pairing-interrupted` when it is over.
   */
  async prove(p2: Uint8Array): Promise<{ message: Uint8Array<ArrayBuffer>; verifier: Uint8Array }> {
    const { scalar, sid, share } = this.#take('asked');
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
      this.#state = { step: 'proven', run, keys };
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
    const { run, keys } = this.#take('proven');
    const [sealed] = decodePairing(4, p4);
    const peer = await openCard('host', this.#hostId, run, keys.host, pairingHeader(4), sealed);
    return { peer, root: keys.root, verifier: keys.verifier };
  }

  #take<S extends 'asked' | 'proven'>(step: S): Extract<Asked | Proven, { step: S }> {
    return take(this.#state, step, () => {
      this.#state = OVER;
    });
  }
}

interface Shown {
  step: 'shown';
  secret: Uint8Array;
}
interface Answered {
  step: 'answered';
  joinId: string;
  run: Run;
  isk: Uint8Array;
}
interface Verified extends Omit<Proven, 'step'> {
  step: 'verified';
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
  #state: Shown | Answered | Verified | Over;

  constructor({ self, sidH, secret }: HostOptions) {
    this.#self = self;
    this.#sidH = sidH;
    this.#state = { step: 'shown', secret: concat(secret) };
  }

  /** Whether somebody has tried the code, rightly or wrongly: it is good for nobody else. */
  get burnt(): boolean {
    return this.#state.step !== 'shown';
  }

  /**
   * Takes P1 of the peer `joinId` and gives P2. Burns the code before it does anything else; a running exchange with somebody else
   * is not disturbed.
   * @throws AppError `code-expired` for a burnt code; `code-own`, `tampered`, `message-invalid`, `version-mismatch`.
   */
  answer(joinId: string, p1: Uint8Array): Uint8Array<ArrayBuffer> {
    const state = this.#state;
    if (state.step !== 'shown') throw new AppError('code-expired');
    this.#state = OVER;
    const hostId = this.#self.keys.id;
    const scalar = sampleScalar();
    try {
      if (joinId === hostId) throw new AppError('code-own');
      const [nJ, joinShare] = decodePairing(1, p1);
      const sid = concat(this.#sidH, nJ);
      const share = scalarMult(scalar, calculateGenerator(cpaceInputs(state.secret, joinId, hostId, sid)));
      const join = cpaceMessage('join', joinId, joinShare);
      const host = cpaceMessage('host', hostId, share);
      const isk = sessionKey(sid, scalarMultVerify(scalar, joinShare), join, host);
      this.#state = { step: 'answered', joinId, run: { sid, join, host }, isk };
      return encodePairing(2, share, confirmationTag(sid, isk, host));
    } finally {
      scalar.fill(0);
      state.secret.fill(0);
    }
  }

  /**
   * Takes P3. Who it is and the verifier can be shown from now on; nothing is paired before `confirm`.
   * @throws AppError `code-wrong`, `tampered`, `identity-mismatch`, `message-invalid`, `version-mismatch`; `pairing-interrupted`
   * when it is over.
   */
  async verify(p3: Uint8Array): Promise<{ peer: Pairing['peer']; verifier: Uint8Array }> {
    const { joinId, run, isk } = this.#take('answered');
    try {
      const [tag, sealed] = decodePairing(3, p3);
      expectTag(tag, run.sid, isk, run.join);
      const keys = await deriveRunKeys(run.sid, isk);
      const head = concat(pairingHeader(3), tag);
      const peer = await openCard('join', joinId, run, keys.join, head, sealed);
      this.#state = { step: 'verified', run, keys, peer };
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
    const { run, keys, peer } = this.#take('verified');
    const head = pairingHeader(4);
    const card = await sealCard('host', this.#self, run, keys.host, head);
    return { message: concat(head, card), pairing: { peer, root: keys.root, verifier: keys.verifier } };
  }

  /** The person has said no, or the time is over. */
  end(): void {
    this.#state = OVER;
  }

  #take<S extends 'answered' | 'verified'>(step: S): Extract<Answered | Verified, { step: S }> {
    return take(this.#state, step, () => {
      this.#state = OVER;
    });
  }
}

/** The state, if it is the one that this step starts from; it is over with it in any case. */
function take<T extends { step: string }, S extends T['step']>(
  state: T,
  step: S,
  end: () => void,
): Extract<T, { step: S }> {
  end();
  if (!isAt(state, step)) throw new AppError('pairing-interrupted');
  return state;
}

function isAt<T extends { step: string }, S extends T['step']>(state: T, step: S): state is Extract<T, { step: S }> {
  return state.step === step;
}
