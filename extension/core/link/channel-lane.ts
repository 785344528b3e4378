import { AppError } from '../shared/errors.ts';
import { type Lane, MAX_FRAME_BYTES } from './link.ts';

export interface Watermarks {
  /** `send` waits while more than this is queued in the browser. */
  highBytes: number;
  /** … until no more than this is. */
  lowBytes: number;
}

/**
 * Control frames are small and must not queue behind each other for long: 256 KiB is 0.1 s at 20 Mbit/s.
 */
export const CONTROL_WATERMARKS: Watermarks = { highBytes: 256 * 1024, lowBytes: 64 * 1024 };

/**
 * Bulk wants the pipe never empty: 4 MiB measured as fast as any more, and Chromium refuses at 16 MiB. Refilling at 1 MiB leaves
 * time for a late timer without draining the queue.
 */
export const BULK_WATERMARKS: Watermarks = { highBytes: 4 * 1024 * 1024, lowBytes: 1024 * 1024 };

/**
 * Arrived and not yet read, per lane. Data channels have no receive window, so a peer that ignores the acknowledged window of
 * the layer above could fill memory; beyond this the link is closed.
 */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

/** One `RTCDataChannel`, ordered and reliable, as a lane. It may be read and sent on before there is a channel. */
export class ChannelLane implements Lane {
  readonly frames: ReadableStream<Uint8Array>;
  readonly #marks: Watermarks;
  readonly #onFlood: () => void;
  readonly #onClosed: () => void;
  readonly #onSent: () => void;
  #channel: RTCDataChannel | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #waiting: Array<{ resolve(): void; reject(error: unknown): void }> = [];
  #ended = false;
  #cancelled = false;

  /** `onFlood` is called once when the peer oversteps a bound; `onClosed` when the channel ends by itself; `onSent` for every frame. */
  constructor(marks: Watermarks, onFlood: () => void, onClosed: () => void, onSent: () => void = () => {}) {
    this.#marks = marks;
    this.#onFlood = onFlood;
    this.#onClosed = onClosed;
    this.#onSent = onSent;
    this.frames = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#cancelled = true;
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
    );
  }

  /** Once: the channel that carries the lane. It may still be connecting. */
  carry(channel: RTCDataChannel): void {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = this.#marks.lowBytes;
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#arrive(data));
    channel.addEventListener('close', () => {
      if (this.#ended) return;
      this.end();
      this.#onClosed();
    });
    channel.addEventListener('open', () => this.#release());
    channel.addEventListener('bufferedamountlow', () => this.#release());
  }

  get queuedBytes(): number {
    return this.#channel?.bufferedAmount ?? 0;
  }

  async send(frame: Uint8Array, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (frame.byteLength === 0 || frame.byteLength > MAX_FRAME_BYTES) throw new AppError('message-too-large');
    // Frames go out in the order of the calls: a caller that finds others waiting waits behind them.
    while (this.#isConnecting() || this.#waiting.length > 0) await this.#room(signal);
    const channel = this.#channel;
    if (this.#ended || channel?.readyState !== 'open') throw new AppError('link-lost');
    try {
      channel.send(frame as Uint8Array<ArrayBuffer>);
    } catch (cause) {
      throw new AppError('link-lost', { cause });
    }
    this.#onSent();
    if (channel.bufferedAmount > this.#marks.highBytes) await this.#room(signal);
  }

  /** Ends both directions: waiting senders reject, the reader sees the end. Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // A reader that has cancelled has ended the stream already.
    if (!this.#cancelled) this.#controller?.close();
    this.#release();
  }

  #isConnecting(): boolean {
    return (this.#channel?.readyState ?? 'connecting') === 'connecting';
  }

  #arrive(data: unknown): void {
    if (this.#ended || this.#cancelled) return;
    const unreadBytes = -(this.#controller?.desiredSize ?? 0);
    if (!(data instanceof ArrayBuffer) || data.byteLength === 0 || data.byteLength > MAX_FRAME_BYTES) this.#onFlood();
    else if (unreadBytes + data.byteLength > MAX_UNREAD_BYTES) this.#onFlood();
    else this.#controller?.enqueue(new Uint8Array(data));
  }

  #room(signal?: AbortSignal): Promise<void> {
    if (this.#ended) return Promise.reject(new AppError('link-lost'));
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((entry) => entry !== waiter);
        reject(signal?.reason);
      };
      waiter.resolve = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve, reject } of waiting) this.#ended ? reject(new AppError('link-lost')) : resolve();
  }
}
