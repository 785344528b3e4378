import type { Link } from '../link/link.ts';
import type { FileMessage } from '../protocol/messages.ts';
import { BulkLane } from './bulk-lane.ts';
import type { Frame } from './frames.ts';
import { ReceivingSide } from './receiving-side.ts';
import { SendingSide } from './sending-side.ts';
import type { FileStore } from './store.ts';
import type { TransferProgress } from './transfer.ts';

/** Progress is told, and silence looked for, this often. */
const TICK_MS = 250;
/** Counts for one tick at most: a computer that slept has not heard a silent peer. */
const MAX_TICK_MS = 1_000;

export interface FileExchangeOptions {
  /**
   * The session's control channel: reliable and in order, over several links. Resolves when the peer has the message, rejects when
   * the peer isn't there.
   */
  send(message: FileMessage): Promise<void>;
  /** Where arriving bytes go. Called when the first file is accepted. */
  openStore(): FileStore;
  /** Every change of state at once; progress about four times a second. It may call back into the exchange. */
  onChange(transfer: TransferProgress): void;
  /**
   * A file is whole and checked. It carries its safe name and reads for as long as this takes. Resolves when it is saved.
   * @throws AppError `download-failed`.
   */
  onReceived(id: string, file: File): Promise<{ downloadId: number | null }>;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/**
 * All files between this device and one peer, both ways. Outlives links: offers wait, files whose bytes move fail with
 * `file-interrupted` when their link goes. The states and who moves them are in transfer.ts. Nothing that the peer sends makes a method throw.
 */
export class FileExchange {
  readonly #now: () => number;
  readonly #sending: SendingSide;
  readonly #receiving: ReceivingSide;
  readonly #send: FileExchangeOptions['send'];
  /** News that could not be sent, one for each file at most: told on the next link, so that both sides agree. */
  #untold: FileMessage[] = [];
  #bulk: BulkLane | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #tickedAtMs = 0;

  constructor(options: FileExchangeOptions) {
    this.#now = options.now ?? Date.now;
    this.#send = options.send;
    const context = {
      send: options.send,
      tell: (message: FileMessage) => this.#tell(message),
      openStore: options.openStore,
      onChange: options.onChange,
      onReceived: options.onReceived,
      now: this.#now,
      wake: () => this.#bulk?.wake(),
      began: () => this.#startTicking(),
      ended: () => this.#bulk?.forgive(),
    };
    this.#sending = new SendingSide(context);
    this.#receiving = new ReceivingSide(context);
  }

  /**
   * Offers a file, or offers it again under the same id when nobody has answered yet. Resolves when the peer has the offer; its
   * answer moves the state.
   * @throws AppError `file-too-large`; whatever `send` throws, and then the file stays offered.
   */
  offer(id: string, file: File): Promise<void> {
    return this.#sending.offer(id, file);
  }

  /** Accepts or declines an offered file, told on the next link if there is none. Anything else is ignored: two clicks are one answer. */
  answer(id: string, accept: boolean): void {
    this.#receiving.answer(id, accept);
  }

  /** Ends an offered or moving file of either direction; an offer of the peer's is declined. A file being saved is past that. */
  cancel(id: string): void {
    this.#sending.cancel(id);
    this.#receiving.cancel(id);
  }

  /** Takes a message that has been parsed. Messages about files that are over, or never were, change nothing. */
  receive(message: FileMessage): void {
    const { id } = message;
    switch (message.type) {
      case 'file-offer':
        // Ids are random: one of mine in an offer is no accident.
        if (!this.#sending.has(id)) this.#receiving.offered(message);
        return;
      case 'file-answer':
        if (this.#sending.has(id)) this.#sending.answered(id, message.accept);
        // This side was started anew and doesn't know the file any more: the other must not wait for bytes.
        else if (message.accept) this.#tell({ type: 'file-failed', id, code: 'file-interrupted' });
        return;
      case 'file-done':
        this.#sending.arrived(id);
        return;
      case 'file-failed':
        this.#sending.failed(id, message.code);
        this.#receiving.failed(id, message.code);
    }
  }

  /** Bytes move over this link's bulk lane from now on. */
  attach(link: Link): void {
    this.detach();
    this.#bulk = new BulkLane(link, {
      receive: (frame) => this.#receiveFrame(frame),
      next: () => this.#receiving.nextAck() ?? this.#sending.next(),
    });
    const untold = this.#untold;
    this.#untold = [];
    for (const message of untold) this.#tell(message);
  }

  /**
   * The link is gone, or is left. What moves fails on both sides. What is offered, or accepted and not begun, waits for the next
   * link. Idempotent.
   */
  detach(): void {
    if (!this.#bulk) return;
    this.#bulk.stop();
    this.#bulk = undefined;
    this.#sending.interrupt();
    this.#receiving.interrupt();
  }

  /**
   * Ends the exchange: what moves fails and the peer is told, offers keep the state they were told last, and a file that is being
   * saved is still saved. Resolves when the store is closed.
   */
  async close(): Promise<void> {
    this.#sending.failAll();
    this.#receiving.failAll();
    this.#bulk?.stop();
    this.#bulk = undefined;
    clearInterval(this.#timer);
    await this.#receiving.close();
  }

  #tell(message: FileMessage): void {
    const bulk = this.#bulk;
    this.#send(message).catch(() => {
      // There may be a new link already.
      if (this.#bulk && this.#bulk !== bulk) this.#tell(message);
      else this.#untold.push(message);
    });
  }

  #receiveFrame(frame: Frame): boolean {
    switch (frame.type) {
      case 'ack':
        return this.#sending.acknowledged(frame.stream, frame.bytes);
      case 'malformed':
        return frame.from === 'receiver'
          ? this.#sending.acknowledged(frame.stream, undefined)
          : this.#receiving.arriving(frame.stream, undefined);
      default:
        return this.#receiving.arriving(frame.stream, frame);
    }
  }

  #startTicking(): void {
    if (this.#timer !== undefined) return;
    this.#tickedAtMs = this.#now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const nowMs = this.#now();
    const passedMs = this.#bulk ? Math.min(nowMs - this.#tickedAtMs, MAX_TICK_MS) : 0;
    this.#tickedAtMs = nowMs;
    this.#sending.tick(passedMs);
    this.#receiving.tick(passedMs);
    if (this.#sending.isMoving || this.#receiving.isMoving) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
