import type { Link } from '../link/link.ts';
import type { FileMessage } from '../protocol/messages.ts';
import type { BulkLane } from './bulk-lane.ts';
import { BulkLanes, type TransferFrame } from './bulk-lanes.ts';
import type { FileExchangeOptions } from './exchange-options.ts';
import { News } from './news.ts';
import { ReceivingSide } from './receiving-side.ts';
import { SendingSide } from './sending-side.ts';
import type { TransferDetails, TransferSource } from './source.ts';

export type { FileExchangeOptions, Received, ReceivedFile } from './exchange-options.ts';

/** Progress is told, and silence looked for, this often. */
const TICK_MS = 250;
/** Counts for one tick at most: a computer that slept has not heard a silent peer. */
const MAX_TICK_MS = 1_000;

/**
 * All transfers between this device and one peer, both ways. Outlives links: what moves is interrupted when its link goes, and goes on
 * with the next. The states and who moves them are in transfer.ts. Nothing that the peer sends makes a method throw.
 */
export class FileExchange {
  readonly #now: () => number;
  readonly #sending: SendingSide;
  readonly #receiving: ReceivingSide;
  readonly #news: News;
  #lanes: BulkLanes | undefined;
  /** Of the links that are open: one that was left is read on, since it may be come back to. */
  readonly #known = new Map<Link, BulkLanes>();
  readonly #ended = new WeakSet<Link>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #tickedAtMs = 0;
  #isClosed = false;

  constructor(options: FileExchangeOptions) {
    const now = options.now ?? Date.now;
    const lanes = () => this.#lanes;
    this.#now = now;
    this.#news = new News(options.send, () => this.#startTicking());
    const context = {
      send: (message: FileMessage) => {
        // Not before what has to be said first.
        this.#news.repeat();
        return options.send(message);
      },
      tell: (message: FileMessage) => this.#news.tell(message),
      say: (message: FileMessage) => this.#news.say(message),
      openStore: options.openStore,
      onChange: options.onChange,
      onReceived: options.onReceived,
      encode: options.encode,
      now,
      get isAttached() {
        return lanes() !== undefined;
      },
      wake: () => this.#lanes?.wake(),
      began: () => this.#startTicking(),
      ended: () => this.#lanes?.forgive(),
    };
    this.#sending = new SendingSide(context);
    this.#receiving = new ReceivingSide(context);
  }

  /**
   * Offers a transfer: for the first time, again because nobody has answered yet, or again under its id after a restart or a failure:
   * then it goes on where it was. Resolves when the peer has the offer; its answer moves the state.
   * @throws AppError `file-wrong-source` when the transfer under this id is another one; whatever `send` throws, and then it stays offered.
   */
  offer(id: string, source: TransferSource): Promise<void> {
    return this.#sending.offer(id, source);
  }

  /**
   * Takes up a transfer that an earlier run had accepted. It is asked for with the next link and goes on by itself. `isWhole`: it had
   * arrived already, and is received again without the peer.
   */
  restore(id: string, details: TransferDetails, { isWhole }: { isWhole: boolean }): void {
    this.#receiving.restore(id, details, isWhole);
  }

  /** Accepts or declines an offer, told on the next link if there is none. Anything else is ignored: two clicks are one answer. */
  answer(id: string, accept: boolean): void {
    this.#receiving.answer(id, accept);
  }

  /** Holds a transfer of either direction that was accepted, or lets it go on. The peer may hold it too. */
  pause(id: string, paused: boolean): void {
    this.#sending.pause(id, paused);
    this.#receiving.pause(id, paused);
  }

  /** Ends a transfer of either direction that isn't whole; an offer of the peer's is declined. */
  cancel(id: string): void {
    this.#sending.cancel(id);
    this.#receiving.cancel(id);
  }

  /** A received transfer is saved, or not wanted any more, or one that has failed is not to go on: what lies in the store goes. */
  release(id: string): void {
    this.#receiving.release(id);
  }

