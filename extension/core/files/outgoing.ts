import { blockCount, CHUNK_BYTES } from './blocks.ts';
import type { Mover } from './file-side.ts';
import { readBlock, type SourceBlock } from './file-source.ts';
import { encodeBlockEnd, encodeChunk, encodeEnd } from './frames.ts';
import { TreeHash } from './tree-hash.ts';

/** One block is sent while the next is read and hashed: at 700 MB/s of WebCrypto the line never waits for it. */
const READ_AHEAD_BLOCKS = 1;

export interface OutgoingEvents {
  /** There may be a frame to send again. */
  ready(): void;
  /** The source can't be read. May come after `stop`. */
  failed(error: unknown): void;
}

/** Turns one accepted file into frames and counts what the receiver acknowledges. */
export class Outgoing implements Mover {
  readonly stream: number;
  readonly #file: File;
  readonly #events: OutgoingEvents;
  readonly #tree = new TreeHash();
  readonly #ready: SourceBlock[] = [];
  #current: SourceBlock | undefined;
  #offset = 0;
  #blocksRead = 0;
  #root: Uint8Array | undefined;
  #sentBytes = 0;
  #acknowledgedBytes = 0;
  #endSent = false;
  #reading = false;
  #readingMs = 0;
  #stopped = false;

  constructor(stream: number, file: File, events: OutgoingEvents) {
    this.stream = stream;
    this.#file = file;
    this.#events = events;
  }

  /** Bytes sent that the receiver may still hold in memory. */
  get unacknowledgedBytes(): number {
    return this.#sentBytes - this.#acknowledgedBytes;
  }

  /** The last frame has been given out: only now may the receiver call the file whole. */
  get isSent(): boolean {
    return this.#endSent;
  }

  get isAcknowledged(): boolean {
    return this.#endSent && this.unacknowledgedBytes === 0;
  }

  get hasHeard(): boolean {
    return this.#acknowledgedBytes > 0;
  }

  /** What was sent waits for its acknowledgement, and in the end for the word that the file is whole. */
  get awaitsPeer(): boolean {
    return this.#endSent || this.unacknowledgedBytes > 0;
  }

  /** Begins to read ahead. */
  start(): void {
    void this.#readAhead();
  }

  /** Gives up reading; what was read is dropped. */
  stop(): void {
    this.#stopped = true;
    this.#ready.length = 0;
    this.#current = undefined;
  }

  /** The next frame, or nothing while a block is being read, `windowBytes` don't hold the next chunk, or everything was sent. */
  next(windowBytes: number): Uint8Array | undefined {
    if (this.#stopped) return undefined;
    if (!this.#current) {
      this.#current = this.#ready.shift();
      this.#offset = 0;
      if (!this.#current) return this.#end();
      void this.#readAhead();
    }
    const { index, bytes, leaf } = this.#current;
    if (this.#offset === bytes.length) {
      this.#current = undefined;
      return encodeBlockEnd(this.stream, index, leaf);
    }
    const chunk = bytes.subarray(this.#offset, this.#offset + CHUNK_BYTES);
    if (chunk.length > windowBytes) return undefined;
    const frame = encodeChunk(this.stream, index, this.#offset, chunk);
    this.#offset += chunk.length;
    this.#sentBytes += chunk.length;
    return frame;
  }

  /** The receiver has dealt with the first `bytes` bytes. Returns false when that is no more than before, or more than was sent. */
  acknowledge(bytes: number): boolean {
    if (bytes <= this.#acknowledgedBytes || bytes > this.#sentBytes) return false;
    this.#acknowledgedBytes = bytes;
    return true;
  }

  /** Silence is a read that doesn't end. */
  diskSilenceMs(passedMs: number): number {
    this.#readingMs = this.#reading ? this.#readingMs + passedMs : 0;
    return this.#readingMs;
  }

  #end(): Uint8Array | undefined {
    if (!this.#root || this.#endSent) return undefined;
    this.#endSent = true;
    return encodeEnd(this.stream, this.#root);
  }

  async #readAhead(): Promise<void> {
    if (this.#reading || this.#root) return;
    this.#reading = true;
    const blocks = blockCount(this.#file.size);
    try {
      while (!this.#stopped && this.#blocksRead < blocks && this.#ready.length < READ_AHEAD_BLOCKS) {
        const block = await readBlock(this.#file, this.#blocksRead);
        await this.#tree.push(block.leaf);
        this.#blocksRead++;
        this.#readingMs = 0;
        if (!this.#stopped) this.#ready.push(block);
        this.#events.ready();
      }
      if (this.#blocksRead === blocks) {
        this.#root = await this.#tree.root();
        this.#events.ready();
      }
    } catch (error) {
      this.#events.failed(error);
    } finally {
      this.#reading = false;
    }
  }
}
