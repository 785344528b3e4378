import { effect, type ReadonlySignal, signal } from '@preact/signals-core';
import type { Broker } from './broker.ts';
import type { ServerAccess } from './server-access.ts';
import type { IceServerList } from './server-messages.ts';
import { askServer, requestNumber } from './server-requests.ts';

/** What the server offers beside introducing two browsers: ways around a network. */
export interface Services {
  readonly stun: boolean;
  readonly turn: boolean;
  readonly relay: boolean;
}

const NONE: Services = { stun: false, turn: false, relay: false };
/** TURN credentials are renewed when this part of their life is over: what began with the old ones goes on. */
const RENEW_AT = 3 / 4;
/** After a refusal: the server is busy, and the list that is there is still good. */
const REFUSED_AGAIN_MS = 60_000;
/** The question or its answer was lost. */
const LOST_AGAIN_MS = 5_000;

/** The STUN and TURN servers that the signalling server hands out, always the newest. */
export class IceServers {
  readonly #broker: Broker;
  readonly #access: ServerAccess;
  readonly #services = signal<Services | null>(null);
  /** Null until the server has said. */
  readonly services: ReadonlySignal<Services | null> = this.#services;
  readonly #closed = new AbortController();
  readonly #stop: () => void;
  #list: IceServerList = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(broker: Broker, access: ServerAccess) {
    this.#broker = broker;
    this.#access = access;
    this.#stop = effect(() => {
      if (broker.status.value === 'online') queueMicrotask(() => this.#online());
      else clearTimeout(this.#timer);
    });
  }

  /** For a new connection; empty: it can reach the local network only. */
  readonly list = (): IceServerList => this.#list;

  close(): void {
    this.#stop();
    this.#closed.abort();
    clearTimeout(this.#timer);
  }

  #online(): void {
    if (this.#access.has('ice')) return void this.#ask();
    this.#list = [];
    this.#services.value = this.#access.has('relay') ? { ...NONE, relay: true } : NONE;
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    const request = { type: 'ice-servers' as const, n: requestNumber() };
    const answer = await askServer(this.#broker, request, { signal: this.#closed.signal }).catch(() => null);
    if (this.#closed.signal.aborted) return;
    clearTimeout(this.#timer);
    const again = (afterMs: number) => {
      if (this.#broker.status.peek() === 'online') this.#timer = setTimeout(() => void this.#ask(), afterMs);
    };
    // What is known already stays, and nothing is said of what isn't.
    if (answer?.type !== 'ice-servers') return again(answer ? REFUSED_AGAIN_MS : LOST_AGAIN_MS);
    this.#list = answer.iceServers;
    const urls = this.#list.flatMap((server) => server.urls);
    this.#services.value = {
      stun: urls.some((url) => url.startsWith('stun')),
      turn: urls.some((url) => url.startsWith('turn')),
      relay: this.#access.has('relay'),
    };
    again(answer.ttlMs * RENEW_AT);
  }
}
