import { AppError, errorCode } from '../shared/errors.ts';
import { HELD_LIMIT_BYTES } from './blocks.ts';
import { type FileOffer, FileSide, type SideContext } from './file-side.ts';
import { HeldBytes } from './held-bytes.ts';
import { type DataFrame, Incoming } from './incoming.ts';
import { safeName } from './safe-name.ts';
import type { FileStore, PartialFile } from './store.ts';
import { Transfer } from './transfer.ts';

/** Offers that may wait for an answer; a peer that makes more is refused. */
const MAX_UNANSWERED_OFFERS = 100;
/** A download keeps the extension of its name only if its type is this one. */
const SAVED_TYPE = 'application/octet-stream';

export interface ReceivingContext extends SideContext {
  openStore(): FileStore;
  onReceived(id: string, file: File): Promise<{ downloadId: number | null }>;
}

interface Receiving {
  readonly transfer: Transfer;
  readonly offer: FileOffer;
  mover?: Incoming;
  partial?: PartialFile;
}

/** The files that come from the peer. */
export class ReceivingSide extends FileSide<Receiving> {
  readonly #context: ReceivingContext;
  readonly #held = new HeldBytes(HELD_LIMIT_BYTES);
  readonly #acksDue = new Set<Incoming>();
  /** Work on the store that `close` waits for. */
  readonly #unfinished = new Set<Promise<void>>();
  #store: FileStore | undefined;

  constructor(context: ReceivingContext) {
    super(context);
    this.#context = context;
  }

  /** The peer offers a file, or again one that was not answered. */
  offered(message: FileOffer): void {
    const { id } = message;
    const known = this.files.get(id);
    if (known && known.transfer.state !== 'offered') return;
    if (!known && this.#unanswered() >= MAX_UNANSWERED_OFFERS) {
      this.context.tell({ type: 'file-failed', id, code: 'too-many-waiting' });
      return;
    }
    const offer = { ...message, name: safeName(message.name) };
    const transfer = new Transfer(offer, 'in', this.context.onChange);
    this.files.set(id, { transfer, offer });
    transfer.become({ state: 'offered' });
  }

  /** See `FileExchange.answer`. */
  answer(id: string, accept: boolean): void {
    const receiving = this.files.get(id);
    if (receiving?.transfer.state !== 'offered') return;
    if (accept) {
      receiving.transfer.begin(this.context.now());
      this.context.began();
      this.#track(this.#prepare(receiving));
    } else {
      this.context.tell({ type: 'file-answer', id, accept: false });
      this.forget(receiving);
      receiving.transfer.become({ state: 'declined', byMe: true });
    }
  }

  override cancel(id: string): void {
    if (this.files.get(id)?.transfer.state === 'offered') this.answer(id, false);
    else super.cancel(id);
  }

  /** Bytes of a file; nothing means that the peer sent nonsense. Returns whether it named a moving file. */
  arriving(stream: number, frame: DataFrame | undefined): boolean {
    const receiving = this.streams.get(stream);
    if (!receiving?.mover) return false;
    if (!frame || !receiving.mover.receive(frame)) {
      this.fault(receiving, new AppError('file-corrupt'));
      return true;
    }
    this.heard();
    return true;
  }

  /** The next acknowledgement that is due. */
  nextAck(): Uint8Array | undefined {
    for (const incoming of this.#acksDue) {
      this.#acksDue.delete(incoming);
      const ack = incoming.takeAck();
      if (ack) return ack;
    }
    return undefined;
  }

  /** Waits until what was received is saved, and closes the store. */
  async close(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished);
    await this.#store?.close();
  }

  /** The acceptance reaches the peer on the next link, and only then it begins to send: nothing is lost. */
  protected override interruptUnheard(): void {}

  protected override forget(receiving: Receiving): void {
    super.forget(receiving);
    if (receiving.partial) this.#track(receiving.partial.remove());
  }

  /** Looks for room and opens the partial file; only then is the sender told to begin. */
  async #prepare(receiving: Receiving): Promise<void> {
    const { id, stream, sizeBytes } = receiving.offer;
    // Before the first wait: whoever is accepted later counts this file, not the other way round.
    const neededBytes = this.#neededBytes();
    try {
      this.#store ??= this.#context.openStore();
      if ((await this.#store.availableBytes()) < neededBytes) throw new AppError('storage-full');
      const partial = await this.#store.create(id, sizeBytes);
      if (this.files.get(id) !== receiving) return await partial.remove();
      receiving.partial = partial;
      if (this.streams.has(stream)) throw new AppError('file-corrupt');
      receiving.mover = this.#createMover(receiving, stream, sizeBytes, partial);
      this.streams.set(stream, receiving);
      this.heard();
      this.context.tell({ type: 'file-answer', id, accept: true });
    } catch (error) {
      this.fault(receiving, error);
    }
  }

  #createMover(receiving: Receiving, stream: number, sizeBytes: number, partial: PartialFile): Incoming {
    const incoming: Incoming = new Incoming(
      { stream, sizeBytes, partial, held: this.#held, now: this.context.now },
      {
        acknowledged: (bytes) => receiving.transfer.count(bytes),
        ackDue: () => {
          this.#acksDue.add(incoming);
          this.context.wake();
        },
        verified: (file) => this.#track(this.#save(receiving, file)),
        failed: (error) => this.fault(receiving, error),
      },
    );
    return incoming;
  }

  async #save(receiving: Receiving, stored: File): Promise<void> {
    const { id, name, modifiedAt } = receiving.offer;
    const verifiedAt = this.context.now();
    this.halt(receiving);
    this.context.tell({ type: 'file-done', id });
    receiving.transfer.become({ state: 'saving' });
    try {
      const file = new File([stored], name, { type: SAVED_TYPE, lastModified: modifiedAt });
      const { downloadId } = await this.#context.onReceived(id, file);
      this.forget(receiving);
      receiving.transfer.finish(verifiedAt, this.context.now(), downloadId);
    } catch (error) {
      this.forget(receiving);
      receiving.transfer.fail(errorCode(error));
    }
  }

  /** Room for what is still to be written here, and for a copy of every accepted file in Downloads. */
  #neededBytes(): number {
    let bytes = 0;
    for (const { transfer, offer, mover } of this.files.values()) {
      if (transfer.state === 'moving') bytes += (mover?.leftBytes ?? offer.sizeBytes) + offer.sizeBytes;
      else if (transfer.state === 'saving') bytes += offer.sizeBytes;
    }
    return bytes;
  }

  #unanswered(): number {
    return [...this.files.values()].filter((file) => file.transfer.state === 'offered').length;
  }

  /** A store that fails while it cleans up has nothing to say to anybody: its leftovers go at the next start. */
  #track(work: Promise<void>): void {
    const tracked = work.catch(() => undefined).then(() => void this.#unfinished.delete(tracked));
    this.#unfinished.add(tracked);
  }
}
