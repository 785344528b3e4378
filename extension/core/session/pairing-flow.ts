import { effect } from '@preact/signals-core';
import { CODE_LIFETIME_MS, formatCode, normaliseCode } from '../pairing/code.ts';
import { hostPairing, joinPairing, type PairedPeer } from '../pairing/pairing.ts';
import { within } from '../shared/abort.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import type { Broker } from '../signalling/broker.ts';
import type { ServerAddress } from '../signalling/server-address.ts';
import type { Store } from './store.ts';

/** Opening the popup and asking at once must not fail only because the server is still being reached. */
const SERVER_LIMIT_MS = 6_000;

export interface PairingFlowOptions {
  store: Store;
  server(): { broker: Broker; address: ServerAddress };
  onPaired(peer: PairedPeer): Promise<void>;
}

/** One pairing at a time, as the views see it. */
export class PairingFlow {
  readonly #options: PairingFlowOptions;
  #running: AbortController | null = null;
  /** What was shown last: typing it here is a mistake that deserves its own sentence. */
  #ownCode: string | null = null;

  constructor(options: PairingFlowOptions) {
    this.#options = options;
  }

  host(): void {
    this.#options.store.change({ pairing: { step: 'preparing' } });
    void this.#run('host', (broker, address, signal) =>
      hostPairing({
        self: this.#options.store.now.me,
        broker,
        address,
        signal,
        onCode: (code, expiresAt) => {
          this.#ownCode = formatCode(code);
          this.#options.store.change({
            pairing: { step: 'hosting', code: this.#ownCode, expiresAt, lifetimeMs: CODE_LIFETIME_MS },
          });
        },
      }),
    );
  }

  join(code: string): void {
    this.#options.store.change({ pairing: { step: 'joining' } });
    void this.#run('join', async (broker, _, signal) => {
      if (this.#ownCode && normaliseCode(code) === this.#ownCode) throw new AppError('code-own');
      return joinPairing({ self: this.#options.store.now.me, broker, code, signal });
    });
  }

  /** Ends what runs, or takes its result off the screen. */
  cancel(): void {
    this.#running?.abort();
    this.#running = null;
    this.#options.store.change({ pairing: { step: 'idle' } });
  }

  async #run(
    role: 'host' | 'join',
    pair: (broker: Broker, address: ServerAddress, signal: AbortSignal) => Promise<PairedPeer>,
  ): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    try {
      const { broker, address } = this.#options.server();
      broker.retry();
      await within(online(broker, running.signal), SERVER_LIMIT_MS, 'server-unreachable', running.signal);
      const peer = await pair(broker, address, running.signal);
      if (running.signal.aborted) return;
      await this.#options.onPaired(peer);
      this.#options.store.change({ pairing: { step: 'paired', peerId: peer.id } });
    } catch (error) {
      if (running.signal.aborted) return;
      const code = errorCode(error);
      if (code === 'internal') report(error);
      this.#options.store.change({ pairing: { step: 'failed', role, code } });
    } finally {
      running.abort();
    }
  }
}

function online(broker: Broker, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (broker.status.value === 'online') resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
