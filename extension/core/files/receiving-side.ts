import { AppError, type ErrorCode } from '../shared/errors.ts';
import { isOlder } from '../shared/time.ts';
import { BLOCK_BYTES, WINDOW_BLOCKS } from './blocks.ts';
import { EndedTransfers } from './ended-transfers.ts';
import type { FileExchangeOptions } from './exchange-options.ts';
import { type FileOffer, FileSide, type SideContext } from './file-side.ts';
import { HeldBytes } from './held-bytes.ts';
import { type AnsweringLane, type DataFrame, IncomingRun } from './incoming-run.ts';
import { KeptParts } from './kept-parts.ts';
import { isConsistent, readFiles } from './manifest.ts';
import { safeName } from './safe-name.ts';
import { sameDetails, type TransferDetails } from './source.ts';
import type { Check, FileStore, PartialFile } from './store.ts';
import { StoreWork } from './store-work.ts';
import { StoredBlocks } from './stored-blocks.ts';
import { Transfer } from './transfer.ts';

/** Offers that may wait for an answer; a peer that makes more is refused. */
const MAX_UNANSWERED_OFFERS = 100;
/** Accepted and not whole. Each has files open. */
const MAX_UNDER_WAY = 500;
/** Silence after which a sender that has come to the link anew is asked again. */
const ASK_AGAIN_MS = 2_000;
/** Failures after which another try goes on with what has arrived. */
const KEEPING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['storage-full', 'file-stalled', 'file-interrupted']);

export interface ReceivingContext extends SideContext {
  openStore(): FileStore;
  readonly onReceived: FileExchangeOptions['onReceived'];
}

interface Receiving {
  readonly transfer: Transfer;
  run?: IncomingRun;
  partial?: PartialFile;
  blocks?: StoredBlocks;
  /** Set until the file is open: how far the check of what is there is, nothing while nothing is known to be there. */
  opening?: { check: Check | undefined };
  /** When the sender came to this link once more since it was asked, and may not know any more that it was; null: it knows. */
  senderNewAtMs: number | null;
  /** Every block is there and right. */
  isWhole: boolean;
}

/** The transfers that come from the peer. */
export class ReceivingSide extends FileSide<Receiving> {
  readonly #context: ReceivingContext;
  readonly #held = new HeldBytes(WINDOW_BLOCKS * BLOCK_BYTES);
  readonly #parts = new KeptParts();
  readonly #streams = new Map<number, Receiving>();
  readonly #ended = new EndedTransfers();
  readonly #store: StoreWork;
  /** Begins anywhere, so that frames from before a restart never meet a new run. */
  #stream = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;

  constructor(context: ReceivingContext) {
    super(context);
    this.#context = context;
    this.#store = new StoreWork(() => context.openStore());
  }

