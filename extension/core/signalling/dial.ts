import type { DataConnection } from 'peerjs';
import { endsAt } from '../link/certificate.ts';
import { DirectLink, type DirectLinkOptions } from '../link/direct-link.ts';
import type { LocalCandidates } from '../link/local-candidates.ts';
import { AppError } from '../shared/errors.ts';

/** Long enough for a slow TURN allocation, short enough that a person still waits. Nothing else reports a path that can't exist. */
export const DIAL_LIMIT_MS = 12_000;

/** ICE has what it needs of both sides, and hasn't failed. */
const WITH_A_WAY: ReadonlySet<string | undefined> = new Set(['checking', 'connected', 'completed']);

export interface DialOptions extends DirectLinkOptions {
  /** The peer's description of this connection as it came out of the seal; undefined when none did. */
  described(connectionId: string): string | undefined;
}

/** One attempt at a link over WebRTC: straight or through TURN, whichever the browsers find first. */
export class Dial {
  readonly candidates: LocalCandidates;
  readonly #connection: DataConnection;
  readonly #options: DialOptions;
  readonly #link: DirectLink;
  readonly #stopped = new AbortController();

  /** Must be called in the task in which PeerJS made the connection. */
  constructor(connection: DataConnection, options: DialOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#link = new DirectLink(connection, options);
    this.candidates = this.#link.candidates;
  }

  /**
   * The open link. It ends at the certificate that the peer sealed for us: whoever answers with another one is not the peer.
   * @throws AppError `peer-unreachable`, `tampered`; anything when stopped.
   */
  async open(): Promise<DirectLink> {
    const link = this.#link;
    await link.ready(DIAL_LIMIT_MS, this.#stopped.signal);
    const sdp = this.#options.described(this.#connection.connectionId);
    const isSealed = sdp !== undefined && (await endsAt(this.#connection.peerConnection, sdp));
    if (!isSealed) {
      link.close('tampered');
      throw new AppError('tampered');
    }
    if (this.#stopped.signal.aborted) {
      link.close('replaced');
      throw new AppError('link-lost');
    }
    return link;
  }

  /** Both have described themselves, and the browsers look for a way: whether they find one hardly depends on the server any more. */
  get isSignalled(): boolean {
    const { signalingState, iceConnectionState } = this.#connection.peerConnection ?? {};
    return signalingState === 'stable' && WITH_A_WAY.has(iceConnectionState);
  }

  /** Gives up. A link that is open already goes on. */
  stop(): void {
    this.#stopped.abort();
  }
}
