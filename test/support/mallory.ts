import * as v from 'valibot';
import { initiate } from '../../extension/core/crypto/noise-kk.ts';
import { noisePrologue } from '../../extension/core/crypto/session-keys.ts';
import { verifierWords } from '../../extension/core/crypto/verifier.ts';
import { HostExchange, JoinExchange } from '../../extension/core/pairing/exchange.ts';
import { fromBase64Url, toBase64Url, utf8 } from '../../extension/core/shared/bytes.ts';
import { errorCode } from '../../extension/core/shared/errors.ts';
import type { SignallingMessage } from '../../extension/core/signalling/messages.ts';
import { device, withKeys } from './exchange.ts';
import type { Host, HostileServer, Passing } from './hostile-server.ts';

type Step = 1 | 2 | 3 | 4;
type Self = Awaited<ReturnType<typeof device>>;

const PairBody = v.object({ pairwise: v.object({ type: v.literal('pair'), step: v.number(), body: v.string() }) });
/** P3: version, kind, tag, sealed card. */
const P3_BYTES = 331;
/** Message 2 of a handshake: an ephemeral key and a tag. */
const WELCOME_BYTES = 48;

/** The attacker as a peer: with keys of her own, inside the hostile server. She knows the protocol, and no secret of anybody. */
export class Mallory {
  readonly self: Self;
  readonly #server: HostileServer;
  #inbox: Passing[] = [];
  #waiting: Array<() => void> = [];

  private constructor(server: HostileServer, self: Self) {
    this.#server = server;
    this.self = self;
    server.hide(self.keys.id, (message) => {
      this.#inbox.push(message);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async in(server: HostileServer, name = 'Mallory'): Promise<Mallory> {
    return new Mallory(server, await device(name));
  }

  /** The same device, by its id and routing key, with another identity key. */
  async withOtherIdentity(): Promise<Mallory> {
    const { identity } = (await device(this.self.name)).keys;
    return new Mallory(this.#server, withKeys(this.self, { identity }));
  }

  get id(): string {
    return this.self.keys.id;
  }

  /** Sends one of our open messages, as herself or as anybody. */
  say(dst: string, message: SignallingMessage, src = this.id): void {
    this.#server.deliver({ type: 'CANDIDATE', src, dst, payload: { pairwise: message } });
  }

  /**
   * Types words at a host. Returns `code-wrong` when its answer shows that they are wrong, and then lets it know with a forged proof; else
   * the six words that she is shown.
   */
  async guesses(host: Host, words: string): Promise<{ code: string } | { words: string[] }> {
    const sidH = fromBase64Url(host.sidH) ?? new Uint8Array();
    const exchange = new JoinExchange({ self: this.self, hostId: host.hostId, sidH, secret: utf8.encode(words) });
    this.#sendStep(host.hostId, 1, exchange.message);
    const answer = await this.#next(2, host.hostId);
    try {
      const { message, verifier } = await exchange.prove(answer);
      this.#sendStep(host.hostId, 3, message);
      return { words: verifierWords(verifier) };
    } catch (error) {
      const forged = crypto.getRandomValues(new Uint8Array(P3_BYTES));
      forged.set([1, 3]);
      this.#sendStep(host.hostId, 3, forged);
      return { code: errorCode(error) };
    }
  }

  /**
   * Poses as a host who shows these words, to one who was led to her. Returns `code-wrong` when they are others, else the six words that
   * she is shown and the message that would end the pairing.
   */
  async poses(
    guest: string,
    sidH: string,
    words: string,
  ): Promise<{ code: string } | { words: string[]; last(): Promise<void> }> {
    const exchange = new HostExchange({
      self: this.self,
      sidH: fromBase64Url(sidH) ?? new Uint8Array(),
      secret: utf8.encode(words),
    });
    this.#sendStep(guest, 2, exchange.answer(guest, await this.#next(1, guest)));
    const proof = await this.#next(3, guest);
    if (proof.length === 0) return { code: 'code-wrong' };
    const { verifier } = await exchange.verify(proof);
    const last = async () => this.#sendStep(guest, 4, (await exchange.confirm()).message);
    return { words: verifierWords(verifier), last };
  }

  /** Answers a knock under the name of the one it was for, as well as somebody can who has neither's keys. */
  async answersKnock({ src, dst }: Passing): Promise<void> {
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    this.say(src, { type: 'welcome', noise: toBase64Url(random(WELCOME_BYTES)) }, dst);
    this.say(src, { type: 'bye', proof: toBase64Url(random(32)) }, dst);
    const { identity } = this.self.keys;
    const prologue = noisePrologue(dst, src);
    const keys = { prologue, self: identity, peer: identity.publicKey, psk: async () => random(32) };
    const { message } = await initiate(keys, utf8.encode(JSON.stringify({ v: 1, ts: Date.now() })));
    this.say(src, { type: 'knock', noise: toBase64Url(message) }, dst);
  }

  #sendStep(dst: string, step: Step, body: Uint8Array): void {
    this.say(dst, { type: 'pair', step, body: toBase64Url(body) });
  }

  /** The message of this step; empty when the other side gave up instead. */
  async #next(step: Step, src: string): Promise<Uint8Array> {
    for (;;) {
      const message = this.#inbox.find((one) => one.src === src);
      if (!message) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        continue;
      }
      this.#inbox = this.#inbox.filter((one) => one !== message);
      const parsed = v.safeParse(PairBody, message.payload);
      if (!parsed.success) return new Uint8Array();
      if (parsed.output.pairwise.step === step) return fromBase64Url(parsed.output.pairwise.body) ?? new Uint8Array();
    }
  }
}
