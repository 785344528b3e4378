import type { FileMessage } from '../protocol/messages.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import type { Check } from './store.ts';
import type { Transfer, TransferProgress } from './transfer.ts';

/** Silence after which a moving transfer fails instead of hanging: three times what a radio link needs to come back. */
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
  /** Rejects when the peer isn't there. */
  send(message: FileMessage): Promise<void>;
  /** Sends now, or when the peer is back. Resolves when the peer has it; never rejects. */
  tell(message: FileMessage): Promise<void>;
  /** Sends what is worth something on this link only. */
  say(message: FileMessage): void;
  onChange(progress: TransferProgress): void;
  now(): number;
  /** Whether there is a link. */
  readonly isAttached: boolean;
  /** There may be something to send. */
  wake(): void;
  /** A transfer began to move. */
  began(): void;
  /** A run ended before its time: some of its frames may still be on their way. */
  ended(): void;
}

/** The part that moves the bytes of one transfer over one link. */
export interface Mover {
  /** Set while what the receiver has is hashed or compared, and nothing else. */
  readonly check: Check | undefined;
  /** Whether nothing can go on before the peer says something. */
  readonly awaitsPeer: boolean;
  /** Lets `passedMs` go by and tells for how long the disk has now kept everybody waiting. */
  diskSilenceMs(passedMs: number): number;
}

export interface FileEntry {
  readonly transfer: Transfer;
  /** Set while bytes can move. */
  run?: Mover;
}

/** All transfers of one direction that have not reached a final state, and what is the same for both directions. */
export abstract class FileSide<Entry extends FileEntry> {
  protected readonly context: SideContext;
  protected readonly entries = new Map<string, Entry>();
  #quietMs = 0;

  /** For how long now what moves has waited for the other side, and nothing came. */
  protected get quietMs(): number {
    return this.#quietMs;
  }

