import type { ErrorCode } from '../shared/errors.ts';
import { RateMeter } from './rate-meter.ts';
import { detailsOf, type TransferDetails } from './source.ts';
import type { Check } from './store.ts';

/**
 * Where one transfer stands. Who moves it:
 *
 * | from        | to          | moved by                                                                                    |
 * |-------------|-------------|---------------------------------------------------------------------------------------------|
 * | –           | offered     | sender: `offer`; receiver: the offer arrives                                                |
 * | offered     | moving      | receiver: `answer(true)`; sender: that answer arrives                                       |
 * | offered     | declined    | receiver: `answer(false)` or `cancel`; sender: that answer arrives                          |
 * | moving      | interrupted | either side: `detach`, nothing fails                                                        |
 * | –           | interrupted | receiver: `restore`, what an earlier run had accepted                                       |
 * | moving      | checking    | either side: what the receiver has is hashed, and for a second nothing else has happened    |
 * | interrupted | checking    | receiver: so is what it finds after a restart, with a link or without                       |
 * | checking    | moving      | all is hashed, or there is more to send (interrupted, while there is no link)               |
 * | checking    | …           | paused, received and done as from moving                                                    |
 * | interrupted | moving      | receiver: a link is there, it says `file-accept` again; sender: that arrives                |
 * | moving      | paused      | either side: `pause`; the other is told. Interrupted and held is paused too                 |
 * | paused      | moving      | whoever held it lets go (interrupted, while there is no link)                               |
 * | moving      | received    | receiver only: every block and the tree are right; the sender is told `file-done`           |
 * | moving      | done        | sender only: `file-done` arrives                                                            |
 * | any of them | cancelled   | either side: `cancel`; the other is told                                                    |
 * | any of them | failed      | whoever finds the fault (source, disk, bytes, 15 s of silence) tells the other              |
 *
 * `done`, `declined`, `cancelled` and `failed` are final; an offer with the same id starts over. What has arrived of a transfer that
 * failed with `storage-full`, `file-stalled` or `file-interrupted` is kept, and the new one goes on from there. `received` ends with
 * `release`.
 */
export type TransferState =
  | { state: 'offered' }
  /** `bytes` counts what the receiver has of the files. */
  | { state: 'moving'; bytes: number; bytesPerSecond: number; secondsLeft: number | null }
  | { state: 'paused'; bytes: number; byMe: boolean; byPeer: boolean }
  | { state: 'interrupted'; bytes: number; needsSource: false }
  /** `bytes` are hashed, of `sizeBytes`. */
  | { state: 'checking'; bytes: number; sizeBytes: number }
  /** Receiver: `FileExchangeOptions.onReceived` follows. */
  | { state: 'received' }
  /** Sender. */
  | ({ state: 'done'; savedAt: number; downloadId: null; place: '' } & Outcome)
  | { state: 'declined'; byMe: boolean }
  | { state: 'cancelled'; byMe: boolean }
  | { state: 'failed'; code: ErrorCode; bytes: number };

const UNDER_WAY: ReadonlySet<TransferState['state']> = new Set<TransferState['state']>([
  'moving',
  'paused',
  'interrupted',
  'checking',
]);
/** A check that is over sooner is not worth a word. */
const CHECK_SHOWN_MS = 1_000;

/** How a transfer went. Times are ms since 1970 on this computer's clock. */
export interface Outcome {
  readonly startedAt: number;
  readonly verifiedAt: number;
  /** Receiver: arrived for nothing. Sender: sent again. */
  readonly repeatedBytes: number;
  readonly badBlocks: number;
}

/** `name` is safe to show and to save. */
export interface TransferProgress extends TransferDetails {
  readonly id: string;
  readonly direction: 'out' | 'in';
  readonly state: TransferState;
}

/** The state of one transfer and its telling; the bytes are moved elsewhere. */
export class Transfer {
  readonly id: string;
  readonly details: TransferDetails;
  /** Length of the whole run: the list of files and the files. */
  readonly runBytes: number;
  repeatedBytes = 0;
  badBlocks = 0;
  byMe = false;
  byPeer = false;
  readonly #direction: 'out' | 'in';
  readonly #onChange: (progress: TransferProgress) => void;
  #state: TransferState = { state: 'offered' };
  #rate: RateMeter | undefined;
  #startedAt: number | undefined;
  #check: { readonly sinceMs: number; readonly shown: Check | undefined } | undefined;
  #bytes = 0;
  #isRestored = false;

