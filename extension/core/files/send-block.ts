import { blockLength } from './blocks.ts';
import { type BlockEncoding, CHUNK_HEADER_BYTES, encodeBlockEnd, encodeChunk } from './frames.ts';

/** What a lane sends, frame after frame. */
export interface Sendable {
  /** Length of the next frame, 0 when there is none: it is sent, or nobody wants it any more. */
  nextBytes(chunkBytes: number): number;
  /** The next frame, of the length just told. It may lie in `room`, which has place for any frame. */
  next(chunkBytes: number, room: Uint8Array): Uint8Array;
  /** What `arrived` wants to hear once everything so far has arrived. */
  readonly position: number;
  /** The receiver has it up to this position. */
  arrived(position: number): void;
}

export interface SendBlockOptions {
  readonly stream: number;
  readonly index: number;
  /** As it goes over the line. */
  readonly bytes: Uint8Array;
  readonly encoding: BlockEncoding;
  readonly leaf: Uint8Array;
  readonly plainBytes: number;
  /** The receiver has this much from an earlier link, and it goes on from there: of a plain block only. */
  readonly from: number;
  /** The receiver has so many more bytes of the plain block. */
  onArrived(bytes: number): void;
}

/** One block on its way, its chunks and its end. */
export class SendBlock implements Sendable {
  readonly index: number;
  readonly plainBytes: number;
  readonly #options: Omit<SendBlockOptions, 'bytes'>;
  readonly #encodedBytes: number;
  /** Given back as soon as it has been handed out. */
  #bytes: Uint8Array | undefined;
  #offset: number;
  #arrivedBytes: number;
  #isEnded = false;

  constructor({ bytes, ...options }: SendBlockOptions) {
    this.index = options.index;
    this.plainBytes = options.plainBytes;
    this.#options = options;
    this.#encodedBytes = bytes.length;
    this.#offset = options.from;
    this.#arrivedBytes = options.from;
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#offset;
  }

  get encoding(): BlockEncoding {
    return this.#options.encoding;
  }

  /** Of the plain block, as far as is known; bytes of an encoded one count for as much as they stand for. */
  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  nextBytes(chunkBytes: number): number {
    if (this.#isEnded) return 0;
    if (!this.#bytes) return this.#end().length;
    return CHUNK_HEADER_BYTES + Math.min(chunkBytes, this.#encodedBytes - this.#offset);
  }

  next(chunkBytes: number, room: Uint8Array): Uint8Array {
    if (!this.#bytes) {
      this.#isEnded = true;
      return this.#end();
    }
    const chunk = this.#bytes.subarray(this.#offset, this.#offset + chunkBytes);
    const frame = encodeChunk(this.#options.stream, this.index, this.#offset, chunk, room);
    this.#offset += chunk.length;
    if (this.#offset === this.#encodedBytes) this.#bytes = undefined;
    return frame;
  }

  arrived(position: number): void {
    this.#arrive(Math.floor((this.plainBytes * position) / this.#encodedBytes));
  }

  /** The receiver has written it. */
  stored(): void {
    this.#arrive(this.plainBytes);
  }

  /** Nothing more of it is sent, or counted. */
  stop(): void {
    this.#isEnded = true;
    this.#bytes = undefined;
    this.#arrivedBytes = this.plainBytes;
  }

  #arrive(bytes: number): void {
    if (bytes <= this.#arrivedBytes) return;
    this.#options.onArrived(bytes - this.#arrivedBytes);
    this.#arrivedBytes = bytes;
  }

  #end(): Uint8Array {
    const { stream, encoding, leaf } = this.#options;
    return encodeBlockEnd(stream, this.index, encoding, leaf);
  }
}

/** A frame that stands for itself. */
export class SendFrame implements Sendable {
  readonly position = 0;
  #frame: Uint8Array | undefined;

  constructor(frame: Uint8Array) {
    this.#frame = frame;
  }

  nextBytes(): number {
    return this.#frame?.length ?? 0;
  }

  next(): Uint8Array {
    const frame = this.#frame;
    if (!frame) throw new Error('This frame was sent.');
    this.#frame = undefined;
    return frame;
  }

  arrived(): void {}
}

/** Length of these blocks of a run together. */
export function bytesOf(runBytes: number, indexes: Iterable<number>): number {
  let bytes = 0;
  for (const index of indexes) bytes += blockLength(runBytes, index);
  return bytes;
}
