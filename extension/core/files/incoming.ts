import { sameBytes } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { BLOCK_BYTES, blockCount, blockLength } from './blocks.ts';
import type { Mover } from './file-side.ts';
import { encodeAck, type Frame } from './frames.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { PartialFile } from './store.ts';
import { blockOf, createLeafInput, type LeafInput, TreeHash } from './tree-hash.ts';

/** On a slow line an acknowledgement this often keeps progress alive; on a fast one there is one for each block. */
const ACK_INTERVAL_MS = 200;

export type DataFrame = Exclude<Frame, { type: 'ack' | 'malformed' }>;

export interface IncomingEvents {
  /** So many bytes from the start need no memory any more but for the one block being filled. */
  acknowledged(bytes: number): void;
  /** `takeAck` has something. */
  ackDue(): void;
  /** Size and tree are right and everything is written. */
  verified(file: File): void;
  /** The bytes are wrong or the disk failed. May come after `stop`, and more than once. */
  failed(error: unknown): void;
}

export interface IncomingOptions {
  readonly stream: number;
  readonly sizeBytes: number;
  readonly partial: PartialFile;
  /** Shared by all files that arrive. */
  readonly held: HeldBytes;
  readonly now: () => number;
}

/** Puts arriving frames together again, strictly in order, has them written, and checks every block and the whole. */
export class Incoming implements Mover {
  readonly stream: number;
  readonly #options: IncomingOptions;
  readonly #events: IncomingEvents;
  readonly #tree = new TreeHash();
  /** The block being filled. */
  #block: LeafInput | undefined;
  #index = 0;
  #offset = 0;
  #heldBytes = 0;
  #receivedBytes = 0;
  #writtenBytes = 0;
  #writing = 0;
  #writingMs = 0;
  #settled: Promise<unknown> = Promise.resolve();
  #acknowledgedBytes = 0;
  #announcedBytes = 0;
  #announcedAtMs: number;
  #ended = false;
  #stopped = false;

  constructor(options: IncomingOptions, events: IncomingEvents) {
    this.stream = options.stream;
    this.#options = options;
    this.#events = events;
    this.#announcedAtMs = options.now();
  }

  /** Bytes still to be written. */
  get leftBytes(): number {
    return this.#options.sizeBytes - this.#writtenBytes;
  }

  get hasHeard(): boolean {
    return this.#receivedBytes > 0 || this.#ended;
  }

  /** Whether it is the sender's turn, and not this computer's disk that everybody waits for. */
  get awaitsPeer(): boolean {
    return !this.#ended && this.#writing === 0;
  }

  /** Takes the one frame that may come next; anything else returns false. */
  receive(frame: DataFrame): boolean {
    if (this.#ended) return false;
    if (frame.type === 'chunk') return this.#fill(frame.block, frame.offset, frame.bytes);
    if (frame.type === 'block-end') return this.#closeBlock(frame.block, frame.leaf);
    return this.#end(frame.root);
  }

  /** The newest acknowledgement, unless it was taken already. */
  takeAck(): Uint8Array | undefined {
    if (this.#stopped || this.#announcedBytes === this.#acknowledgedBytes) return undefined;
    this.#announcedBytes = this.#acknowledgedBytes;
    this.#announcedAtMs = this.#options.now();
    return encodeAck(this.stream, this.#acknowledgedBytes);
  }

  /** Silence is a write that doesn't end. */
  diskSilenceMs(passedMs: number): number {
    this.#writingMs = this.#writing > 0 ? this.#writingMs + passedMs : 0;
    return this.#writingMs;
  }

  /** Gives its memory back; nothing is acknowledged or verified any more. The partial file stays. */
  stop(): void {
    this.#stopped = true;
    this.#ended = true;
    this.#block = undefined;
    this.#options.held.give(this.#heldBytes);
    this.#heldBytes = 0;
  }

  #fill(index: number, offset: number, bytes: Uint8Array): boolean {
    const lengthBytes = blockLength(this.#options.sizeBytes, this.#index);
    if (index !== this.#index || offset !== this.#offset || offset + bytes.length > lengthBytes) return false;
    this.#block ??= this.#allocate(lengthBytes);
    if (!this.#block) return false;
    blockOf(this.#block).set(bytes, offset);
    this.#offset += bytes.length;
    this.#receivedBytes += bytes.length;
    this.#acknowledge();
    return true;
  }

  #allocate(lengthBytes: number): LeafInput | undefined {
    if (!this.#options.held.take(lengthBytes)) return undefined;
    this.#heldBytes += lengthBytes;
    return createLeafInput(lengthBytes);
  }

  #closeBlock(index: number, leaf: Uint8Array): boolean {
    const block = this.#block;
    if (!block || index !== this.#index || this.#offset !== blockOf(block).length) return false;
    const lengthBytes = this.#offset;
    this.#block = undefined;
    this.#index++;
    this.#offset = 0;
    this.#writing++;
    const written = this.#options.partial.writeBlock(index, block);
    this.#settled = Promise.all([written, this.#settled]).then(([ownLeaf]) => this.#check(ownLeaf, leaf, lengthBytes));
    this.#settled.catch(this.#events.failed);
    return true;
  }

  async #check(ownLeaf: Uint8Array, leaf: Uint8Array, lengthBytes: number): Promise<void> {
    if (!sameBytes(ownLeaf, leaf)) throw new AppError('file-corrupt');
    await this.#tree.push(ownLeaf);
    if (this.#stopped) return;
    this.#writing--;
    this.#writingMs = 0;
    this.#writtenBytes += lengthBytes;
    this.#heldBytes -= lengthBytes;
    this.#options.held.give(lengthBytes);
    this.#acknowledge();
  }

  #end(root: Uint8Array): boolean {
    if (this.#index !== blockCount(this.#options.sizeBytes)) return false;
    this.#ended = true;
    this.#settled.then(() => this.#verify(root)).catch(this.#events.failed);
    return true;
  }

  async #verify(root: Uint8Array): Promise<void> {
    if (!sameBytes(await this.#tree.root(), root)) throw new AppError('file-corrupt');
    if (this.#stopped) return;
    const file = await this.#options.partial.finish();
    if (!this.#stopped) this.#events.verified(file);
  }

  #acknowledge(): void {
    const bytes = this.#writing === 0 ? this.#receivedBytes : this.#writtenBytes;
    this.#acknowledgedBytes = Math.max(this.#acknowledgedBytes, bytes);
    const newBytes = this.#acknowledgedBytes - this.#announcedBytes;
    if (newBytes === 0) return;
    this.#events.acknowledged(this.#acknowledgedBytes);
    const isDue =
      newBytes >= BLOCK_BYTES ||
      this.#acknowledgedBytes === this.#options.sizeBytes ||
      this.#options.now() - this.#announcedAtMs >= ACK_INTERVAL_MS;
    if (isDue) this.#events.ackDue();
  }
}
