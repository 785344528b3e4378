import { FRAME_OVERHEAD_BYTES, type FrameOpener, type FrameSealer } from '../crypto/frame-cipher.ts';
import { concat } from '../shared/bytes.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import { type Lane, MAX_FRAME_BYTES } from './link.ts';

/** A frame, or the end of one. */
const DATA = 1;
/** The beginning of a frame that is too long to be sealed in one piece; `DATA` follows with the rest. */
const PART = 2;
/** The other side closes the link on purpose. */
const BYE = 3;
/** A question for a sign of life, with a number u32, and its answer with the same. */
const PING = 4;
const PONG = 5;

/** The longest body that still fits into a frame of the lane beneath. Chunks of files do. */
const MAX_BODY_BYTES = MAX_FRAME_BYTES - FRAME_OVERHEAD_BYTES;
/** What is opened ahead of the reader; everything further waits in the lane beneath, which bounds it. */
const READ_AHEAD_BYTES = 256 * 1024;
const BEAT_BYTES = 4;
const EMPTY = new Uint8Array(0);

export interface SecureLaneOptions {
  inner: Lane;
  /** Of `inner.frames`; the hello may have been read from it. */
  reader: ReadableStreamDefaultReader<Uint8Array>;
  sealer: FrameSealer;
  opener: FrameOpener;
  /** The other side said bye. */
  onBye(): void;
  /** The other side has said something. `isBeat`: no more than that it is there. */
  onHeard(isBeat: boolean): void;
  /** A frame goes out. */
  onSend(): void;
  /** The other side answers a ping. Null on a lane on which nobody asks. */
  onPong: ((n: number) => void) | null;
  /** The lane can't go on. */
  onBroken(code: ErrorCode): void;
}

/** Seals and opens the frames of one lane. */
export class SecureLane implements Lane {
  readonly frames: ReadableStream<Uint8Array>;
  readonly #options: SecureLaneOptions;
  /** Rejections of the senders that wait for their turn or for headroom. */
  readonly #waiting = new Set<(reason: unknown) => void>();
  #ended = false;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #cancelled = false;
  #wanted: () => void = () => {};
  #part: Uint8Array | null = null;
  #isPinging = false;
  /** The newest ping that waits to be answered: whoever asks without end is answered as the line permits. */
  #pongDue: number | null = null;
  /** Frames are sealed and handed on one after the other: numbers have to arrive in their order. */
  #tail: Promise<void> = Promise.resolve();

  constructor(options: SecureLaneOptions) {
    this.#options = options;
    this.frames = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#wanted(),
        cancel: () => {
          this.#cancelled = true;
          this.#wanted();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }),
    );
    this.#pump().catch((error: unknown) => options.onBroken(errorCode(error)));
  }

  /** Whether frames have arrived that wait for the reader to be opened. */
  get isFull(): boolean {
    return !this.#cancelled && !this.#ended && (this.#controller?.desiredSize ?? 0) <= 0;
  }

  get queuedBytes(): number {
    return this.#options.inner.queuedBytes;
  }

  async send(frame: Uint8Array, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (frame.length < 1 || frame.length > MAX_FRAME_BYTES) throw new AppError('message-too-large');
    if (this.#ended) throw new AppError('link-lost');
    this.#options.onSend();
    const sent = this.#inTurn(async () => {
      signal?.throwIfAborted();
      if (this.#ended) throw new AppError('link-lost');
      await this.#write(frame);
    });
    await this.#unlessFreed(sent, signal);
  }

  /** Asks for a sign of life, unless the question before could not go out yet. */
  ping(n: number): void {
    if (this.#isPinging) return;
    this.#isPinging = true;
    void this.#beat(PING, () => n).finally(() => {
      this.#isPinging = false;
    });
  }

  /** Tells the other side, after everything that is already on its way. */
  sayBye(): Promise<void> {
    return this.#inTurn(() => this.#writeOne(BYE, EMPTY));
  }

  /** Sends nothing any more, frees whoever waits and ends the reader. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const reject of this.#waiting) reject(new AppError('link-lost'));
    this.#wanted();
    if (!this.#cancelled) this.#controller?.close();
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#tail.then(act);
    this.#tail = turn.catch(() => {});
    return turn;
  }

  /** Once sealed, a frame has its number: it goes out whatever its sender decides meanwhile, or the link is broken. */
  async #write(frame: Uint8Array): Promise<void> {
    try {
      if (frame.length > MAX_BODY_BYTES) await this.#writeOne(PART, frame.subarray(0, MAX_BODY_BYTES));
      await this.#writeOne(DATA, frame.length > MAX_BODY_BYTES ? frame.subarray(MAX_BODY_BYTES) : frame);
    } catch (error) {
      this.#options.onBroken(errorCode(error));
      throw error;
    }
  }

  /** `number` is asked when it is the beat's turn. */
  #beat(type: number, number: () => number): Promise<void> {
    const written = this.#inTurn(async () => {
      if (this.#ended) return;
      const body = new Uint8Array(BEAT_BYTES);
      new DataView(body.buffer).setUint32(0, number());
      await this.#writeOne(type, body);
    });
    return written.catch((error: unknown) => this.#options.onBroken(errorCode(error)));
  }

  #heardBeat(type: number, body: Uint8Array): void {
    if (body.length !== BEAT_BYTES) throw new AppError('message-invalid');
    const n = new DataView(body.buffer, body.byteOffset).getUint32(0);
    if (type === PONG) return this.#options.onPong?.(n);
    const isWaiting = this.#pongDue !== null;
    this.#pongDue = n;
    if (isWaiting) return;
    void this.#beat(PONG, () => {
      const due = this.#pongDue ?? n;
      this.#pongDue = null;
      return due;
    });
  }

  async #writeOne(type: number, body: Uint8Array): Promise<void> {
    await this.#options.inner.send(await this.#options.sealer.seal(type, body));
  }

  async #pump(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#options.reader.read();
      if (done || this.#ended) return;
      const { type, body } = await this.#options.opener.open(value);
      if (this.#ended) return;
      const isBeat = this.#options.onPong !== null && (type === PING || type === PONG);
      this.#options.onHeard(isBeat);
      if (isBeat) {
        this.#heardBeat(type, body);
        continue;
      }
      if (type === BYE && body.length === 0) return this.#options.onBye();
      const frame = this.#assemble(type, body);
      if (!frame || this.#cancelled) continue;
      this.#controller?.enqueue(frame);
      while (this.isFull) await this.#room();
    }
  }

  /** The whole frame, or null while a part of it is missing. */
  #assemble(type: number, body: Uint8Array): Uint8Array | null {
    if (type === PART && !this.#part && body.length > 0) {
      this.#part = body;
      return null;
    }
    const frame = this.#part ? concat(this.#part, body) : body;
    this.#part = null;
    if (type !== DATA || body.length === 0 || frame.length > MAX_FRAME_BYTES) throw new AppError('message-invalid');
    return frame;
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wanted = resolve;
    });
  }

  /** `sent`, unless the lane ends or the signal aborts before. */
  #unlessFreed(sent: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const onAbort = () => reject(signal?.reason);
      this.#waiting.add(reject);
      signal?.addEventListener('abort', onAbort, { once: true });
      sent.then(resolve, reject).finally(() => {
        this.#waiting.delete(reject);
        signal?.removeEventListener('abort', onAbort);
      });
    });
  }
}
