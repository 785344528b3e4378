import type { ViewerConnection } from './viewer-connection.ts';

/** Who is asked looks within half a minute, or later: until then nothing is kept open for them. */
const PREPARED_FOR_MS = 30_000;

/** Makes a connection to a viewer page before one has asked: its offer is ready once the other person has made up their mind. */
export class PreparedConnection {
  readonly #make: () => ViewerConnection;
  #prepared: ViewerConnection | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `make` throws in a browser or under a policy without WebRTC. */
  constructor(make: () => ViewerConnection) {
    this.#make = make;
  }

  /** Makes one now, for half a minute. Does nothing where none can be made: whoever takes it is told. */
  prepare(): void {
    this.discard();
    try {
      this.#prepared = this.#make();
    } catch {
      return;
    }
    this.#timer = setTimeout(() => this.discard(), PREPARED_FOR_MS);
  }

  /** The one that was prepared, or a new one; it is the caller's from now on. @throws what `make` throws. */
  take(): ViewerConnection {
    const prepared = this.#prepared;
    this.#prepared = undefined;
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