  /** The peer offers a transfer, for the first time or again. */
  offered(message: FileOffer): void {
    const { id } = message;
    const details = { ...message, name: safeName(message.name) };
    const known = this.entries.get(id);
    if (known) return this.#offeredAgain(known, details);
    if (this.#ended.wasReleased(id)) return void this.context.tell({ type: 'file-done', id });
    const kept = this.#ended.take(id, details);
    const goesOn = kept?.goesOn ?? false;
    if (kept && !goesOn) this.#store.track(kept.partial.remove());
    const refusal = goesOn ? undefined : this.#refusal(details);
    if (refusal) return void this.context.tell({ type: 'file-failed', id, code: refusal });
    const receiving = this.#create(id, details);
    if (goesOn) this.#accept(receiving, notBegun(receiving));
    else receiving.transfer.become({ state: 'offered' });
  }

  /** See `FileExchange.answer`. */
  answer(id: string, accept: boolean): void {
    const receiving = this.entries.get(id);
    if (receiving?.transfer.state !== 'offered') return;
    if (accept) return this.#accept(receiving);
    void this.context.tell({ type: 'file-decline', id });
    this.drop(receiving);
    receiving.transfer.become({ state: 'declined', byMe: true });
  }

  /** See `FileExchange.restore`. */
  restore(id: string, details: TransferDetails, isWhole: boolean): void {
    if (this.entries.has(id)) return;
    const receiving = this.#create(id, details);
    receiving.transfer.restored();
    receiving.opening = { check: notBegun(receiving) };
    this.context.began();
    this.#store.restores(() => this.#reopen(receiving, isWhole));
  }

  /** See `FileExchange.release`. */
  release(id: string): void {
    const kept = this.#ended.forget(id);
    if (kept) this.#store.track(kept.remove());
    const receiving = this.entries.get(id);
    if (receiving?.transfer.state !== 'received') return;
    this.#ended.release(id);
    this.drop(receiving);
  }

  override cancel(id: string): void {
    if (this.entries.get(id)?.transfer.state === 'offered') this.answer(id, false);
    else super.cancel(id);
  }

  /** Bytes of a transfer; nothing means that the peer sent nonsense. Returns whether it named a live run. */
  arriving(stream: number, frame: DataFrame | undefined, lane: AnsweringLane): boolean {
    const receiving = this.#streams.get(stream);
    if (!receiving) return false;
    if (receiving.run?.stream !== stream) {
      if (frame?.type === 'chunk') receiving.transfer.repeatedBytes += frame.bytes.length;
      return false;
    }
    // So long after it came, this is no leftover of before.
    if (isOlder(receiving.senderNewAtMs, ASK_AGAIN_MS)) receiving.senderNewAtMs = null;
    if (frame && receiving.run.receive(frame, lane)) this.heard();
    else this.fault(receiving, new AppError('file-corrupt'));
    return true;
  }

  /** Gives everything back. With `remove` nothing that has arrived is left. */
  async close(remove: boolean): Promise<void> {
    for (const receiving of this.entries.values()) {
      this.halt(receiving);
      const { partial } = receiving;
      if (partial) this.#store.track(remove ? partial.remove() : partial.close());
    }
    for (const partial of this.#ended.forgetAll()) if (remove) this.#store.track(partial.remove());
    for (const { blocks } of this.entries.values()) if (blocks) this.#parts.drop(blocks);
    this.entries.clear();
    await this.#store.close();
  }

  protected override attached(receiving: Receiving): void {
    this.#store.track(this.#ask(receiving));
  }

  protected override held(): void {}

  protected override heldAlike(receiving: Receiving): void {
    receiving.senderNewAtMs = performance.now();
  }

  /** Mostly the sender says that it is there just before it is asked, or has the answer on its way. When nothing comes it is asked again. */
  override tick(passedMs: number): void {
    super.tick(passedMs);
    if (this.quietMs < ASK_AGAIN_MS) return;
    for (const receiving of this.entries.values()) {
      if (receiving.senderNewAtMs === null || !receiving.run) continue;
      this.halt(receiving);
      this.#store.track(this.#ask(receiving));
    }
  }

  protected override canMove({ transfer, run, opening }: Receiving): boolean {
    return run !== undefined || (opening !== undefined && !transfer.isRestored && this.context.isAttached);
  }

  /** One that is whole is about to be received, whatever else has ended. */
  protected override settle(receiving: Receiving): void {
    if (!receiving.isWhole) super.settle(receiving);
  }

  protected override check(receiving: Receiving): Check | undefined {
    return receiving.opening ? receiving.opening.check : super.check(receiving);
  }

  /** Where it was in the middle of a block is kept for the next link. */
  override interrupt(): void {
    for (const receiving of this.entries.values()) this.#stop(receiving, { keepParts: true });
    super.interrupt();
  }

  protected override halt(receiving: Receiving): void {
    this.#stop(receiving, { keepParts: false });
  }

  #stop(receiving: Receiving, { keepParts }: { keepParts: boolean }): void {
    if (!receiving.run) return;
    receiving.run.stop({ keepParts });
    delete receiving.run;
    this.context.ended();
  }

  protected override drop(receiving: Receiving, _told?: Promise<void>, code?: ErrorCode): void {
    const { transfer, partial, blocks } = receiving;
    this.halt(receiving);
    this.entries.delete(transfer.id);
    for (const [stream, owner] of this.#streams) if (owner === receiving) this.#streams.delete(stream);
    if (blocks) this.#parts.drop(blocks);
    if (!partial) return;
    const isKept = code !== undefined && KEEPING.has(code) && (blocks?.bytes ?? 0) > 0;
    if (isKept) this.#ended.keep(transfer.id, transfer.details, partial);
    this.#store.track(isKept ? partial.close() : partial.remove());
  }

  #offeredAgain(receiving: Receiving, details: TransferDetails): void {
    const { transfer } = receiving;
    if (transfer.state === 'received') return void this.context.tell({ type: 'file-done', id: transfer.id });
    if (!sameDetails(transfer.details, details)) return this.fault(receiving, new AppError('file-changed'));
    if (!transfer.isUnderWay) return;
    // It was started anew: what it sent before is not coming.
    this.halt(receiving);
    transfer.byPeer = false;
    this.settle(receiving);
    this.sayHeld(receiving);
    this.#store.track(this.#ask(receiving));
  }

  #refusal(details: TransferDetails): ErrorCode | undefined {
    if (!isConsistent(details)) return 'file-corrupt';
    const transfers = [...this.entries.values()].map(({ transfer }) => transfer);
    const offered = transfers.filter(({ state }) => state === 'offered').length;
    const underWay = transfers.filter(({ isUnderWay }) => isUnderWay).length;
    return offered >= MAX_UNANSWERED_OFFERS || underWay >= MAX_UNDER_WAY ? 'too-many-waiting' : undefined;
  }

