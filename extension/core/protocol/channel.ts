import * as v from 'valibot';
import type { Lane } from '../link/link.ts';
import { sameBytes } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import { decodeFrame, EPOCH_BYTES, encodeFrame, type Frame } from './frames.ts';
import { Message } from './messages.ts';

/** Messages that may wait for an acknowledgement: an hour of lively chat, and a bound for a peer that never answers. */
const MAX_PENDING = 2_000;

/** Runs of numbers of a peer that restarted: what still comes of them is history. */
const MAX_PAST_EPOCHS = 8;

export interface ChannelOptions {
  /** Takes in one message, in order, each once. The message is acknowledged when the promise resolves. */
  onMessage(message: Message, lane: Lane): Promise<void> | void;
  /**
   * The peer has said on this lane what it has, so it reads it. True: what is sent goes there from now on. `isNewLife`: the peer was
   * started anew, and no other lane leads to it any more. Without this the newest lane is used.
   */
  onOpen?(lane: Lane, isNewLife: boolean): boolean;
  /** Something arrived that is no message of this version. It was dropped; the channel goes on. */
  onInvalid(): void;
}

interface Pending {
  seq: number;
  frame: Uint8Array;
  resolve(): void;
  reject(error: unknown): void;
}

/** A lane that is read. */
interface Line {
  readonly lane: Lane;
  /** 1, 2, 3, … in the order in which they were attached. */
  readonly number: number;
  /** The number that a peer which was started anew begins with, when it reads on this line first. */
  readonly first: number;
  /** Which life of the peer is at its other end; null until it has said what it has, and before that its numbers mean nothing. */
  epoch: Uint8Array | null;
}

