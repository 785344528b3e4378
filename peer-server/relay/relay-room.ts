import type { WebSocket } from 'ws';
import type { Counts } from '../metrics/counts.ts';
import { RELAY_CLOSE_CODES, RELAY_JOINED, type RelaySide } from '../protocol.ts';
import type { ByteAllowance } from './byte-allowance.ts';
import { costOf, RelaySocket } from './relay-socket.ts';

export interface RelayRoomOptions {
  /** What both sides together may send. */
  readonly maxBytes: number;
  /** How long the first side waits for the other. */
  readonly waitMs: number;
  /** How long the room lasts from then on. */
  readonly lifetimeMs: number;
  /** What an address may send. @param onSpent called when that is used up */
  allowance(address: string, onSpent: () => void): ByteAllowance;
  readonly counts: Counts;
  /** The room is no more. What waits for its sides may still be on its way. */
  ended(code: number): void;
}

interface Place {
  readonly socket: RelaySocket;
  readonly allowance: ByteAllowance;
}

/** Two sides that hear each other and nobody else. It passes frames on without looking into them, as fast as the slower side reads. */
export class RelayRoom {
  readonly #options: RelayRoomOptions;
  readonly #places: [Place | undefined, Place | undefined] = [undefined, undefined];
  #state: 'waiting' | 'joined' | 'ended' = 'waiting';
  #leftBytes: number;
  #timer: NodeJS.Timeout;

  constructor(options: RelayRoomOptions) {
    this.#options = options;
    this.#leftBytes = options.maxBytes;
    const isAlone = () => this.end(RELAY_CLOSE_CODES.alone, 'the other side did not come');
    this.#timer = setTimeout(isAlone, options.waitMs).unref();
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  /** Takes a side while the room is waiting. Whoever waited on the same side before is sent away: that connection has been given up. */
  enter(side: RelaySide, webSocket: WebSocket, address: string): void {
    this.#places[side]?.socket.finish(RELAY_CLOSE_CODES.replaced, 'connected again');
    const socket = new RelaySocket(webSocket, address, {
      received: (frame) => this.#received(side, frame),
      stalled: (isStalled) => {
        const sender = this.#places[otherOf(side)]?.socket;
        if (!isStalled) return sender?.resume();
        this.#options.counts.relayStalls++;
        sender?.pause();
      },
      ended: () => {
        if (this.#places[side]?.socket === socket) this.end(RELAY_CLOSE_CODES.alone, 'the other side left');
      },
    });
    const isSpent = () => this.end(RELAY_CLOSE_CODES.bytes, 'no more bytes for this address');
    this.#places[side] = { socket, allowance: this.#options.allowance(address, isSpent) };
    const [lower, higher] = this.#places;
    if (lower && higher) this.#join(lower, higher);
  }

  /** Tells both sides to go, after what waits for them. */
  end(code: number, reason: string): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    clearTimeout(this.#timer);
    for (const place of this.#places) place?.socket.finish(code, reason);
    this.#options.ended(code);
  }

  /** Ends connections that died unnoticed. To be called from time to time. */
  check(): void {
    for (const place of this.#places) place?.socket.check();
  }

  #join(...places: Place[]): void {
    this.#state = 'joined';
    clearTimeout(this.#timer);
    const isOld = () => this.end(RELAY_CLOSE_CODES.lifetime, 'the room has been open for too long');
    this.#timer = setTimeout(isOld, this.#options.lifetimeMs).unref();
    for (const { socket } of places) socket.sendText(RELAY_JOINED);
  }

  #received(side: RelaySide, frame: Buffer): void {
    const [from, to] = [this.#places[side], this.#places[otherOf(side)]];
    if (!from) return;
    if (!to) return from.socket.cut('nobody is here yet');
    const cost = costOf(frame);
    this.#leftBytes -= cost;
    if (this.#leftBytes < 0) return this.end(RELAY_CLOSE_CODES.bytes, 'no more bytes for this room');
    from.allowance.use(cost);
    to.socket.sendFrame(frame);
    const { counts } = this.#options;
    counts.relayFrames++;
    counts.relayBytes += frame.length;
  }
}

function otherOf(side: RelaySide): RelaySide {
  return side === 0 ? 1 : 0;
}