  #create(id: string, details: TransferDetails): Receiving {
    const transfer = new Transfer(id, details, 'in', this.context.onChange);
    const receiving: Receiving = { transfer, senderNewAtMs: null, isWhole: false };
    this.entries.set(id, receiving);
    return receiving;
  }

  #accept(receiving: Receiving, check?: Check): void {
    receiving.opening = { check };
    // Shown at once; the sender hears it when there is room.
    receiving.transfer.settle(this.context.now(), this.context.isAttached);
    this.context.began();
    this.#store.accepts(() => this.#prepare(receiving));
  }

  /** Opens the partial file and looks for room; only then is the sender told to begin. */
  async #prepare(receiving: Receiving): Promise<void> {
    try {
      await this.#open(receiving);
      const availableBytes = await this.#store.availableBytes();
      if (availableBytes < this.#neededBytes()) throw new AppError('storage-full');
    } catch (error) {
      return this.fault(receiving, error);
    }
    await this.#ask(receiving);
  }

  async #reopen(receiving: Receiving, isWhole: boolean): Promise<void> {
    try {
      await this.#open(receiving);
    } catch (error) {
      return this.fault(receiving, error);
    }
    if (isWhole && receiving.blocks?.leaves.isComplete) return this.#finish(receiving);
    if (this.entries.get(receiving.transfer.id) === receiving) this.settle(receiving);
    await this.#ask(receiving);
  }

  async #open(receiving: Receiving): Promise<void> {
    const { transfer } = receiving;
    if (this.entries.get(transfer.id) !== receiving) return;
    const { opening } = receiving;
    const partial = await this.#store.open(transfer.id, transfer.runBytes, (check) => {
      if (opening) opening.check = check;
    });
    delete receiving.opening;
    // It was cancelled meanwhile. It may have been offered again too, but then it is opened later.
    if (this.entries.get(transfer.id) !== receiving) return partial.remove();
    receiving.partial = partial;
    receiving.blocks = new StoredBlocks(partial, transfer.runBytes);
    transfer.count(receiving.blocks.bytes);
  }

  /** Tells the sender to send what is missing, once on each link. */
  async #ask(receiving: Receiving): Promise<void> {
    const { transfer, blocks } = receiving;
    if (!blocks) return;
    // Of the link before: whether it is there decides what is asked for.
    await blocks.settled();
    const isKnown = this.entries.get(transfer.id) === receiving && transfer.isUnderWay;
    if (!isKnown || receiving.isWhole || receiving.run || !this.context.isAttached) return;
    const stream = ++this.#stream;
    receiving.senderNewAtMs = null;
    const run = this.#createRun(receiving, stream, blocks);
    receiving.run = run;
    this.#streams.set(stream, receiving);
    transfer.count(run.arrivedBytes);
    this.heard();
    this.context.say({
      type: 'file-accept',
      id: transfer.id,
      stream,
      from: blocks.leaves.firstMissing,
      also: blocks.also(),
      parts: this.#parts.of(blocks).map(({ index, offset }) => ({ block: index, bytes: offset })),
    });
    this.settle(receiving);
  }

  #createRun(receiving: Receiving, stream: number, blocks: StoredBlocks): IncomingRun {
    const { transfer } = receiving;
    const options = { stream, runBytes: transfer.runBytes, blocks, held: this.#held, parts: this.#parts };
    return new IncomingRun(options, transfer.badBlocks, {
      arrived: (bytes) => transfer.count(bytes),
      wasBad: () => {
        transfer.badBlocks++;
      },
      wasted: (bytes) => {
        transfer.repeatedBytes += bytes;
      },
      verified: () => {
        this.halt(receiving);
        this.#store.track(this.#finish(receiving));
      },
      failed: (error) => this.fault(receiving, error),
    });
  }

  async #finish(receiving: Receiving): Promise<void> {
    const { transfer, blocks } = receiving;
    receiving.isWhole = true;
    try {
      const content = await blocks?.finish();
      if (!content) return;
      const files = await readFiles(content, transfer.details);
      if (this.entries.get(transfer.id) !== receiving) return;
      void this.context.tell({ type: 'file-done', id: transfer.id });
      transfer.become({ state: 'received' });
      this.#context.onReceived(transfer.id, { outcome: transfer.outcome(this.context.now()), files });
    } catch (error) {
      this.fault(receiving, error);
    }
  }

  /** Opening a file sets its own room aside. What comes out of it is a copy of the same size. */
  #neededBytes(): number {
    let bytes = 0;
    for (const { transfer, partial } of this.entries.values()) if (partial) bytes += transfer.details.sizeBytes;
    return bytes;
  }
}

/** What is there will be checked; how much that is isn't known yet. */
function notBegun({ transfer }: Receiving): Check {
  return { checkedBytes: 0, ofBytes: transfer.runBytes };
}
