import { AppError } from '../shared/errors.ts';
import { type Lane, MAX_FRAME_BYTES } from './link.ts';
import { costOf, encodeRelayFrame, RelayDataEncoder, type RelayLaneName } from './relay-frames.ts';

/** The socket that all lanes of a relay link share. */
export interface RelaySocket {
  /** Given to `write` and not yet taken by the network. */
  readonly bufferedBytes: number;
  /** Has read the message when it returns. */
  write(message: Uint8Array<ArrayBuffer>): void;
}

/** How much may be on its way on a lane, and wait for its reader at the other end. Both sides know it. */
export const WINDOW_BYTES: Readonly<Record<RelayLaneName, number>> = { control: 256 * 1024, bulk: 4 * 1024 * 1024 };
/** Room is told of when there is so much that the sender doesn't know of. */
const CREDIT_STEP_BYTES: Readonly<Record<RelayLaneName, number>> = { control: 64 * 1024, bulk: 512 * 1024 };
/**
 * Bulk waits here while the socket holds more than this, so that control can pass it. Nobody says when a socket has become emptier:
 * the next credit does. One is always to come, since this is more than the window of control and the last step of bulk.
 */
const MAX_BUFFERED_BYTES = 1024 * 1024;

interface Waiting {
  readonly frame: Uint8Array;
  sent(): void;
  failed(reason: unknown): void;
}

/**
 * One lane of a relay link. Its frames go out for as long as the other side has room for them, which it tells as it reads; so a side that
 * stops reading stops this lane and no other, and whoever sends more than there is room for loses the link.
 */
export class RelayLane implements Lane {
  readonly frames: ReadableStream<Uint8Array>;
  readonly #name: RelayLaneName;
  readonly #socket: RelaySocket;
  readonly #encoder = new RelayDataEncoder();
  readonly #windowBytes: number;
  /** What may still be sent. */
  #creditBytes: number;
  /** What the other side may still send. */
  #grantedBytes: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #ended = false;
  #cancelled = false;

  constructor(name: RelayLaneName, socket: RelaySocket) {
    this.#name = name;
    this.#socket = socket;
    this.#windowBytes = WINDOW_BYTES[name];
    this.#creditBytes = this.#windowBytes;
    this.#grantedBytes = this.#windowBytes;
    this.frames = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        // Called after each frame that was read, since the stream never holds more than the window.
        pull: () => this.#grant(),
        cancel: () => {
          this.#cancelled = true;
          this.#grant();
        },
      },
      { highWaterMark: this.#windowBytes, size: costOf },
    );
  }

  get queuedBytes(): number {
    return this.#waitingBytes + this.#socket.bufferedBytes;
  }

  async send(frame: Uint8Array, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (frame.length < 1 || frame.length > MAX_FRAME_BYTES) throw new AppError('message-too-large');
    if (this.#ended) throw new AppError('link-lost');
    if (this.#waiting.length === 0 && this.#hasRoom(frame)) this.#write(frame);
    else await this.#turn(frame, signal);
  }

  /** Sends what there is room for now. */
  flush(): void {
    for (let next = this.#waiting[0]; next && this.#hasRoom(next.frame); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#waitingBytes -= next.frame.length;
      this.#write(next.frame);
      next.sent();
    }
  }

  /** @throws AppError `message-invalid` for room that can't be there. */
  credited(more: number): void {
    if (more === 0 || this.#creditBytes + more > this.#windowBytes) throw new AppError('message-invalid');
    this.#creditBytes += more;
  }

  /** @throws AppError `message-too-large` for more than there was room for. */
  arrived(frame: Uint8Array): void {
    this.#grantedBytes -= costOf(frame);
    if (this.#grantedBytes < 0) throw new AppError('message-too-large');
    if (this.#cancelled) this.#grant();
    else this.#controller?.enqueue(frame);
  }

  /** Ends both directions: waiting senders reject, the reader sees the end. Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#cancelled) this.#controller?.close();
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const { failed } of waiting) failed(new AppError('link-lost'));
  }

  #hasRoom(frame: Uint8Array): boolean {
    if (costOf(frame) > this.#creditBytes) return false;
    return this.#name === 'control' || this.#socket.bufferedBytes <= MAX_BUFFERED_BYTES;
  }

  #write(frame: Uint8Array): void {
    this.#creditBytes -= costOf(frame);
    this.#socket.write(this.#encoder.encode(this.#name, frame));
  }

  /** Waits behind whoever waits already. */
  #turn(frame: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((entry) => entry !== waiting);
        this.#waitingBytes -= frame.length;
        reject(signal?.reason);
      };
      const done = () => signal?.removeEventListener('abort', onAbort);
      const waiting: Waiting = {
        frame,
        sent: () => {
          done();
          resolve();
        },
        failed: (reason) => {
          done();
          reject(reason);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#waitingBytes += frame.length;
    });
  }

  /** Tells the other side of the room that reading has made. */
  #grant(): void {
    if (this.#ended) return;
    const roomBytes = this.#cancelled ? this.#windowBytes : (this.#controller?.desiredSize ?? 0);
    const more = roomBytes - this.#grantedBytes;
    if (more < CREDIT_STEP_BYTES[this.#name]) return;
    this.#grantedBytes += more;
    this.#socket.write(encodeRelayFrame({ type: 'credit', lane: this.#name, more }));
  }
}
