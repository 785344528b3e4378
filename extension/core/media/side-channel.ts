import * as v from 'valibot';
import { MAX_SIDE_LENGTH } from '../protocol/side-messages.ts';

export interface SideChannelOptions<In> {
  readonly connection: RTCPeerConnection;
  /** What the other side may say; anything else is ignored. */
  readonly schema: v.GenericSchema<unknown, In>;
  onOpen(): void;
  onMessage(message: In): void;
  onBytes?(bytes: ArrayBuffer): void;
}

/** Agreed beforehand, so that neither side has to announce it. */
const CHANNEL_ID = 0;
/** Bytes that may wait to be sent: little enough that a word said after them is not late. */
const MAX_QUEUED_BYTES = 64 * 1024;
/** With more than this waiting, what is said now would be old when it arrives, and is not said at all. */
const MAX_QUEUED_WORDS_BYTES = 256 * 1024;

/**
 * The data channel beside picture and sound of one connection. To be made before the first offer on the side that makes it, and
 * while that offer is being taken on the other: made earlier there, it would be an offer of its own.
 */
export class SideChannel<In, Out> {
  readonly #channel: RTCDataChannel;

  constructor(options: SideChannelOptions<In>) {
    this.#channel = options.connection.createDataChannel('side', { negotiated: true, id: CHANNEL_ID, ordered: true });
    this.#channel.binaryType = 'arraybuffer';
    this.#channel.bufferedAmountLowThreshold = MAX_QUEUED_BYTES / 2;
    this.#channel.addEventListener('open', () => options.onOpen());
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) return options.onBytes?.(data);
      const message = parse(options.schema, data);
      if (message !== null) options.onMessage(message);
    });
  }

  /** @returns whether it is on its way: not before the channel is open, and not when too much waits already. */
  say(message: Out): boolean {
    const channel = this.#channel;
    if (channel.readyState !== 'open' || channel.bufferedAmount > MAX_QUEUED_WORDS_BYTES) return false;
    channel.send(JSON.stringify(message));
    return true;
  }

  /** Sends bytes once there is room for them. @throws the signal's reason when aborted, or a DOMException when the channel has closed. */
  async sendBytes(bytes: ArrayBuffer, signal: AbortSignal): Promise<void> {
    const channel = this.#channel;
    while (channel.bufferedAmount > MAX_QUEUED_BYTES) await nextRoom(channel, signal);
    signal.throwIfAborted();
    channel.send(bytes);
  }
}

function nextRoom(channel: RTCDataChannel, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const until = { signal: done.signal };
    const settle = (how: () => void) => () => {
      done.abort();
      how();
    };
    channel.addEventListener('bufferedamountlow', settle(resolve), until);
    channel.addEventListener(
      'close',
      settle(() => reject(new DOMException('The channel has closed.', 'InvalidStateError'))),
      until,
    );
    signal.addEventListener(
      'abort',
      settle(() => reject(signal.reason)),
      until,
    );
    if (signal.aborted) settle(() => reject(signal.reason))();
  });
}

/** Null for everything that is not one of its messages. */
function parse<In>(schema: v.GenericSchema<unknown, In>, data: unknown): In | null {
  if (typeof data !== 'string' || data.length > MAX_SIDE_LENGTH) return null;
  try {
    const parsed = v.safeParse(schema, JSON.parse(data));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
