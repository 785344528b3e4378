import type { FileMessage } from '../protocol/messages.ts';
import { AppError } from '../shared/errors.ts';
import { blockCount, blockLength, MAX_BAD_BLOCKS } from './blocks.ts';
import type { FileExchangeOptions } from './exchange-options.ts';
import { FileSide, type SideContext } from './file-side.ts';
import { Leaves } from './leaves.ts';
import { OutgoingRun } from './outgoing-run.ts';
import type { Sendable } from './send-block.ts';
import { SendQueue } from './send-queue.ts';
import { sameDetails, type TransferSource } from './source.ts';
import { Transfer } from './transfer.ts';
import { blockOf } from './tree-hash.ts';

/** Newest answers to one offer that are known again: a lost link may deliver them twice. */
const KNOWN_STREAMS = 64;

type FileAccept = Extract<FileMessage, { type: 'file-accept' }>;

export interface SendingContext extends SideContext {
  readonly encode: FileExchangeOptions['encode'];
}

interface Sending {
  readonly transfer: Transfer;
  source: TransferSource;
  run?: OutgoingRun;
  /** Streams of the receiver's answers so far. */
  readonly streams: number[];
  /** See `OutgoingRun.begunPlain`; of the run before. */
  begunPlain: ReadonlySet<number>;
  /** Blocks that any run has begun packed: what the receiver has of them may be of that. */
  readonly packed: Set<number>;
  /** In some run, all of it. */
  wasHandedOut: boolean;
}

/** The transfers that go to the peer. */
export class SendingSide extends FileSide<Sending> {
  readonly #context: SendingContext;
  readonly #queue = new SendQueue();
  readonly #streams = new Map<number, Sending>();
  /** For as long as anybody has the source: a later run needs not read again what the receiver has. */
  readonly #leaves = new WeakMap<TransferSource, Leaves>();

  constructor(context: SendingContext) {
    super(context);
    this.#context = context;
  }

  /** See `FileExchange.offer`. */
  async offer(id: string, source: TransferSource): Promise<void> {
    const known = this.entries.get(id);
    if (known && !sameDetails(known.transfer.details, source.details)) throw new AppError('file-wrong-source');
    if (known) known.source = source;
    else {
      const transfer = new Transfer(id, source.details, 'out', this.context.onChange);
      this.entries.set(id, {
        transfer,
        source,
        streams: [],
        begunPlain: new Set(),
        packed: new Set(),
        wasHandedOut: false,
      });
      transfer.become({ state: 'offered' });
    }
    if (known?.run) return;
    await this.context.send({ type: 'file-offer', id, at: this.context.now(), ...source.details });
  }

  /** The peer wants it, from here on. */
  accepted(message: FileAccept): void {
    const sending = this.entries.get(message.id);
    if (!sending || sending.streams.includes(message.stream)) return;
    sending.streams.push(message.stream);
    if (sending.streams.length > KNOWN_STREAMS) sending.streams.shift();
    this.halt(sending, Promise.resolve());
    const run = this.#createRun(sending, message);
    sending.run = run;
    this.#streams.set(run.stream, sending);
    sending.transfer.count(run.arrivedBytes);
    this.heard();
    this.held(sending);
    this.settle(sending);
  }

  declined(id: string): void {
    const sending = this.entries.get(id);
    if (sending?.transfer.state !== 'offered') return;
    this.drop(sending);
    sending.transfer.become({ state: 'declined', byMe: false });
  }

  /**
   * The peer says that the transfer is whole. It can't be before all of it was sent, in this run or in an earlier one, perhaps before
   * a restart: then it was only offered again.
   */
  arrived(id: string): void {
    const sending = this.entries.get(id);
    if (!sending) return;
    const { transfer } = sending;
    if (transfer.isUnderWay && !sending.wasHandedOut && !sending.run?.isHandedOut) {
      this.fault(sending, new AppError('file-corrupt'));
      return;
    }
    this.heard();
    this.drop(sending);
    const outcome = transfer.outcome(this.context.now());
    transfer.become({ state: 'done', savedAt: outcome.verifiedAt, downloadId: null, place: '', ...outcome });
  }

