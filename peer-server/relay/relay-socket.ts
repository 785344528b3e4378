import type { WebSocket } from 'ws';
import { CLOSE_CODES } from '../facade-socket.ts';
import { TokenBucket } from '../limits.ts';

/** More than this waits for a client: whoever sends to it isn't read any more. */
const PAUSE_BYTES = 1024 * 1024;
/** As little as this waits: the sender is read again. */
const RESUME_BYTES = 256 * 1024;
/** What a frame costs beside its content, so that a flood of tiny ones can't take more memory and work than it counts. */
const FRAME_OVERHEAD_BYTES = 1024;
/** How long a client may take for what waits for it when its room has ended. */
const FAREWELL_MS = 60_000;
/** Pings and pongs of a client. A browser answers ours and sends none. */
const CONTROLS_PER_SECOND = 5;
const CONTROL_BURST = 30;

/** What a socket tells whoever it belongs to. */
export interface RelaySocketOwner {
  /** A binary frame. Its bytes may be passed on, not kept. */
  received(frame: Buffer): void;
  /** So much waits for this client that nothing more should be sent to it, or no longer. */
  stalled(isStalled: boolean): void;
  /** The client is gone, or was cut off. Called once, and nothing follows. */
  ended(): void;
}

/** What a frame counts, in memory and in quotas. */
export function costOf(frame: Buffer): number {
  return frame.length + FRAME_OVERHEAD_BYTES;
}

/** One client in a relay room: what it sends comes out whole and in order, what it is sent is counted until the network has taken it. */
export class RelaySocket {
  /** Limit key of the client, see `ClientAddresses`. */
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #owner: RelaySocketOwner;
  readonly #controls = new TokenBucket(CONTROLS_PER_SECOND, CONTROL_BURST, performance.now());
  #waitingBytes = 0;
  #isStalled = false;
  /** It said something since the last `check`. */
  #wasHeard = true;
  /** It was asked for a sign of life at the last `check`. */
  #isAsked = false;
  #hasEnded = false;
  /** Why it is to be closed once nothing waits. */
  #farewell: { readonly code: number; readonly reason: string } | undefined;

  constructor(socket: WebSocket, address: string, owner: RelaySocketOwner) {
    this.#socket = socket;
    this.address = address;
    this.#owner = owner;
    socket.on('message', (data, isBinary) => {
      this.#wasHeard = true;
      if (this.#farewell) return;
      if (!isBinary || !Buffer.isBuffer(data)) this.cut('binary frames only');
      else owner.received(data);
    });
    socket.on('ping', () => this.#onControl());
    socket.on('pong', () => this.#onControl());
    // `ws` reports broken and oversized frames here and closes the socket itself.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#end());
  }

  sendText(text: string): void {
    this.#socket.send(text, () => undefined);
  }

  sendFrame(frame: Buffer): void {
    const cost = costOf(frame);
    this.#waitingBytes += cost;
    this.#socket.send(frame, { binary: true }, () => this.#sent(cost));
    if (this.#isStalled || this.#waitingBytes <= PAUSE_BYTES) return;
    this.#isStalled = true;
    this.#owner.stalled(true);
  }

  /** Leaves what the client sends in the network until `resume`. What has arrived already still comes. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /**
   * Looks for a connection that died unnoticed: asks one that has said nothing since the last time for a sign of life, and ends it when
   * none has come by the next. The clients' own heartbeats make most of these questions needless.
   */
  check(): void {
    // Whom we don't read we can't hear.
    const isSilent = !this.#wasHeard && !this.#socket.isPaused;
    if (isSilent && this.#isAsked) return this.terminate();
    this.#wasHeard = false;
    this.#isAsked = isSilent;
    if (isSilent) this.#socket.ping(undefined, undefined, () => undefined);
  }

  /** Closes once what waits has been sent. What the client says meanwhile is dropped. */
  finish(code: number, reason: string): void {
    if (this.#farewell) return;
    this.#farewell = { code, reason };
    // Its answer to our closing must be read.
    this.#socket.resume();
    const timer = setTimeout(() => this.terminate(), FAREWELL_MS).unref();
    this.#socket.once('close', () => clearTimeout(timer));
    if (this.#waitingBytes === 0) this.#socket.close(code, reason);
  }

  /** Closes at once: the client did what it may not do. */
  cut(reason: string): void {
    this.#farewell = { code: CLOSE_CODES.policy, reason };
    this.#socket.resume();
    this.#socket.close(CLOSE_CODES.policy, reason);
    this.#end();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #sent(cost: number): void {
    this.#waitingBytes -= cost;
    if (this.#farewell && this.#waitingBytes === 0) this.#socket.close(this.#farewell.code, this.#farewell.reason);
    if (!this.#isStalled || this.#waitingBytes >= RESUME_BYTES) return;
    this.#isStalled = false;
    this.#owner.stalled(false);
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#owner.ended();
  }

  #onControl(): void {
    this.#wasHeard = true;
    if (!this.#controls.take(performance.now())) this.cut('too many pings');
  }
}
