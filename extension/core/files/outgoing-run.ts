import { AppError } from '../shared/errors.ts';
import { BLOCK_BYTES, blockCount, blockLength, SPREAD_BLOCKS } from './blocks.ts';
import type { EncodedBytes } from './exchange-options.ts';
import type { Mover } from './file-side.ts';
import { encodeBlockEnd, encodeEnd } from './frames.ts';
import type { Leaves } from './leaves.ts';
import { bytesOf, SendBlock, SendFrame } from './send-block.ts';
import type { TransferSource } from './source.ts';
import type { Check } from './store.ts';
import { blockOf, hashLeaf, type LeafInput } from './tree-hash.ts';

/** Being read, hashed and packed, or ready: enough for two to be packed while one is sent and one is read. */
const READ_AHEAD_BLOCKS = 4;
/** Leaves of blocks that the receiver has, hashed and not yet sent. */
const MAX_CHECKS = 32;

export interface OutgoingRunOptions {
  readonly stream: number;
  readonly source: TransferSource;
  /** Of the source: what an earlier run has hashed is here. */
  readonly leaves: Leaves;
  /** What the receiver has, as it said. */
  readonly from: number;
  readonly also: readonly number[];
  /** The first bytes that it has of plain blocks, by index. */
  readonly parts: ReadonlyMap<number, number>;
  encode(block: LeafInput): Promise<EncodedBytes>;
}

export interface OutgoingRunEvents {
  /** There may be something to send again. */
  ready(): void;
  /** The receiver has so much of the run. */
  arrived(runBytes: number): void;
  /** The source can't be read. */
  failed(error: unknown): void;
}

/**
 * Sends what the receiver lacks of one transfer, in any order of blocks. Blocks that it has are hashed too where that has not been done
 * before: the root covers all, and the receiver compares their leaves with its own.
 */
export class OutgoingRun implements Mover {
  readonly #options: OutgoingRunOptions;
  readonly #events: OutgoingRunEvents;
  readonly #count: number;
  readonly #there: ReadonlySet<number>;
  /** What is gone on with, until it is handed out. */
  readonly #parts: Map<number, number>;
  /** Go before all others: what the receiver has in part, what was wrong, or was put back. */
  readonly #first: number[];
  /** Are not come to in their order: they went first. */
  readonly #begun: ReadonlySet<number>;
  #next: number;
  /** The next block that may be there and have no leaf. */
  #nextCheck = 0;
  readonly #checks: SendFrame[] = [];
  #isChecking = false;
  #working = 0;
  #workingMs = 0;
  readonly #ready: SendBlock[] = [];
  readonly #out = new Map<number, SendBlock>();
  /** All blocks below this are stored, and some above. */
  #frontier: number;
  readonly #stored = new Set<number>();
  #arrivedBytes: number;
  #endSent = false;
  #isOn = false;
  #isStopped = false;

