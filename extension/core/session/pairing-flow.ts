import { effect } from '@preact/signals-core';
import { CODE_LIFETIME_MS, normaliseCode } from '../pairing/code.ts';
import type { Pairing } from '../pairing/exchange-run.ts';
import type { ServerForPairing } from '../pairing/nameplate.ts';
import { hostPairing, joinPairing, type Self } from '../pairing/pairing.ts';
import { within } from '../shared/abort.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import type { Broker } from '../signalling/broker.ts';
import type { PairingState } from './state.ts';
import type { Store } from './store.ts';

/** Opening the popup and asking at once must not fail only because the server is still being reached. */
const SERVER_LIMIT_MS = 6_000;

export interface PairingFlowOptions {
  store: Store;
  self(): Self;
  broker(): Broker;
  server(): ServerForPairing;
  isBlocked(peerId: string): boolean;
  /** Somebody had the code, and the person has to answer. */
  onAsked(name: string): void;
  /** @throws AppError when this peer can't be paired with. */
  onPaired(pairing: Pairing): Promise<void>;
}

/** One pairing at a time, as the views see it. */
export class PairingFlow {
  readonly #options: PairingFlowOptions;
  #running: AbortController | null = null;
  /** What was shown last: typing it here is a mistake that deserves its own sentence. */
  #ownCode: string | null = null;
  #decide: (accept: boolean) => void = () => {};

  constructor(options: PairingFlowOptions) {
    this.#options = options;
  }

  host(form: 'code' | 'secret'): void {
    void this.#run('host', { step: 'preparing' }, (common) =>
      hostPairing({
        ...common,
        form,
        onCode: (code, expiresAt) => {
          this.#ownCode = code;
          this.#show({ step: 'hosting', form, code, expiresAt, lifetimeMs: CODE_LIFETIME_MS });
        },
        onConfirm: (name, words) =>
          new Promise((resolve) => {
            this.#decide = resolve;
            this.#show({ step: 'confirm', name, words });
            this.#options.onAsked(name);
          }),
      }),
    );
  }

  join(code: string): void {
    void this.#run('join', { step: 'joining' }, async (common) => {
      const own = this.#ownCode;
      if (own !== null && (code.trim() === own || normaliseCode(code) === own)) throw new AppError('code-own');
      return joinPairing({ ...common, code, onWords: (words) => this.#show({ step: 'confirming', words }) });
    });
  }

  /** The person's answer to `confirm`. */
  confirm(accept: boolean): void {
    this.#decide(accept);
  }

  /** Ends what runs, and somebody on the other side is told that this one said no; or takes its result off the screen. */
  cancel(): void {
    this.#running?.abort(new AppError('pairing-declined'));
    this.#running = null;
    this.#show({ step: 'idle' });
  }

  #show(pairing: PairingState): void {
    this.#options.store.change({ pairing });
  }

  async #run(
    role: 'host' | 'join',
    first: PairingState,
    pair: (common: CommonOptions) => Promise<Pairing>,
  ): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#show(first);
    const { self, broker, server, isBlocked, onPaired } = this.#options;
    try {
      const current = broker();
      current.retry();
      await within(online(current, running.signal), SERVER_LIMIT_MS, 'server-unreachable', running.signal).catch(
        (cause: unknown) => {
          // The server may be there and refused, which deserves its own sentence.
          throw new AppError(this.#options.store.now.server.problem ?? 'server-unreachable', { cause });
        },
      );
      const common = { self: self(), broker: current, server: server(), isBlocked, signal: running.signal };
      const pairing = await pair(common);
      if (running.signal.aborted) return;
      await onPaired(pairing);
      this.#show({ step: 'paired', peerId: pairing.peer.id });
    } catch (error) {
      if (running.signal.aborted) return;
      const code = errorCode(error);
      if (code === 'internal') report(error);
      this.#show({ step: 'failed', role, code });
    } finally {
      running.abort();
    }
  }
}

interface CommonOptions {
  self: Self;
  broker: Broker;
  server: ServerForPairing;
  isBlocked(peerId: string): boolean;
  signal: AbortSignal;
}

function online(broker: Broker, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (broker.status.value === 'online') resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
