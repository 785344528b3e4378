import * as v from 'valibot';
import { within } from '../shared/abort.ts';
import { Emitter } from '../shared/emitter.ts';
import { AppError, type ErrorCode, errorCode } from '../shared/errors.ts';
import type { BulkLaneName, CloseReason, LaneName } from './link.ts';
import {
  decodeRelayFrame,
  encodeRelayFrame,
  RELAY_LANES,
  type RelayFrame,
  type RelayLaneName,
} from './relay-frames.ts';
import { RelayLane } from './relay-lane.ts';
import type { Carrier } from './secure-link.ts';
import { PING_INTERVAL_MS, SignsOfLife } from './signs-of-life.ts';

/** The server gives up waiting for the other side after 30 s and says so. */
const JOIN_LIMIT_MS = 35_000;
/** More can't be waiting for the network, but for a peer that asks and doesn't listen: it gets no more answers. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
/** Close code of the server: no more bytes for this room, or from this address. */
const BYTE_QUOTA = 4413;

const reasonOf = ({ code }: CloseEvent): ErrorCode => (code === BYTE_QUOTA ? 'relay-full' : 'link-lost');

/** What the server says once, when both sides are there. */
const Joined = v.pipe(v.string(), v.maxLength(256), v.parseJson(), v.object({ type: v.literal('joined') }));

/**
 * Opens one side of a room. Resolves when both sides are there, which the server says; from then on it only passes on what the two say
 * to each other. Nothing is secret from it and nothing safe: the caller wraps the link with `openSecureLink`.
 * @param url of the relay, with the ticket.
 * @throws AppError `link-lost` when the server refuses or the room ends, `relay-full`, `timed-out`; the signal's reason.
 */
export async function openRelayLink(url: string, signal?: AbortSignal): Promise<RelayLink> {
  signal?.throwIfAborted();
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  const opening = new Promise<RelayLink>((resolve, reject) => {
    const onFirst = ({ data }: MessageEvent<unknown>) => {
      // Made before the next message: that can be a frame already.
      if (v.is(Joined, data)) resolve(new RelayLink(socket));
      else reject(new AppError('message-invalid'));
    };
    socket.addEventListener('message', onFirst, { once: true });
    socket.addEventListener('close', (event) => reject(new AppError(reasonOf(event))), { once: true });
  });
  try {
    return await within(opening, JOIN_LIMIT_MS, 'timed-out', signal);
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** What a link needs of a `WebSocket` that is open and has joined its room. */
export type JoinedSocket = Pick<
  WebSocket,
  'addEventListener' | 'bufferedAmount' | 'close' | 'OPEN' | 'readyState' | 'send'
>;

/**
 * A link through a relay: one WebSocket, on which two lanes take turns. TCP delivers in order, so what has been sent on one lane delays
 * the other; that is why a lane sends no more than its window, and control before bulk.
 */
export class RelayLink implements Carrier {
  readonly path = 'relay';
  readonly bulkLanes: readonly BulkLaneName[] = ['bulk'];
  readonly closed: Promise<CloseReason>;
  readonly #socket: JoinedSocket;
  readonly #lanes: Readonly<Record<RelayLaneName, RelayLane>>;
  readonly #changed = new Emitter<[]>();
  readonly onChange = this.#changed.on;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #settle: (reason: CloseReason) => void = () => {};
  #done = false;
  readonly #life = new SignsOfLife();
  #ping = { n: 0, sentAt: 0 };
  #isResting = false;

  /** `binaryType` of the socket is `arraybuffer`. */
  constructor(socket: JoinedSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const shared = {
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
      write: (message: Uint8Array<ArrayBuffer>) => this.#write(message),
    };
    this.#lanes = { control: new RelayLane('control', shared), bulk: new RelayLane('bulk', shared) };
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#receive(data));
    socket.addEventListener('close', (event: CloseEvent) => this.#end(reasonOf(event)));
    this.#heartbeat = setInterval(() => this.#beat(), PING_INTERVAL_MS);
    this.#beat();
  }

  get rttMs(): number | null {
    return this.#life.roundTrips.newestMs;
  }

  get isSuspect(): boolean {
    return !this.#isResting && this.#life.isSuspect;
  }

  probe(): void {
    this.#life.asked();
    this.#beat();
  }

  /** Answers heartbeats from now on, and has none. */
  rest(): void {
    this.#isResting = true;
    clearInterval(this.#heartbeat);
  }

  lane(name: LaneName): RelayLane {
    if (name !== 'control' && name !== 'bulk') throw new Error(`A relay link has no lane ${name}.`);
    return this.#lanes[name];
  }

  close(reason: CloseReason): void {
    if (!this.#done && reason === 'bye') this.#write(encodeRelayFrame({ type: 'bye' }));
    this.#end(reason);
  }

  #end(reason: CloseReason): void {
    if (this.#done) return;
    this.#done = true;
    clearInterval(this.#heartbeat);
    for (const name of RELAY_LANES) this.#lanes[name].end();
    // What is buffered still goes out.
    this.#socket.close();
    this.#settle(reason);
  }

  #write(message: Uint8Array<ArrayBuffer>): void {
    // A socket that is closing says so with an event of its own.
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(message);
  }

  #beat(): void {
    if (this.#life.isLost) return this.#end('link-lost');
    this.#ping = { n: this.#ping.n + 1, sentAt: performance.now() };
    this.#write(encodeRelayFrame({ type: 'ping', n: this.#ping.n }));
  }

  #receive(data: unknown): void {
    if (this.#done) return;
    this.#life.heard();
    try {
      if (!(data instanceof ArrayBuffer)) throw new AppError('message-invalid');
      this.#take(decodeRelayFrame(new Uint8Array(data)));
      // Whatever comes, the socket may have become emptier meanwhile.
      for (const name of RELAY_LANES) this.#lanes[name].flush();
    } catch (error) {
      this.#end(errorCode(error));
    }
  }

  #take(frame: RelayFrame): void {
    switch (frame.type) {
      case 'data':
        return this.#lanes[frame.lane].arrived(frame.body);
      case 'credit':
        return this.#lanes[frame.lane].credited(frame.more);
      case 'ping':
        if (this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES)
          this.#write(encodeRelayFrame({ type: 'pong', n: frame.n }));
        return;
      case 'pong':
        if (frame.n !== this.#ping.n) return;
        this.#life.roundTrips.measured(Math.round(performance.now() - this.#ping.sentAt));
        this.#changed.emit();
        return;
      case 'bye':
        return this.#end('bye');
    }
  }
}
