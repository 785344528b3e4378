import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';

/** Close codes from 4000 on are ours to define; PeerJS treats all of them as a lost connection. */
export const CLOSE_CODES = {
  goingAway: 1001,
  unsupportedData: 1003,
  policy: 1008,
  serverError: 1011,
  replaced: 4001,
} as const;

export interface FacadeOptions {
  readonly id: string;
  /** null where a signed token has proven that the id is the client's own; else the random token of a stock PeerJS client. */
  readonly secret: string | null;
  /** Limit key of the client, see `ClientAddresses`. */
  readonly address: string;
  readonly maxBufferedBytes: number;
  /** It left more than that unread, and was cut off. */
  onUnread(): void;
}

/**
 * What `peer` holds instead of the WebSocket. It emits `message` only with text that passed our checks, and `close` at once when we
 * let go of a client, so that `peer` forgets it even while a dead connection still lingers. Its methods never throw: an error in
 * `send` would make `peer` tell the sender LEAVE, and PeerJS then closes live connections.
 */
export class FacadeSocket extends EventEmitter {
  readonly id: string;
  readonly secret: string | null;
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #maxBufferedBytes: number;
  readonly #onUnread: () => void;
  #open = true;

  constructor(socket: WebSocket, options: FacadeOptions) {
    super();
    this.id = options.id;
    this.secret = options.secret;
    this.address = options.address;
    this.#socket = socket;
    this.#maxBufferedBytes = options.maxBufferedBytes;
    this.#onUnread = options.onUnread;
    socket.on('close', () => this.#detach());
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Sends text, or cuts the client off when it leaves too much unread: what it doesn't read is our memory. */
  send(text: string): void {
    if (!this.#open) return;
    // Closing from the other end: it won't read this, and the sender should know.
    if (this.#socket.readyState !== WebSocket.OPEN) return this.#detach();
    this.#socket.send(text, () => undefined);
    if (this.#socket.bufferedAmount > this.#maxBufferedBytes) this.#cut();
  }

  /** Called by `peer` and by us; the client is told the code, and dropped if it doesn't answer. */
  close(code?: number, reason?: string): void {
    if (!this.#open) return;
    this.#detach();
    this.#socket.close(code, reason);
  }

  /** Drops the connection without a word: the client wouldn't read one. */
  #cut(): void {
    this.#onUnread();
    this.#detach();
    this.#socket.terminate();
  }

  #detach(): void {
    if (!this.#open) return;
    this.#open = false;
    this.emit('close');
  }
}
