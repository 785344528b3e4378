import type { ErrorCode } from '../shared/errors.ts';
import { RateMeter } from './rate-meter.ts';

/**
 * Where one file stands. Who moves it:
 *
 * | from    | to        | moved by                                                                                     |
 * |---------|-----------|----------------------------------------------------------------------------------------------|
 * | –       | offered   | sender: `offer`; receiver: the offer arrives                                                 |
 * | offered | moving    | receiver: `answer(true)`, space is then looked for; sender: that answer arrives              |
 * | offered | declined  | receiver: `answer(false)` or `cancel`; sender: that answer arrives                           |
 * | offered | cancelled | sender: `cancel`; receiver: told so                                                          |
 * | moving  | cancelled | either side: `cancel`; the other is told                                                     |
 * | moving  | failed    | whoever finds the fault (source, disk, bytes, 15 s of silence) tells the other; or `detach`  |
 * | moving  | saving    | receiver only: size and tree are right; the sender is told `file-done`                       |
 * | moving  | done      | sender only: `file-done` arrives                                                             |
 * | saving  | done      | receiver: `onReceived` resolved; the partial is removed                                      |
 * | saving  | failed    | receiver: `onReceived` rejected; the partial is removed, the sender keeps its `done`         |
 *
 * A lost link fails what is `moving`, except that a receiver that has not had a byte yet goes on waiting: its acceptance may still
 * be on its way. It touches nothing else. `done`, `declined`, `cancelled` and `failed` are final: the engine
 * forgets the file, and a new offer with the same id starts over.
 */
export type TransferState =
  | { state: 'offered' }
  /** `bytes` counts what the receiver has acknowledged. */
  | { state: 'moving'; bytes: number; bytesPerSecond: number; secondsLeft: number | null }
  | { state: 'saving' }
  | { state: 'done'; startedAt: number; verifiedAt: number; savedAt: number; downloadId: number | null }
  | { state: 'declined'; byMe: boolean }
  | { state: 'cancelled'; byMe: boolean }
  | { state: 'failed'; code: ErrorCode; bytes: number };

/** What a file is called and how large it is; `name` is safe to show and to save. */
export interface FileDetails {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly mime: string;
}

export interface TransferProgress extends FileDetails {
  readonly direction: 'out' | 'in';
  readonly state: TransferState;
}

/** The state of one file and its telling; the bytes are moved elsewhere. */
export class Transfer {
  readonly #details: FileDetails;
  readonly #direction: 'out' | 'in';
  readonly #onChange: (progress: TransferProgress) => void;
  #rate: RateMeter | undefined;
  #startedAt = 0;
  #bytes = 0;
  #state: TransferState = { state: 'offered' };

  constructor(details: FileDetails, direction: 'out' | 'in', onChange: (progress: TransferProgress) => void) {
    const { id, name, sizeBytes, mime } = details;
    this.#details = { id, name, sizeBytes, mime };
    this.#direction = direction;
    this.#onChange = onChange;
  }

  get state(): TransferState['state'] {
    return this.#state.state;
  }

  /** Moves to a state and tells it at once. */
  become(state: TransferState): void {
    this.#state = state;
    this.#onChange({ ...this.#details, direction: this.#direction, state });
  }

  begin(nowMs: number): void {
    this.#startedAt = nowMs;
    this.#rate = new RateMeter(nowMs);
    this.become({ state: 'moving', bytes: 0, bytesPerSecond: 0, secondsLeft: null });
  }

  /** Counts acknowledged bytes; they are told by the next `report`. */
  count(bytes: number): void {
    this.#bytes = bytes;
  }

  /** Tells how far the bytes are, when that has changed. */
  report(nowMs: number): void {
    if (this.#state.state !== 'moving' || !this.#rate) return;
    const bytesPerSecond = this.#rate.measure(nowMs, this.#bytes);
    const leftBytes = this.#details.sizeBytes - this.#bytes;
    const secondsLeft = bytesPerSecond > 0 ? Math.ceil(leftBytes / bytesPerSecond) : null;
    if (this.#bytes === this.#state.bytes && bytesPerSecond === this.#state.bytesPerSecond) return;
    this.become({ state: 'moving', bytes: this.#bytes, bytesPerSecond, secondsLeft });
  }

  finish(verifiedAt: number, savedAt: number, downloadId: number | null): void {
    this.become({ state: 'done', startedAt: this.#startedAt, verifiedAt, savedAt, downloadId });
  }

  fail(code: ErrorCode): void {
    this.become({ state: 'failed', code, bytes: this.#bytes });
  }
}
