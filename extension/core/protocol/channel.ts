import * as v from 'valibot';
import type { Lane } from '../link/link.ts';
import { sameBytes } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import { decodeFrame, EPOCH_BYTES, encodeFrame, type Frame } from './frames.ts';
import { Message } from './messages.ts';

/** Messages that may wait for an acknowledgement: an hour of lively chat, and a bound for a peer that never answers. */
const MAX_PENDING = 2_000;

export interface ChannelOptions {
  /** Takes in one message, in order, each once. The message is acknowledged when the promise resolves. */
  onMessage(message: Message): Promise<void> | void;
  /** Something arrived that is no message of this version. It was dropped; the channel goes on. */
  onInvalid(): void;
}

interface Pending {
  seq: number;
  frame: Uint8Array;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Numbers, acknowledges and resends control messages over a row of links: after `attach` both sides tell what they have, and
 * everything not yet acknowledged goes out again. Within one life of both sides every message arrives once and in order; when one
 * side restarts it may see again what it took in without acknowledging, so items carry ids.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #epoch = crypto.getRandomValues(new Uint8Array(EPOCH_BYTES));
  readonly #pending: Pending[] = [];
  #nextSeq = 1;
  #peerEpoch = new Uint8Array(EPOCH_BYTES);
  #received = 0;
  /** The lane in use; a newer `attach` replaces it and the older reader stops. */
  #lane: Lane | null = null;
  /** Whether the peer has said what it has on this lane; until then nothing numbered is sent. */
  #synced = false;
  #closed = false;
  /** Frames are taken in one after the other, over a change of lanes too. */
  #taking: Promise<void> = Promise.resolve();

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Starts to use a lane. `greeting` goes out before anything else. */
  attach(lane: Lane, greeting: Message): void {
    this.#lane = lane;
    this.#synced = false;
    this.#write({ type: 'notice', body: greeting });
    this.#write({
      type: 'open',
      epoch: this.#epoch,
      first: this.#pending[0]?.seq ?? this.#nextSeq,
      peerEpoch: this.#peerEpoch,
      received: this.#received,
    });
    void this.#read(lane);
  }

  /** Stops using the lane; what is pending waits for the next one. */
  detach(): void {
    this.#lane = null;
    this.#synced = false;
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
      if (this.#synced) this.#writeBytes(frame);
    });
  }

  /** Sends a message that is only worth anything now (typing, presence); dropped without a link. */
  notify(message: Message): void {
    if (this.#lane) this.#write({ type: 'notice', body: message });
  }

  /** Gives up: every pending `send` rejects. */
  close(): void {
    this.#closed = true;
    this.detach();
    for (const pending of this.#pending.splice(0)) pending.reject(new AppError('link-lost'));
  }

  async #read(lane: Lane): Promise<void> {
    const reader = lane.frames.getReader();
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true as const, value: undefined }));
      if (done || this.#lane !== lane) return;
      // Of a lane that was left meanwhile nothing counts: the next one repeats it.
      this.#taking = this.#taking.then(() => (this.#lane === lane ? this.#take(value) : undefined));
      await this.#taking;
    }
  }

  async #take(bytes: Uint8Array): Promise<void> {
    let frame: Frame;
    try {
      frame = decodeFrame(bytes);
    } catch {
      return this.#options.onInvalid();
    }
    if (frame.type === 'open') this.#open(frame);
    else if (frame.type === 'ack') this.#acknowledge(frame.received);
    else if (frame.type === 'notice') await this.#deliver(frame.body);
    else if (this.#synced) {
      // Before the peer has said who it is and what it repeats, a number means nothing.
      // Anything but the next number is a repeat after a switch, or nonsense: either way it is not taken in.
      if (frame.seq === this.#received + 1) {
        await this.#deliver(frame.body);
        this.#received = frame.seq;
      }
      this.#write({ type: 'ack', received: this.#received });
    }
  }

  #open(frame: Extract<Frame, { type: 'open' }>): void {
    if (!sameBytes(frame.epoch, this.#peerEpoch)) {
      this.#peerEpoch = new Uint8Array(frame.epoch);
      this.#received = Math.max(0, frame.first - 1);
    }
    if (sameBytes(frame.peerEpoch, this.#epoch)) this.#acknowledge(frame.received);
    this.#synced = true;
    for (const pending of this.#pending) this.#writeBytes(pending.frame);
  }

  #acknowledge(received: number): void {
    while (this.#pending[0] && this.#pending[0].seq <= received) this.#pending.shift()?.resolve();
  }

  async #deliver(body: unknown): Promise<void> {
    const parsed = v.safeParse(Message, body);
    if (!parsed.success) return this.#options.onInvalid();
    try {
      await this.#options.onMessage(parsed.output);
    } catch (error) {
      report(error); // A handler that throws is a bug; the peer must not be able to wedge the channel with it.
    }
  }

  #write(frame: Frame): void {
    this.#writeBytes(encodeFrame(frame));
  }

  #writeBytes(bytes: Uint8Array): void {
    // A failing send means the link closes; the next attach repeats what matters.
    this.#lane?.send(bytes).catch(() => {});
  }
}