  constructor(options: OutgoingRunOptions, events: OutgoingRunEvents) {
    const { sizeBytes, manifestBytes } = options.source.details;
    const runBytes = manifestBytes + sizeBytes;
    this.#options = options;
    this.#events = events;
    this.#count = blockCount(runBytes);
    const from = Math.min(options.from, this.#count);
    this.#there = new Set(options.also.filter((index) => index > from && index < this.#count));
    const isUseful = ([index, bytes]: readonly [number, number]) =>
      index >= from && index < from + SPREAD_BLOCKS && !this.#there.has(index) && bytes < blockLength(runBytes, index);
    this.#parts = new Map([...options.parts].filter(isUseful));
    this.#first = [...this.#parts.keys()].sort((a, b) => a - b);
    this.#begun = new Set(this.#first);
    this.#next = from;
    this.#frontier = from;
    this.#arrivedBytes = Math.min(from * BLOCK_BYTES, runBytes) + bytesOf(runBytes, this.#there);
    for (const bytes of this.#parts.values()) this.#arrivedBytes += bytes;
    this.#moveFrontier();
  }

  get stream(): number {
    return this.#options.stream;
  }

  /** Blocks that were begun packed and are not known to be stored. */
  get begunPacked(): readonly number[] {
    return [...this.#out.values()].filter(({ encoding }) => encoding !== 0).map(({ index }) => index);
  }

  /** What the receiver has, in bytes of the run. */
  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  /** Blocks that were begun as they are and are not known to be stored: a later run can go on with what the receiver has of them. */
  get begunPlain(): ReadonlySet<number> {
    const out = [...this.#out.values()].filter(({ encoding }) => encoding === 0);
    return new Set([...this.#parts.keys(), ...out.map(({ index }) => index)]);
  }

  /** Blocks that the receiver may hold in memory. */
  get outCount(): number {
    return this.#out.size;
  }

  /** The last frame has been given out: only now may the receiver call the transfer whole. */
  get isHandedOut(): boolean {
    return this.#endSent;
  }

  /** Nothing is left to hand out, as long as no block was wrong. */
  get isDone(): boolean {
    return this.#endSent && this.#first.length + this.#ready.length + this.#working === 0;
  }

  get check(): Check | undefined {
    const { from, leaves } = this.#options;
    if (this.#isLeft || this.#out.size > 0 || from === 0 || leaves.isComplete) return undefined;
    const ofBlocks = Math.min(from, this.#count);
    return { checkedBytes: Math.min(this.#nextCheck, ofBlocks) * BLOCK_BYTES, ofBytes: ofBlocks * BLOCK_BYTES };
  }

  get awaitsPeer(): boolean {
    return this.#endSent || this.#out.size > 0;
  }

  /** Silence is a read that doesn't end. */
  diskSilenceMs(passedMs: number): number {
    this.#workingMs = this.#working > 0 || this.#isChecking ? this.#workingMs + passedMs : 0;
    return this.#workingMs;
  }

  /** Reads ahead from now on. */
  start(): void {
    this.#isOn = true;
    this.#work();
  }

  /** Hands nothing out until `start`, and gives back the memory of what has been read. */
  pause(): void {
    this.#isOn = false;
    for (const block of this.#ready.splice(0)) this.#first.push(block.index);
  }

  /** Gives up: nothing more of it is sent, also where a lane is in the middle of a block. */
  stop(): void {
    this.pause();
    this.#isStopped = true;
    this.#checks.length = 0;
    for (const block of this.#out.values()) block.stop();
  }

  /** The leaf of a block that the receiver has. */
  takeCheck(): SendFrame | undefined {
    if (!this.#isOn) return undefined;
    const check = this.#checks.shift();
    if (check) this.#work();
    return check;
  }

  /** The next block. It counts as out until the receiver has answered. */
  takeBlock(): SendBlock | undefined {
    const block = this.#ready.shift();
    if (!block) return undefined;
    this.#parts.delete(block.index);
    this.#out.set(block.index, block);
    this.#work();
    return block;
  }

  /** The last frame, once everything else has been given out. */
  takeEnd(): SendFrame | undefined {
    const { leaves, stream } = this.#options;
    if (!this.#isOn || this.#endSent || this.#isLeft || this.#checks.length > 0 || !leaves.isComplete) return undefined;
    this.#endSent = true;
    return new SendFrame(encodeEnd(stream, leaves.root()));
  }

  /** The receiver has written a block. Returns false when it was not out. */
  stored(index: number): boolean {
    const block = this.#out.get(index);
    if (!block) return false;
    block.stored();
    block.stop();
    this.#out.delete(index);
    this.#stored.add(index);
    this.#moveFrontier();
    this.#work();
    return true;
  }

  /** A block arrived wrong. Returns false when it was not out. */
  again(index: number): boolean {
    const block = this.#out.get(index);
    if (!block) return false;
    this.#arrived(-block.arrivedBytes);
    block.stop();
    this.#out.delete(index);
    this.#first.push(index);
    this.#work();
    return true;
  }

  /** Whether blocks have still to be handed out. */
  get #isLeft(): boolean {
    return this.#next < this.#count || this.#first.length > 0 || this.#ready.length > 0 || this.#working > 0;
  }

  #work(): void {
    if (!this.#isOn) return;
    while (this.#working + this.#ready.length < READ_AHEAD_BLOCKS) {
      const index = this.#first.shift() ?? this.#advance();
      if (index === undefined) break;
      this.#working++;
      this.#prepare(index)
        .catch((error) => this.#fail(error))
        .finally(() => {
          this.#working--;
          this.#workingMs = 0;
          this.#work();
          this.#events.ready();
        });
    }
    if (!this.#isChecking) void this.#check();
  }

  #advance(): number | undefined {
    while (this.#there.has(this.#next) || this.#begun.has(this.#next)) this.#next++;
    return this.#next < Math.min(this.#count, this.#frontier + SPREAD_BLOCKS) ? this.#next++ : undefined;
  }

  async #prepare(index: number): Promise<void> {
    const { source, stream, encode } = this.#options;
    const input = await source.readBlock(index);
    const plainBytes = blockOf(input).length;
    // Hashing takes a copy at once, so that packing can have the memory.
    const hashed = hashLeaf(input);
    const from = this.#parts.get(index) ?? 0;
    const encoded = from > 0 ? { bytes: blockOf(input), encoding: 0 as const } : encode(input);
    const [leaf, { bytes, encoding }] = await Promise.all([hashed, encoded]);
    this.#keepLeaf(index, leaf);
    const onArrived = (arrivedBytes: number) => this.#arrived(arrivedBytes);
    if (!this.#isOn) this.#first.push(index);
    else this.#ready.push(new SendBlock({ stream, index, bytes, encoding, leaf, plainBytes, from, onArrived }));
  }

  /** Hashes what the receiver has, one after the other: sending comes first. */
  async #check(): Promise<void> {
    const { source, stream, leaves, from } = this.#options;
    this.#isChecking = true;
    try {
      for (; this.#nextCheck < this.#count && this.#checks.length < MAX_CHECKS && this.#isOn; this.#nextCheck++) {
        const index = this.#nextCheck;
        if (leaves.has(index) || (index >= from && !this.#there.has(index))) continue;
        const leaf = await hashLeaf(await source.readBlock(index));
        this.#workingMs = 0;
        this.#keepLeaf(index, leaf);
        this.#checks.push(new SendFrame(encodeBlockEnd(stream, index, 0, leaf)));
        this.#events.ready();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isChecking = false;
  }

  #keepLeaf(index: number, leaf: Uint8Array): void {
    const { leaves } = this.#options;
    if (!leaves.has(index)) leaves.set(index, leaf);
    else if (!leaves.matches(index, leaf)) throw new AppError('file-changed');
  }

  #moveFrontier(): void {
    while (this.#there.has(this.#frontier) || this.#stored.delete(this.#frontier)) this.#frontier++;
  }

  #arrived(bytes: number): void {
    this.#arrivedBytes += bytes;
    if (!this.#isStopped) this.#events.arrived(this.#arrivedBytes);
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.stop();
    this.#events.failed(error);
  }
}
