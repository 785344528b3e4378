import type { FileMessage } from '../protocol/messages.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import type { Transfer, TransferProgress } from './transfer.ts';

/** Silence after which a moving file fails instead of hanging: three times what a radio link needs to come back. */
const STALL_MS = 15_000;

/** What the other side may say is wrong; any other code would only mislead here. */
const PEER_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'file-changed',
  'file-gone',
  'file-corrupt',
  'file-stalled',
  'file-interrupted',
  'storage-full',
  'too-many-waiting',
]);

export type FileOffer = Extract<FileMessage, { type: 'file-offer' }>;

/** What both directions need from the exchange around them. */
export interface SideContext {
  send(message: FileMessage): Promise<void>;
  /** Sends now, or when the peer is back. */
  tell(message: FileMessage): void;
  onChange(progress: TransferProgress): void;
  now(): number;
  /** There may be a frame to send. */
  wake(): void;
  /** A file began to move. */
  began(): void;
  /** A file moves no more: some of its frames may still be on their way. */
  ended(): void;
}

/** The part that moves the bytes of one file. */
export interface Mover {
  /** Whether the peer has shown that the file moves for it too. */
  readonly hasHeard: boolean;
  /** Whether nothing can go on before the peer says something. */
  readonly awaitsPeer: boolean;
  /** Lets `passedMs` go by and tells for how long the disk has now kept everybody waiting. */
  diskSilenceMs(passedMs: number): number;
  stop(): void;
}

export interface FileEntry {
  readonly transfer: Transfer;
  readonly offer: FileOffer;
  /** Set while bytes can move. */
  mover?: Mover;
}

/** All files of one direction that have not reached a final state, and what is the same for both directions. */
export abstract class FileSide<Entry extends FileEntry> {
  protected readonly context: SideContext;
  protected readonly files = new Map<string, Entry>();
  /** Those whose bytes can move, by stream. */
  protected readonly streams = new Map<number, Entry>();
  #quietMs = 0;

  constructor(context: SideContext) {
    this.context = context;
  }

  has(id: string): boolean {
    return this.files.has(id);
  }

  get isMoving(): boolean {
    return this.#moving().length > 0;
  }

  /** Ends an offered or moving file; one that is being saved is past that. */
  cancel(id: string): void {
    const file = this.files.get(id);
    if (!file || file.transfer.state === 'saving') return;
    this.context.tell({ type: 'file-failed', id, code: 'file-cancelled' });
    this.forget(file);
    file.transfer.become({ state: 'cancelled', byMe: true });
  }

  /** The other side ended the file. */
  failed(id: string, code: ErrorCode): void {
    const file = this.files.get(id);
    if (!file || file.transfer.state === 'saving') return;
    this.forget(file);
    if (code === 'file-cancelled') file.transfer.become({ state: 'cancelled', byMe: false });
    else file.transfer.fail(PEER_FAULTS.has(code) ? code : 'file-interrupted');
  }

  /** The link is gone. The other side finds that out by itself, unless the file has not begun to move there. */
  interrupt(): void {
    this.#quietMs = 0;
    for (const file of this.#moving()) {
      if (!file.mover?.hasHeard) this.interruptUnheard(file);
      else this.#fail(file, 'file-interrupted');
    }
  }

  /** Fails everything that moves and tells the peer. */
  failAll(): void {
    for (const file of this.#moving()) this.fault(file, new AppError('file-interrupted'));
  }

  /**
   * Tells progress and ends what stands still. Silence is that of the whole direction, because on a slow line a file may wait long
   * for its turn. `passedMs` is the time since the last call in which the link could have said something.
   */
  tick(passedMs: number): void {
    const nowMs = this.context.now();
    for (const file of this.#moving()) file.transfer.report(nowMs);
    const moving = [...this.streams.values()];
    const isAwaiting = moving.some((file) => file.mover?.awaitsPeer);
    this.#quietMs = isAwaiting ? this.#quietMs + passedMs : 0;
    for (const file of moving) {
      const peerMs = file.mover?.awaitsPeer ? this.#quietMs : 0;
      const diskMs = file.mover?.diskSilenceMs(passedMs) ?? 0;
      if (Math.max(peerMs, diskMs) >= STALL_MS) this.fault(file, new AppError('file-stalled'));
    }
  }

  /** The peer has moved something forward. */
  protected heard(): void {
    this.#quietMs = 0;
  }

  /** Ends a moving file here and there with the code of `error`. Faults of a file that is over are no news. */
  protected fault(file: Entry, error: unknown): void {
    if (this.files.get(file.offer.id) !== file || file.transfer.state !== 'moving') return;
    const code = errorCode(error);
    this.context.tell({ type: 'file-failed', id: file.offer.id, code });
    this.#fail(file, code);
  }

  /** The link is gone before the peer showed that the file moves for it too. */
  protected abstract interruptUnheard(file: Entry): void;

  /** Stops the bytes of a file. It stays known. */
  protected halt(file: Entry): void {
    if (!file.mover) return;
    file.mover.stop();
    this.streams.delete(file.offer.stream);
    delete file.mover;
    this.context.ended();
  }

  /** Takes a file out, before its final state is told: whoever hears that may offer it again at once. */
  protected forget(file: Entry): void {
    this.halt(file);
    this.files.delete(file.offer.id);
  }

  #fail(file: Entry, code: ErrorCode): void {
    this.forget(file);
    file.transfer.fail(code);
  }

  #moving(): Entry[] {
    return [...this.files.values()].filter((file) => file.transfer.state === 'moving');
  }
}
