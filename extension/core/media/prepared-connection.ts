import type { ViewerConnection } from './viewer-connection.ts';

/** Who is asked looks within half a minute, or later: until then nothing is kept open for them. */
const PREPARED_FOR_MS = 30_000;

/** Makes a connection to a viewer page before one has asked: its offer is ready once the other person has made up their mind. */
export class PreparedConnection {
  readonly #make: () => ViewerConnection;
  readonly #iceServers: () => readonly RTCIceServer[];
  /** What it was made with. */
  #madeWith: readonly RTCIceServer[] = [];
  #prepared: ViewerConnection | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `make` throws in a browser or under a policy without WebRTC. `iceServers`: the same list until there is a newer one. */
  constructor(make: () => ViewerConnection, iceServers: () => readonly RTCIceServer[]) {
    this.#make = make;
    this.#iceServers = iceServers;
  }

  /** Makes one now, for half a minute. Does nothing where none can be made: whoever takes it is told. */
  prepare(): void {
    this.#madeWith = this.#iceServers();
    try {
      this.#prepared = this.#make();
    } catch {
      return;
    }
    this.#timer = setTimeout(() => this.discard(), PREPARED_FOR_MS);
  }

  /** The network is another one: what was found out about it before is worth nothing. */
  renew(): void {
    if (!this.#prepared) return;
    this.discard();
    this.prepare();
  }

  /**
   * The one that was prepared, or a new one where STUN and TURN have changed meanwhile or there is none; it is the caller's from now on.
   * @throws what `make` throws.
   */
  take(): ViewerConnection {
    const prepared = this.#madeWith === this.#iceServers() ? this.#prepared : undefined;
    if (prepared) this.#prepared = undefined;
    this.discard();
    return prepared ?? this.#make();
  }

  /** Idempotent. */
  discard(): void {
    clearTimeout(this.#timer);
    this.#prepared?.close();
    this.#prepared = undefined;
  }
}
