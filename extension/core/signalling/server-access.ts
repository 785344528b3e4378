import type { DeviceKeys } from '../crypto/device-keys.ts';
import { signSocketToken } from '../crypto/socket-token.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import type { MessageRate } from './send-pace.ts';
import type { ServerAddress } from './server-address.ts';
import { probeServer, type ServerKind } from './server-info.ts';

/** How long what a server says of itself is believed, where nothing tells otherwise. */
const KNOWN_MS = 3_600_000;

export interface ServerAccessOptions {
  address: ServerAddress;
  keys: DeviceKeys;
  /** For servers that know no signed tokens: a secret of this device, the same at every start. */
  stockToken: string;
  /** Whether this address was once a server of ours. */
  wasOurs: boolean;
  /** It is one: to be remembered. */
  onOurs(): void;
  /** Why there was no token this time; null when there was one. Not called when nobody had to be asked. */
  onProblem(code: ErrorCode | null): void;
}

/** Opens the door of one server: finds out what it is, and signs a token for one of ours. */
export class ServerAccess {
  readonly address: ServerAddress;
  readonly #options: ServerAccessOptions;
  #wasOurs: boolean;
  #lastTs = 0;
  #kind: 'pairwise' | 'stock' | null = null;
  #known: { server: ServerKind; askedAt: number } | null = null;
  #features: readonly string[] = [];
  #offsetMs: number | null = null;
  #rate: MessageRate | null = null;

  constructor(options: ServerAccessOptions) {
    this.address = options.address;
    this.#options = options;
    this.#wasOurs = options.wasOurs;
  }

  /** What the server was at the last connection; null before the first. */
  get kind(): 'pairwise' | 'stock' | null {
    return this.#kind;
  }

  /** How far its clock was ahead of ours then, in ms; null where it doesn't say. */
  get offsetMs(): number | null {
    return this.#offsetMs;
  }

  /** How much it took then; null where it doesn't say. */
  get rate(): MessageRate | null {
    return this.#rate;
  }

  /** Whether the server at the last connection offered this beside the PeerJS protocol. */
  has(feature: 'ping' | 'ice' | 'relay'): boolean {
    return this.#features.includes(feature);
  }

  /**
   * A token for one connection. `isKnown`: what the server said last still counts, unless that is long ago.
   * @throws AppError `server-unreachable`; `server-changed` when a server that was ours answers as another: then the protection of ids
   * and nameplates would be gone without a word.
   */
  async token(isKnown = false): Promise<string> {
    if (isKnown && this.#known && performance.now() - this.#known.askedAt < KNOWN_MS)
      return this.#tokenFor(this.#known.server);
    try {
      const server = await probeServer(this.address);
      const token = await this.#tokenFor(server);
      this.#known = { server, askedAt: performance.now() };
      this.#options.onProblem(null);
      return token;
    } catch (error) {
      this.#options.onProblem(errorCode(error));
      throw error;
    }
  }

  async #tokenFor(server: ServerKind): Promise<string> {
    const { keys, stockToken } = this.#options;
    if (server.kind === 'stock') {
      if (this.#wasOurs) throw new AppError('server-changed');
      this.#kind = 'stock';
      this.#features = [];
      this.#offsetMs = this.#rate = null;
      return stockToken;
    }
    this.#kind = 'pairwise';
    this.#features = server.features;
    this.#offsetMs = server.offsetMs;
    this.#rate = server.rate;
    if (!this.#wasOurs) this.#options.onOurs();
    this.#wasOurs = true;
    this.#lastTs = Math.max(Date.now() + server.offsetMs, this.#lastTs + 1);
    const { host } = new URL(this.address.url);
    return signSocketToken(keys.routing, host, keys.id, this.#lastTs);
  }
}
