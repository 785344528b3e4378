import { AppError } from '../shared/errors.ts';
import { MAX_FILE_BYTES, MAX_MIME_LENGTH } from '../shared/limits.ts';
import { type FileOffer, FileSide } from './file-side.ts';
import { Outgoing } from './outgoing.ts';
import { safeName } from './safe-name.ts';
import { SendQueue } from './send-queue.ts';
import { Transfer } from './transfer.ts';

interface Sending {
  readonly transfer: Transfer;
  readonly offer: FileOffer;
  readonly file: File;
  mover?: Outgoing;
}

/** The files that go to the peer. */
export class SendingSide extends FileSide<Sending> {
  readonly #queue = new SendQueue();

  /** See `FileExchange.offer`. */
  async offer(id: string, file: File): Promise<void> {
    const known = this.files.get(id);
    if (known) {
      if (known.transfer.state === 'offered') await this.context.send(known.offer);
      return;
    }
    if (file.size > MAX_FILE_BYTES) throw new AppError('file-too-large');
    const offer = this.#describe(id, file);
    const transfer = new Transfer(offer, 'out', this.context.onChange);
    this.files.set(id, { transfer, offer, file });
    transfer.become({ state: 'offered' });
    await this.context.send(offer);
  }

  /** The peer accepts or declines. */
  answered(id: string, accept: boolean): void {
    const sending = this.files.get(id);
    if (sending?.transfer.state !== 'offered') return;
    if (!accept) {
      this.forget(sending);
      sending.transfer.become({ state: 'declined', byMe: false });
      return;
    }
    const { stream } = sending.offer;
    sending.mover = new Outgoing(stream, sending.file, {
      ready: () => this.context.wake(),
      failed: (error) => this.fault(sending, error),
    });
    this.streams.set(stream, sending);
    sending.transfer.begin(this.context.now());
    this.context.began();
    this.#queue.add(sending.mover);
    this.context.wake();
  }

  /** The peer says that the file is whole. It can't be before all of it was sent. */
  arrived(id: string): void {
    const sending = this.files.get(id);
    if (!sending?.mover) return;
    if (!sending.mover.isSent) {
      this.fault(sending, new AppError('file-corrupt'));
      return;
    }
    this.heard();
    this.forget(sending);
    sending.transfer.finish(this.context.now(), this.context.now(), null);
  }

  /** The peer has dealt with the first `bytes` bytes; nothing means that it sent nonsense. Returns whether it named a moving file. */
  acknowledged(stream: number, bytes: number | undefined): boolean {
    const sending = this.streams.get(stream);
    if (!sending?.mover) return false;
    if (bytes === undefined || !sending.mover.acknowledge(bytes)) {
      this.fault(sending, new AppError('file-corrupt'));
      return true;
    }
    this.heard();
    sending.transfer.count(bytes);
    if (sending.mover.isAcknowledged) this.#queue.remove(sending.mover);
    this.context.wake();
    return true;
  }

  /** The next frame of any file. */
  next(): Uint8Array | undefined {
    return this.#queue.next();
  }

  /** Everything sent so far may be lost, and the peer still wait for the first byte. */
  protected override interruptUnheard(sending: Sending): void {
    this.fault(sending, new AppError('file-interrupted'));
  }

  protected override halt(sending: Sending): void {
    if (sending.mover) this.#queue.remove(sending.mover);
    super.halt(sending);
    this.context.wake();
  }

  #describe(id: string, file: File): FileOffer {
    return {
      type: 'file-offer',
      id,
      stream: this.#newStream(),
      at: this.context.now(),
      name: safeName(file.name),
      sizeBytes: file.size,
      mime: file.type.length <= MAX_MIME_LENGTH ? file.type : '',
      modifiedAt: Math.max(0, Math.trunc(file.lastModified)),
    };
  }

  /** Random, so that frames and offers from before a restart never meet a new file. */
  #newStream(): number {
    const taken = new Set([0, ...[...this.files.values()].map((file) => file.offer.stream)]);
    for (;;) {
      const [stream = 0] = crypto.getRandomValues(new Uint32Array(1));
      if (!taken.has(stream)) return stream;
    }
  }
}
