import { fromBase64Url, toBase64Url } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import type { Broker } from '../signalling/broker.ts';
import type { SignallingMessage, TellableCode } from '../signalling/messages.ts';

type Step = 1 | 2 | 3 | 4;
type PairMessage = Extract<SignallingMessage, { type: 'pair' | 'pair-failed' }>;

/** Messages that came before they were asked for; the exchange itself goes step by step, so more is nonsense. */
const MAX_KEPT = 16;

/** The pairing messages of one attempt, to and from. */
export class PairMailbox {
  readonly #broker: Broker;
  readonly #stops: Array<() => void>;
  #kept: Array<{ src: string; message: PairMessage }> = [];
  #look: () => void = () => {};
  #absent: string | null = null;

  constructor(broker: Broker) {
    this.#broker = broker;
    this.#stops = [
      broker.onMessage((src, message) => {
        if (message.type !== 'pair' && message.type !== 'pair-failed') return;
        this.#kept = [...this.#kept, { src, message }].slice(-MAX_KEPT);
        this.#look();
      }),
      broker.onAbsent((peerId) => {
        this.#absent = peerId;
        this.#look();
      }),
    ];
  }

  /** @throws AppError `server-unreachable`. */
  send(dst: string, step: Step, body: Uint8Array): void {
    if (!this.#broker.send(dst, { type: 'pair', step, body: toBase64Url(body) })) {
      throw new AppError('server-unreachable');
    }
  }

  /** Tells the other side that it is over. */
  fail(dst: string, code: TellableCode): void {
    this.#broker.send(dst, { type: 'pair-failed', code });
  }

  /**
   * The next message of this step from someone acceptable.
   * @throws AppError what that side failed with; `code-unknown` when the server says that it isn't there.
   */
  next(step: Step, from: (src: string) => boolean): Promise<{ src: string; body: Uint8Array }> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        for (const { src, message } of this.#kept.filter((entry) => from(entry.src))) {
          if (message.type === 'pair-failed' && step !== 1) return reject(new AppError(message.code));
          const body = message.type === 'pair' && message.step === step ? fromBase64Url(message.body) : null;
          if (!body) continue;
          this.#kept = [];
          return resolve({ src, body });
        }
        if (this.#absent !== null && from(this.#absent) && step !== 1) reject(new AppError('code-unknown'));
      };
      this.#look();
    });
  }

  /** Rejects when this side gives up; never resolves. */
  failure(src: string): Promise<never> {
    return new Promise((_, reject) => {
      this.#look = () => {
        const failed = this.#kept.find((entry) => entry.src === src && entry.message.type === 'pair-failed');
        if (failed?.message.type === 'pair-failed') reject(new AppError(failed.message.code));
      };
      this.#look();
    });
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }
}