  /** Takes a message that has been parsed. Messages about transfers that are over, or never were, change nothing. */
  receive(message: FileMessage): void {
    const { id } = message;
    switch (message.type) {
      case 'file-offer':
        // Ids are random: one of mine in an offer is no accident.
        if (!this.#sending.has(id)) this.#receiving.offered(message);
        return;
      case 'file-accept':
        if (this.#sending.has(id)) this.#sending.accepted(message);
        // This side doesn't know the transfer any more: the other must not wait for bytes.
        else void this.#news.tell({ type: 'file-failed', id, code: 'file-interrupted' });
        return;
      case 'file-decline':
        return this.#sending.declined(id);
      case 'file-pause':
        this.#sending.paused(id, message.paused);
        this.#receiving.paused(id, message.paused);
        return;
      case 'file-done':
        return this.#sending.arrived(id);
      case 'file-failed':
        this.#sending.failed(id, message.code);
        this.#receiving.failed(id, message.code);
    }
  }

  /** Bytes move over this link's bulk lanes from now on. It may be one that was left before. */
  attach(link: Link): void {
    this.detach();
    if (this.#isClosed || this.#ended.has(link)) return;
    const lanes = this.#known.get(link) ?? this.#read(link);
    this.#lanes = lanes;
    lanes.resume();
    this.#news.use(link);
    this.#sending.attach();
    this.#receiving.attach();
    lanes.wake();
  }

  /** The link is gone, or is left. What moves is interrupted on both sides, nothing fails. Idempotent. */
  detach(): void {
    if (!this.#lanes) return;
    this.#lanes.rest();
    this.#lanes = undefined;
    this.#news.use(null);
    this.#sending.interrupt();
    this.#receiving.interrupt();
  }

  /**
   * Ends the exchange; states keep what they were told last. `remove`: the peer was forgotten, and nothing of what it sent is left.
   * Resolves when the store is closed.
   */
  async close({ remove }: { remove: boolean }): Promise<void> {
    this.#isClosed = true;
    for (const lanes of this.#known.values()) lanes.stop();
    this.#known.clear();
    this.#lanes = undefined;
    this.#news.use(null);
    clearInterval(this.#timer);
    this.#sending.close();
    await this.#receiving.close(remove);
  }

  #read(link: Link): BulkLanes {
    const lanes = new BulkLanes(link, {
      receive: (frame, lane) => this.#receiveFrame(frame, lane),
      next: () => this.#sending.next(),
      acknowledged: () => this.#sending.heard(),
    });
    this.#known.set(link, lanes);
    void link.closed.then(() => {
      lanes.stop();
      this.#known.delete(link);
      this.#ended.add(link);
    });
    return lanes;
  }

  #receiveFrame(frame: TransferFrame, lane: BulkLane): boolean {
    switch (frame.type) {
      case 'stored':
      case 'again':
        return this.#sending.answered(frame.stream, frame.type, frame.block);
      case 'malformed':
        return frame.from === 'receiver'
          ? this.#sending.answered(frame.stream, 'stored', undefined)
          : this.#receiving.arriving(frame.stream, undefined, lane);
      default:
        return this.#receiving.arriving(frame.stream, frame, lane);
    }
  }

  #startTicking(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#tickedAtMs = this.#now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const nowMs = this.#now();
    // The silence of a link that may be gone says nothing of the peer: it ends by itself, and that fails nothing.
    const mayHear = this.#lanes !== undefined && !this.#lanes.isSuspect;
    const passedMs = mayHear ? Math.min(nowMs - this.#tickedAtMs, MAX_TICK_MS) : 0;
    this.#tickedAtMs = nowMs;
    this.#lanes?.measure();
    this.#news.repeat();
    this.#sending.tick(passedMs);
    this.#receiving.tick(passedMs);
    if (this.#sending.isMoving || this.#receiving.isMoving || this.#news.isWaiting) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