  constructor(context: SideContext) {
    this.context = context;
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  /** Whether there is something to tell from time to time. */
  get isMoving(): boolean {
    return this.#underWay().some((entry) => this.#isBusy(entry));
  }

  /** Ends a transfer that is not whole yet. */
  cancel(id: string): void {
    const entry = this.#unfinished(id);
    if (!entry) return;
    this.drop(entry, this.context.tell({ type: 'file-failed', id, code: 'file-cancelled' }));
    entry.transfer.become({ state: 'cancelled', byMe: true });
  }

  /** The other side ended the transfer. */
  failed(id: string, code: ErrorCode): void {
    const entry = this.#unfinished(id);
    if (!entry) return;
    if (code !== 'file-cancelled') return this.fail(entry, PEER_FAULTS.has(code) ? code : 'file-interrupted');
    this.drop(entry, Promise.resolve());
    entry.transfer.become({ state: 'cancelled', byMe: false });
  }

  /** Holds a transfer, or lets it go on. One that is only offered, again perhaps, is held once it is accepted. */
  pause(id: string, paused: boolean): void {
    const entry = this.#unfinished(id);
    if (!entry || entry.transfer.byMe === paused) return;
    entry.transfer.byMe = paused;
    this.context.say({ type: 'file-pause', id, paused });
    this.#held(entry);
  }

  /** The other side holds a transfer, or lets it go on. */
  paused(id: string, paused: boolean): void {
    const entry = this.#unfinished(id);
    if (!entry) return;
    if (entry.transfer.byPeer === paused) return this.heldAlike(entry);
    entry.transfer.byPeer = paused;
    this.#held(entry);
  }

  /** There is a new link. What the peer held it says again. */
  attach(): void {
    for (const entry of [...this.entries.values()]) {
      if (!this.#unfinished(entry.transfer.id)) continue;
      entry.transfer.byPeer = false;
      this.sayHeld(entry);
      this.#held(entry);
      if (entry.transfer.isUnderWay) this.attached(entry);
    }
  }

  /** The link is gone. Nothing fails. */
  interrupt(): void {
    this.#quietMs = 0;
    for (const entry of this.#underWay()) {
      this.halt(entry, Promise.resolve());
      this.settle(entry);
    }
  }

  /**
   * Tells progress and ends what stands still. Silence is that of the whole direction, because on a slow line a transfer may wait long
   * for its turn. `passedMs` is the time since the last call in which the link could have said something.
   */
  tick(passedMs: number): void {
    const nowMs = this.context.now();
    for (const entry of this.#underWay())
      if (this.check(entry) || entry.transfer.state === 'checking') this.settle(entry);
    const moving = this.#moving();
    for (const { transfer } of moving) transfer.report(nowMs);
    const isAwaiting = moving.some(({ run }) => run?.awaitsPeer);
    this.#quietMs = isAwaiting ? this.#quietMs + passedMs : 0;
    for (const entry of moving) {
      const peerMs = entry.run?.awaitsPeer ? this.#quietMs : 0;
      const diskMs = entry.run?.diskSilenceMs(passedMs) ?? 0;
      if (Math.max(peerMs, diskMs) >= STALL_MS) this.fault(entry, new AppError('file-stalled'));
    }
  }

  /** The peer has moved something forward. */
  heard(): void {
    this.#quietMs = 0;
  }

  /** Ends a transfer here and there with the code of `error`. Faults of one that is over are no news. */
  protected fault(entry: Entry, error: unknown): void {
    const { id } = entry.transfer;
    if (this.#unfinished(id) !== entry) return;
    const code = errorCode(error);
    this.fail(entry, code, this.context.tell({ type: 'file-failed', id, code }));
  }

  /** Ends a transfer here with `code`. `told`: the peer knows. */
  protected fail(entry: Entry, code: ErrorCode, told: Promise<void> = Promise.resolve()): void {
    this.drop(entry, told, code);
    entry.transfer.fail(code);
  }

  /** Tells the peer what it may not know: that the transfer is held here. */
  protected sayHeld({ transfer: { id, byMe } }: Entry): void {
    if (byMe) this.context.say({ type: 'file-pause', id, paused: true });
  }

  /** Shows whether a transfer moves, or what is there of it is checked. */
  protected settle(entry: Entry): void {
    entry.transfer.checks(this.context.now(), this.check(entry));
    entry.transfer.settle(this.context.now(), this.canMove(entry));
    if (this.#isBusy(entry)) this.context.began();
  }

  /** Whether there is a link, and the sender was told to send over it, or is about to be. */
  protected canMove({ run }: Entry): boolean {
    return run !== undefined;
  }

  /** How far the check of what the receiver has is, while nothing else happens. */
  protected check({ run }: Entry): Check | undefined {
    return run?.check;
  }

  /** Stops the bytes of a transfer. It stays known. `told`: the peer knows. */
  protected abstract halt(entry: Entry, told: Promise<void>): void;

  /**
   * Takes a transfer out, before its final state is told: whoever hears that may offer it again at once. `told`: the peer knows.
   * `code`: why it failed, if it did.
   */
  protected abstract drop(entry: Entry, told: Promise<void>, code?: ErrorCode): void;

  /** There is a link for a transfer that was accepted. */
  protected abstract attached(entry: Entry): void;

  /** The other side says what it had said before, as it does when a link is new to it. */
  protected heldAlike(_entry: Entry): void {}

  /** Somebody held a transfer, or let it go on. */
  protected abstract held(entry: Entry): void;

  /** Whether bytes move, or are checked, and there will be more to tell of it. */
  #isBusy(entry: Entry): boolean {
    return entry.transfer.isBusy || (!entry.transfer.isHeld && this.check(entry) !== undefined);
  }

  #held(entry: Entry): void {
    this.#quietMs = 0;
    if (!entry.transfer.isUnderWay) return;
    this.held(entry);
    this.settle(entry);
  }

  #moving(): Entry[] {
    return [...this.entries.values()].filter(({ transfer }) => transfer.isBusy);
  }

  #underWay(): Entry[] {
    return [...this.entries.values()].filter(({ transfer }) => transfer.isUnderWay);
  }

  #unfinished(id: string): Entry | undefined {
    const entry = this.entries.get(id);
    return entry && (entry.transfer.isUnderWay || entry.transfer.state === 'offered') ? entry : undefined;
  }
}
