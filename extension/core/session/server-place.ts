import { effect, signal } from '@preact/signals-core';
import type { DeviceKeys } from '../crypto/device-keys.ts';
import type { SealedPayload } from '../crypto/seal.ts';
import type { DoctorFacts } from '../doctor/facts.ts';
import { within } from '../shared/abort.ts';
import { toBase64Url } from '../shared/bytes.ts';
import { type ErrorCode, errorCode } from '../shared/errors.ts';
import { Broker } from '../signalling/broker.ts';
import type { Paths } from '../signalling/contact.ts';
import { IceServers } from '../signalling/ice-servers.ts';
import { meetOnRelay } from '../signalling/relay-meeting.ts';
import { askRelayTicket } from '../signalling/relay-tickets.ts';
import { ServerAccess } from '../signalling/server-access.ts';
import { parseServerAddress } from '../signalling/server-address.ts';
import { askServer, requestNumber } from '../signalling/server-requests.ts';
import type { StoredSettings } from './database.ts';
import type { Store } from './store.ts';

export interface ServerPlaceOptions {
  store: Store;
  keys: DeviceKeys;
  settings: StoredSettings;
  /** What PeerJS says to a peer, sealed; null without a session. */
  seal(peerId: string, message: unknown): SealedPayload | null;
  /** It is a server of ours: to be remembered. */
  onOurs(): void;
}

/** The server says at sign-in what it has. */
const SERVICES_LIMIT_MS = 3_000;
/** A socket that looks alive needn't be. */
const PONG_LIMIT_MS = 3_000;

/** This device's place on one signalling server: the way in, the socket, and what it offers beside introducing. */
export class ServerPlace {
  readonly access: ServerAccess;
  readonly broker: Broker;
  readonly ice: IceServers;
  readonly #options: ServerPlaceOptions;
  /** Why there was no way in at the last attempt. */
  readonly #problem = signal<ErrorCode | null>(null);
  readonly #stop: () => void;

  /** Goes to the server of the settings, and shows in the state how it stands. @throws AppError `server-address` */
  constructor(options: ServerPlaceOptions) {
    const { store, keys, settings, seal, onOurs } = options;
    const { token: stockToken, serverUrl: url, ourServers } = settings;
    this.#options = options;
    const access = new ServerAccess({
      address: parseServerAddress(url),
      keys,
      stockToken,
      wasOurs: ourServers.includes(url),
      onOurs,
      onProblem: (problem) => {
        this.#problem.value = problem;
      },
    });
    const broker = new Broker({
      address: access.address,
      id: keys.id,
      token: (isKnown) => access.token(isKnown),
      canPing: () => access.has('ping'),
      rate: () => access.rate,
      iceServers: () => this.ice.list(),
      seal,
    });
    const ice = new IceServers(broker, access);
    this.access = access;
    this.broker = broker;
    this.ice = ice;
    this.#stop = effect(() => {
      const status = broker.status.value === 'taken' ? 'unreachable' : broker.status.value;
      const services = ice.services.value;
      const problem = this.#problem.value ?? (status === 'unreachable' ? 'server-unreachable' : null);
      const clock = access.offsetMs === null ? {} : { clockAheadMs: access.offsetMs };
      store.change({ server: { url, status, kind: access.kind, problem, services, ...clock } });
    });
  }

  /** The ways to a peer that the server offers right now. */
  readonly paths = (): Paths => ({
    iceServers: this.ice.list,
    services: () => this.ice.services.peek(),
    openRelay: this.access.has('relay')
      ? (meeting, signal) => meetOnRelay(this.broker, this.access.address, meeting, signal)
      : null,
  });

  /** `withRelay`: each such answer costs two tickets, of which a device gets so many a minute. Tries the server now if it isn't there. */
  async doctorFacts({ withRelay }: { withRelay: boolean }): Promise<DoctorFacts> {
    let isThere = false;
    if (this.broker.status.peek() === 'online') isThere = await this.#answers();
    else this.broker.retry();
    if (isThere) await this.#servicesKnown();
    const relayUrls = isThere && withRelay ? await this.#relayUrls() : null;
    const { url: serverUrl, status } = this.#options.store.now.server;
    return {
      serverKind: this.access.kind,
      serverStatus: status === 'online' && (!isThere || relayUrls === 'no-answer') ? 'unreachable' : status,
      serverUrl,
      iceServers: this.ice.list(),
      hasRelay: this.access.has('relay'),
      relayUrls: relayUrls === 'no-answer' ? null : relayUrls,
    };
  }

  /** Leaves the server. Live links go on. */
  close(): void {
    this.#stop();
    this.ice.close();
    this.broker.close();
  }

  /** Resolves when the server has said what it has, or takes too long for it. */
  async #servicesKnown(): Promise<void> {
    const known = new AbortController();
    const said = new Promise<void>((resolve) => {
      const stop = effect(() => {
        if (this.ice.services.value) resolve();
      });
      known.signal.addEventListener('abort', stop);
    });
    await within(said, SERVICES_LIMIT_MS, 'timed-out').catch(() => undefined);
    known.abort();
  }

  /** A socket can look alive for minutes after it has died. */
  async #answers(): Promise<boolean> {
    if (!this.access.has('ping')) return true;
    const ping = { type: 'ping' as const, n: requestNumber() };
    return askServer(this.broker, ping, { limitMs: PONG_LIMIT_MS }).then(
      () => true,
      () => false,
    );
  }

  /** Null: the server has none to give. @throws AppError where it answers otherwise */
  async #relayUrls(): Promise<[string, string] | null | 'no-answer'> {
    if (!this.access.has('relay')) return null;
    const session = toBase64Url(crypto.getRandomValues(new Uint8Array(8)));
    const ask = (side: 0 | 1) =>
      askRelayTicket(this.broker, this.access.address, { peer: this.#options.keys.id, session, side });
    return Promise.all([ask(0), ask(1)]).then(
      ([a, b]): [string, string] => [a.url, b.url],
      (error) => {
        if (errorCode(error) === 'relay-full') return null;
        if (errorCode(error) === 'server-unreachable') return 'no-answer';
        throw error;
      },
    );
  }
}