  constructor(
    id: string,
    details: TransferDetails,
    direction: 'out' | 'in',
    onChange: (progress: TransferProgress) => void,
  ) {
    this.id = id;
    this.details = detailsOf(details);
    this.runBytes = details.manifestBytes + details.sizeBytes;
    this.#direction = direction;
    this.#onChange = onChange;
  }

  get state(): TransferState['state'] {
    return this.#state.state;
  }

  /** Whether an earlier run of the program had accepted it. */
  get isRestored(): boolean {
    return this.#isRestored;
  }

  get isHeld(): boolean {
    return this.byMe || this.byPeer;
  }

  /** Accepted, and not over. */
  get isUnderWay(): boolean {
    return UNDER_WAY.has(this.state);
  }

  /** Whether bytes move, or are checked. */
  get isBusy(): boolean {
    return this.state === 'moving' || this.state === 'checking';
  }

  /** Moves to a state and tells it at once. */
  become(state: TransferState): void {
    this.#state = state;
    this.#onChange({ id: this.id, direction: this.#direction, ...this.details, state });
  }

  /** An earlier run had accepted it; whoever listens knows that. */
  restored(): void {
    this.#isRestored = true;
    this.#state = { state: 'interrupted', bytes: 0, needsSource: false };
  }

  /** What is there is being checked, or not any more. Shown by `settle`, when it takes longer. */
  checks(nowMs: number, check: Check | undefined): void {
    const sinceMs = this.#check?.sinceMs ?? nowMs;
    const isLong = nowMs - sinceMs >= CHECK_SHOWN_MS;
    this.#check = check && { sinceMs, shown: isLong ? check : undefined };
  }

  /** Moves between the states of what is under way. `canMove`: there is a link, and the sender was told to send over it. */
  settle(nowMs: number, canMove: boolean): void {
    const bytes = this.#fileBytes();
    if (this.isHeld) this.#pause(bytes);
    else if (this.#check?.shown) this.#showCheck(this.#check.shown);
    else if (canMove) this.#move(nowMs, bytes);
    else if (this.#state.state !== 'interrupted' || this.#state.bytes !== bytes)
      this.become({ state: 'interrupted', bytes, needsSource: false });
  }

  /** Counts what the receiver has of the run; told by the next `report`. */
  count(runBytes: number): void {
    this.#bytes = runBytes;
  }

  /** Tells how far the bytes are, when that has changed. */
  report(nowMs: number): void {
    if (this.#state.state !== 'moving' || !this.#rate) return;
    const bytes = this.#fileBytes();
    const bytesPerSecond = this.#rate.measure(nowMs, this.#bytes);
    const leftBytes = this.runBytes - this.#bytes;
    const secondsLeft = bytesPerSecond > 0 ? Math.ceil(leftBytes / bytesPerSecond) : null;
    if (bytes === this.#state.bytes && bytesPerSecond === this.#state.bytesPerSecond) return;
    this.become({ state: 'moving', bytes, bytesPerSecond, secondsLeft });
  }

  /** `startedAt` is that of this run of the program, when the transfer itself is older. */
  outcome(nowMs: number): Outcome {
    const { repeatedBytes, badBlocks } = this;
    return { startedAt: this.#startedAt ?? nowMs, verifiedAt: nowMs, repeatedBytes, badBlocks };
  }

  fail(code: ErrorCode): void {
    this.become({ state: 'failed', code, bytes: this.#fileBytes() });
  }

  #pause(bytes: number): void {
    const { byMe, byPeer } = this;
    const before = this.#state;
    const isSame =
      before.state === 'paused' && before.bytes === bytes && before.byMe === byMe && before.byPeer === byPeer;
    if (!isSame) this.become({ state: 'paused', bytes, byMe, byPeer });
  }

  /** The list, and the rest of the last block, are no bytes of files. */
  #showCheck({ checkedBytes, ofBytes }: Check): void {
    const sizeBytes = Math.min(ofBytes, this.details.sizeBytes);
    const bytes = Math.min(checkedBytes, sizeBytes);
    const before = this.#state;
    const isNews = before.state !== 'checking' || before.bytes !== bytes || before.sizeBytes !== sizeBytes;
    if (isNews) this.become({ state: 'checking', bytes, sizeBytes });
  }

  #move(nowMs: number, bytes: number): void {
    if (this.state === 'moving') return;
    this.#startedAt ??= nowMs;
    this.#rate = new RateMeter(nowMs, this.#bytes);
    this.become({ state: 'moving', bytes, bytesPerSecond: 0, secondsLeft: null });
  }

  /** The list comes first. */
  #fileBytes(): number {
    return Math.max(0, this.#bytes - this.details.manifestBytes);
  }
}
