import { sameBytes } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { BLOCK_BYTES, blockLength, MAX_BAD_BLOCKS, MIN_CHUNK_BYTES, SPREAD_BLOCKS } from './blocks.ts';
import type { Mover } from './file-side.ts';
import { type BlockEncoding, encodeAgain, encodeStored, type Frame } from './frames.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { KeptParts } from './kept-parts.ts';
import type { Check } from './store.ts';
import type { StoredBlocks } from './stored-blocks.ts';

export type DataFrame = Extract<Frame, { type: 'chunk' | 'block-end' | 'end' }>;

/** Where frames come from and answers go. */
export interface AnsweringLane {
  answer(frame: Uint8Array): void;
}

export interface IncomingRunEvents {
  /** So much of the run is here; it sinks when a block was wrong. */
  arrived(runBytes: number): void;
  /** A block was wrong. */
  wasBad(): void;
  /** So much arrived for nothing. */
  wasted(bytes: number): void;
  /** Every block and the tree are right, and everything is written. */
  verified(): void;
  /** The bytes are wrong or the disk failed. */
  failed(error: unknown): void;
}

export interface IncomingRunOptions {
  readonly stream: number;
  readonly runBytes: number;
  readonly blocks: StoredBlocks;
  /** Shared by all transfers that arrive. */
  readonly held: HeldBytes;
  /** Shared too. Those of `blocks` were told to the sender. */
  readonly parts: KeptParts;
}

/** One block being put together. */
interface Assembly {
  readonly lane: AnsweringLane;
  readonly bytes: Uint8Array<ArrayBuffer>;
  offset: number;
  /** It goes on with what an earlier link brought: the sender said nothing yet of how that was encoded. */
  readonly isContinued: boolean;
  /** A short chunk came: no other may follow. */
  isLast: boolean;
}

/** Puts the blocks of one transfer together from the frames of one link, has them checked and written, and checks the whole. */
export class IncomingRun implements Mover {
  readonly stream: number;
  readonly #options: IncomingRunOptions;
  readonly #events: IncomingRunEvents;
  readonly #assemblies = new Map<number, Assembly>();
  #arrivedBytes: number;
  #writingMs = 0;
  /** Leaves that were compared: each block's once. */
  #checks = 0;
  /** The blocks that were there at the start, and of those the ones up to the newest that was compared. */
  readonly #hadBlocks: number;
  #checkedBlocks = 0;
  #badBlocks: number;
  #root: Uint8Array | undefined;
  #isStopped = false;