  /** The peer has written a block, or it was wrong; no block means that it sent nonsense. Returns whether it named a live run. */
  answered(stream: number, type: 'stored' | 'again', block: number | undefined): boolean {
    const sending = this.#streams.get(stream);
    if (!sending?.run) return false;
    const isOut = block !== undefined && sending.run[type](block);
    if (!isOut) this.fault(sending, new AppError('file-corrupt'));
    else if (type === 'again') this.#sendAgain(sending, sending.run, block);
    this.heard();
    this.context.wake();
    return true;
  }

  /** The next of any transfer. */
  next(): Sendable | undefined {
    return this.#queue.next();
  }

  close(): void {
    for (const sending of this.entries.values()) this.halt(sending, Promise.resolve());
    this.entries.clear();
  }

  override interrupt(): void {
    super.interrupt();
    this.#queue.clear();
  }

  /** The receiver asks for it by itself. One that doesn't know it any more says so when it hears of it. */
  protected override attached({ transfer: { id, byMe } }: Sending): void {
    if (!byMe) this.context.say({ type: 'file-pause', id, paused: false });
  }

  protected override held({ transfer, run }: Sending): void {
    if (!run) return;
    if (transfer.isHeld) this.#queue.hold(run);
    else this.#queue.add(run);
    this.context.wake();
  }

  protected override halt(sending: Sending, told: Promise<void>): void {
    const { run } = sending;
    if (!run) return;
    sending.wasHandedOut ||= run.isHandedOut;
    sending.begunPlain = run.begunPlain;
    for (const block of run.begunPacked) sending.packed.add(block);
    run.stop();
    this.#queue.hold(run);
    this.#streams.delete(run.stream);
    delete sending.run;
    this.context.ended();
    // Until the peer knows, it holds on to what has arrived.
    void told.then(() => {
      this.#queue.release(run);
      this.context.wake();
    });
  }

  protected override drop(sending: Sending, told: Promise<void> = Promise.resolve()): void {
    this.halt(sending, told);
    this.entries.delete(sending.transfer.id);
  }

  #createRun(sending: Sending, { stream, from, also, parts = [] }: FileAccept): OutgoingRun {
    const { transfer, source, begunPlain, packed } = sending;
    const canGoOn = (block: number) => begunPlain.has(block) && !packed.has(block);
    const { encode } = this.#context;
    return new OutgoingRun(
      {
        stream,
        source,
        leaves: this.#leavesOf(source, blockCount(transfer.runBytes)),
        from,
        also,
        // Of what was packed, or begun by an earlier run of the program, nobody could make the rest.
        parts: new Map(parts.filter(({ block }) => canGoOn(block)).map(({ block, bytes }) => [block, bytes])),
        encode: async (block) => encode?.(block, source.details) ?? { bytes: blockOf(block), encoding: 0 },
      },
      {
        ready: this.context.wake,
        arrived: (bytes) => transfer.count(bytes),
        failed: (error) => this.fault(sending, error),
      },
    );
  }

  #sendAgain(sending: Sending, run: OutgoingRun, block: number): void {
    const { transfer } = sending;
    transfer.badBlocks++;
    transfer.repeatedBytes += blockLength(transfer.runBytes, block);
    if (transfer.badBlocks > MAX_BAD_BLOCKS) this.fault(sending, new AppError('file-corrupt'));
    else if (!transfer.isHeld) this.#queue.addFirst(run);
  }

  #leavesOf(source: TransferSource, count: number): Leaves {
    const known = this.#leaves.get(source);
    if (known) return known;
    const leaves = new Leaves(count);
    this.#leaves.set(source, leaves);
    return leaves;
  }
}