/**
 * Numbers, acknowledges and resends control messages over a row of links. All lanes that are attached are read, one is written to; on
 * a lane both sides first tell what they have, and everything not yet acknowledged goes out again on the one that is taken into use. So
 * within one life of both sides every message arrives once and in order, whenever either side changes lanes; when one side restarts it
 * may see again what it took in without acknowledging, so items carry ids.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #epoch = crypto.getRandomValues(new Uint8Array(EPOCH_BYTES));
  /** What the peer hasn't taken in, and before that what a line has promised to another life of it. */
  readonly #pending: Pending[] = [];
  #nextSeq = 1;
  /** What the peer has taken in of what is pending, in the life that it is in now. */
  #acknowledged = 0;
  #peerEpoch = new Uint8Array(EPOCH_BYTES);
  #pastEpochs: Uint8Array[] = [];
  #received = 0;
  #lines: Line[] = [];
  #lineCount = 0;
  /** The line on which the life that the peer is in was first heard of. */
  #lifeSince = 0;
  /** The line that is written to, once the peer has said on it what it has. */
  #current: Line | null = null;
  #closed = false;
  /** Frames are taken in one after the other, those of all lanes. */
  #taking: Promise<void> = Promise.resolve();

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Starts to read a lane, beside those that are read already. `greeting` goes out on it before anything else. */
  attach(lane: Lane, greeting: Message): void {
    const first = this.#pending.find(({ seq }) => seq > this.#acknowledged)?.seq ?? this.#nextSeq;
    this.#lineCount += 1;
    const line: Line = { lane, number: this.#lineCount, first, epoch: null };
    this.#lines.push(line);
    this.#write({ type: 'notice', body: greeting }, line);
    const open = {
      type: 'open' as const,
      epoch: this.#epoch,
      first,
      peerEpoch: this.#peerEpoch,
      received: this.#received,
    };
    this.#write(open, line);
    void this.#read(line);
  }

  /** Stops using a lane, or all of them; what is pending waits for the next one. */
  detach(lane?: Lane): void {
    this.#lines = lane ? this.#lines.filter((line) => line.lane !== lane) : [];
    this.#forget();
    if (!this.#current || this.#lines.includes(this.#current)) return;
    this.#current = null;
    const other = this.#lines.findLast((line) => this.#isSynced(line));
    if (other) this.#use(other);
  }

  /**
   * Sends one message reliably. Resolves when the peer has taken it in, however many links that needs.
   * @throws AppError `too-many-waiting`, `message-too-large`; `link-lost` when the channel is closed before.
   */
  send(message: Message): Promise<void> {
    if (this.#closed) return Promise.reject(new AppError('link-lost'));
    if (this.#pending.length >= MAX_PENDING) return Promise.reject(new AppError('too-many-waiting'));
    return new Promise((resolve, reject) => {
      const seq = this.#nextSeq;
      const frame = encodeFrame({ type: 'data', seq, body: message });
      this.#nextSeq++;
      this.#pending.push({ seq, frame, resolve, reject });
      if (this.#current) this.#writeBytes(frame, this.#current);
    });
  }

  /** Sends a message that is only worth anything now (typing, presence); dropped without a link. */
  notify(message: Message): void {
    const line = this.#current ?? this.#lines.at(-1);
    if (line) this.#write({ type: 'notice', body: message }, line);
  }

  /** Gives up: every pending `send` rejects. */
  close(): void {
    this.#closed = true;
    this.detach();
    for (const pending of this.#pending.splice(0)) pending.reject(new AppError('link-lost'));
  }

  async #read(line: Line): Promise<void> {
    const reader = line.lane.frames.getReader();
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true as const, value: undefined }));
      if (done) return this.detach(line.lane);
      if (!this.#lines.includes(line)) return;
      // Of a lane that was left meanwhile nothing counts: the next one repeats it.
      // A frame that can't be taken in is a bug, and no reason to take in nothing any more.
      this.#taking = this.#taking
        .then(() => (this.#lines.includes(line) ? this.#take(value, line) : undefined))
        .catch(report);
      await this.#taking;
    }
  }

  async #take(bytes: Uint8Array, line: Line): Promise<void> {
    let frame: Frame;
    try {
      frame = decodeFrame(bytes);
    } catch {
      return this.#options.onInvalid();
    }
    if (frame.type === 'open') return this.#open(frame, line);
    if (frame.type === 'notice') return this.#deliver(frame.body, line);
    // Before the peer has said who it is and what it repeats, a number means nothing.
    if (!this.#isSynced(line)) return;
    if (frame.type === 'ack') return this.#acknowledge(frame.received);
    // Anything but the next number is a repeat after a switch, or nonsense: either way it is not taken in.
    if (frame.seq === this.#received + 1) {
      const epoch = this.#peerEpoch;
      await this.#deliver(frame.body, line);
      if (this.#peerEpoch === epoch) this.#received = frame.seq;
    }
    this.#write({ type: 'ack', received: this.#received }, this.#current ?? line);
  }

  #open(frame: Extract<Frame, { type: 'open' }>, line: Line): void {
    const { epoch } = frame;
    // Once a lane: repeated later it would be older than what came since.
    if (line.epoch || this.#pastEpochs.some((past) => sameBytes(past, epoch))) return;
    const isNewLife = !sameBytes(epoch, this.#peerEpoch);
    // What a life before the one that is known has said, and comes late.
    if (isNewLife && line.number < this.#lifeSince) return;
    line.epoch = new Uint8Array(epoch);
    if (isNewLife) {
      this.#lifeSince = line.number;
      this.#pastEpochs = [...this.#pastEpochs, this.#peerEpoch].slice(-MAX_PAST_EPOCHS);
      this.#peerEpoch = new Uint8Array(epoch);
      this.#received = Math.max(0, frame.first - 1);
      // It begins with what this line has promised, or another one that it read first, whatever the life before it has taken in.
      this.#acknowledged = 0;
    }
    // What came before, another life of this side has taken in: the peer had promised it on a line that is lost.
    this.#received = Math.max(this.#received, frame.first - 1);
    if (sameBytes(frame.peerEpoch, this.#epoch)) this.#acknowledge(frame.received);
    this.#forget();
    const isWanted = this.#options.onOpen?.(line.lane, isNewLife) ?? true;
    if (isWanted && this.#lines.includes(line)) return this.#use(line);
    // Where nothing else is used, what comes on a line that isn't wanted is not taken in, so it must not be acknowledged.
    if (this.#current === null || !this.#isSynced(this.#current)) line.epoch = null;
  }

  /** Writes there from now on, beginning with all that may not have arrived elsewhere: an acknowledgement is lost with its lane, too. */
  #use(line: Line): void {
    this.#current = line;
    if (this.#received > 0) this.#write({ type: 'ack', received: this.#received }, line);
    for (const { seq, frame } of this.#pending) if (seq > this.#acknowledged) this.#writeBytes(frame, line);
  }

  #isSynced(line: Line): boolean {
    return line.epoch !== null && sameBytes(line.epoch, this.#peerEpoch);
  }

  #acknowledge(received: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(received, this.#nextSeq - 1));
    for (const { seq, resolve } of this.#pending) {
      if (seq > received) break;
      resolve();
    }
    this.#forget();
  }

  /** Keeps no more of what was taken in than the peer may ask for on a line that it hasn't answered: by then it may have been started anew. */
  #forget(): void {
    const promised = this.#lines.filter(({ epoch }) => epoch === null).map(({ first }) => first);
    const kept = Math.min(this.#acknowledged + 1, ...promised);
    while (this.#pending[0] && this.#pending[0].seq < kept) this.#pending.shift();
  }

  async #deliver(body: unknown, line: Line): Promise<void> {
    const parsed = v.safeParse(Message, body);
    if (!parsed.success) return this.#options.onInvalid();
    try {
      await this.#options.onMessage(parsed.output, line.lane);
    } catch (error) {
      report(error); // A handler that throws is a bug; the peer must not be able to wedge the channel with it.
    }
  }

  #write(frame: Frame, line: Line): void {
    this.#writeBytes(encodeFrame(frame), line);
  }

  #writeBytes(bytes: Uint8Array, { lane }: Line): void {
    // A failing send means the link closes; the next lane repeats what matters.
    lane.send(bytes).catch(() => {});
  }
}