  /** `badBlocks`: of earlier runs. */
  constructor(options: IncomingRunOptions, badBlocks: number, events: IncomingRunEvents) {
    const { blocks, stream } = options;
    this.stream = stream;
    this.#options = options;
    this.#events = events;
    this.#badBlocks = badBlocks;
    this.#hadBlocks = blocks.leaves.firstMissing;
    this.#arrivedBytes = options.parts.of(blocks).reduce((sum, { offset }) => sum + offset, blocks.bytes);
  }

  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  /** A sender that was started anew hashes what is here too. */
  get check(): Check | undefined {
    if (this.#checks === 0 || this.#root || !this.#options.blocks.leaves.isComplete) return undefined;
    return { checkedBytes: this.#checkedBlocks * BLOCK_BYTES, ofBytes: this.#hadBlocks * BLOCK_BYTES };
  }

  /** Whether it is the sender's turn, and not this computer's disk that everybody waits for. */
  get awaitsPeer(): boolean {
    return this.#options.blocks.writing === 0;
  }

  /** Silence is a write that doesn't end. */
  diskSilenceMs(passedMs: number): number {
    this.#writingMs = this.#options.blocks.writing > 0 ? this.#writingMs + passedMs : 0;
    return this.#writingMs;
  }

  /** Takes one frame. Returns false for one that must not come. */
  receive(frame: DataFrame, lane: AnsweringLane): boolean {
    if (frame.type === 'chunk') return this.#fill(frame, lane);
    if (frame.type === 'end') return this.#end(frame.root);
    const assembly = this.#assemblies.get(frame.block);
    if (!assembly) return this.#compare(frame.block, frame.leaf);
    return assembly.lane === lane && this.#close(frame.block, assembly, frame.encoding, frame.leaf);
  }

  /**
   * Gives its memory back; nothing is answered or verified any more. What is being written is still written. `keepParts`: the link is
   * gone, and the next one goes on with what has arrived of blocks.
   */
  stop({ keepParts }: { keepParts: boolean }): void {
    const { blocks, held, parts } = this.#options;
    this.#isStopped = true;
    for (const [index, { bytes, offset }] of this.#assemblies) {
      held.give(this.#lengthOf(index));
      if (keepParts) parts.keep(blocks, { index, bytes }, offset, this.#events.wasted);
      else this.#events.wasted(offset);
    }
    this.#assemblies.clear();
  }

  #fill(frame: Extract<Frame, { type: 'chunk' }>, lane: AnsweringLane): boolean {
    const { block, offset, bytes } = frame;
    const assembly = this.#assemblies.get(block) ?? this.#begin(block, offset, lane);
    if (!assembly || assembly.lane !== lane || assembly.isLast || offset !== assembly.offset) return false;
    if (offset + bytes.length > assembly.bytes.length) return false;
    assembly.bytes.set(bytes, offset);
    assembly.offset += bytes.length;
    assembly.isLast = bytes.length < MIN_CHUNK_BYTES;
    this.#arrived(bytes.length);
    return true;
  }

  #begin(index: number, offset: number, lane: AnsweringLane): Assembly | undefined {
    const { blocks, held, parts } = this.#options;
    const { leaves } = blocks;
    const isWanted = index < leaves.count && !leaves.has(index) && !blocks.isWriting(index);
    const lengthBytes = this.#lengthOf(index);
    if (!isWanted || index > leaves.firstMissing + SPREAD_BLOCKS || !held.take(lengthBytes)) return undefined;
    const part = parts.take(blocks, index);
    const isContinued = part !== undefined && offset > 0;
    if (part && !isContinued) this.#startOver(part.offset);
    const bytes = part?.bytes ?? blocks.memory(index);
    const assembly = { lane, bytes, offset: isContinued ? part.offset : 0, isContinued, isLast: false };
    this.#assemblies.set(index, assembly);
    return assembly;
  }

  /** The sender doesn't go on with a block: it is an older one, or was started anew, or had packed it. */
  #startOver(partBytes: number): void {
    this.#arrived(-partBytes);
    this.#events.wasted(partBytes);
  }

  #close(index: number, assembly: Assembly, encoding: BlockEncoding, leaf: Uint8Array): boolean {
    const { lane, bytes, offset, isContinued } = assembly;
    if (encoding === 0 ? offset !== bytes.length : isContinued) return false;
    this.#assemblies.delete(index);
    this.#write(index, bytes.subarray(0, offset), encoding, leaf, lane).catch((error) => this.#fail(error));
    return true;
  }

  async #write(
    index: number,
    bytes: Uint8Array<ArrayBuffer>,
    encoding: BlockEncoding,
    leaf: Uint8Array,
    lane: AnsweringLane,
  ): Promise<void> {
    const { blocks, held } = this.#options;
    const lengthBytes = this.#lengthOf(index);
    // The store takes the memory.
    const travelledBytes = bytes.length;
    const isRight = await blocks.write(index, bytes, encoding, leaf).finally(() => held.give(lengthBytes));
    this.#writingMs = 0;
    if (!isRight) this.#events.wasted(travelledBytes);
    if (this.#isStopped) return;
    if (isRight) {
      this.#arrived(lengthBytes - travelledBytes);
      lane.answer(encodeStored(this.stream, index));
      this.#verify();
      return;
    }
    this.#arrived(-travelledBytes);
    this.#events.wasBad();
    if (++this.#badBlocks > MAX_BAD_BLOCKS) throw new AppError('file-corrupt');
    lane.answer(encodeAgain(this.stream, index));
  }

  /** The sender hashed a block that is here: it must be the same, or the source is another. */
  #compare(index: number, leaf: Uint8Array): boolean {
    const { leaves } = this.#options.blocks;
    if (!leaves.has(index) || ++this.#checks > leaves.count) return false;
    this.#checkedBlocks = Math.min(index + 1, this.#hadBlocks);
    if (!leaves.matches(index, leaf)) this.#fail(new AppError('file-changed'));
    return true;
  }

  #end(root: Uint8Array): boolean {
    if (this.#root) return false;
    this.#root = root.slice();
    this.#verify();
    return true;
  }

  #verify(): void {
    const { leaves } = this.#options.blocks;
    if (!this.#root || !leaves.isComplete || this.#isStopped) return;
    if (sameBytes(leaves.root(), this.#root)) this.#events.verified();
    else this.#fail(new AppError('file-corrupt'));
  }

  #fail(error: unknown): void {
    if (!this.#isStopped) this.#events.failed(error);
  }

  #arrived(bytes: number): void {
    this.#arrivedBytes += bytes;
    this.#events.arrived(this.#arrivedBytes);
  }

  #lengthOf(index: number): number {
    return blockLength(this.#options.runBytes, index);
  }
}
