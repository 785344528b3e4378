import type { Link } from '../link/link.ts';
import { Channel } from '../protocol/channel.ts';
import type { Hello } from '../protocol/messages.ts';
import { type Message, PROTOCOL_VERSION } from '../protocol/messages.ts';

export interface SessionOptions {
  /** The first words on every link. */
  greeting(): Hello;
  /** The peer greeted on a new link: from now on messages flow. */
  onConnected(hello: Hello): void;
  onMessage(message: Exclude<Message, Hello>): Promise<void> | void;
  /** The link has gone; the session waits for the next one. */
  onDisconnected(): void;
  /** The path or round trip changed. */
  onPath(): void;
  /** Something arrived that is no message; it was dropped. */
  onInvalid(): void;
  /** The peer speaks another version of the protocol; the link was closed. */
  onOtherVersion(): void;
}

/** What lasts between two devices while links come and go. */
export class Session {
  readonly channel: Channel;
  readonly #options: SessionOptions;
  #link: Link | null = null;
  #connected = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.channel = new Channel({
      onMessage: (message) => this.#receive(message),
      onInvalid: () => options.onInvalid(),
    });
  }

  /** The link in use, once the peer has greeted on it. */
  get link(): Link | null {
    return this.#connected ? this.#link : null;
  }

  /** Goes on over a new link; an older one is forgotten. */
  attach(link: Link): void {
    this.#leave();
    this.#link = link;
    this.channel.attach(link.lane('control'), this.#options.greeting());
    const stop = link.onChange(() => {
      if (this.link === link) this.#options.onPath();
    });
    void link.closed.then(() => {
      stop();
      if (this.#link === link) this.#leave();
    });
  }

  /** Ends the session and its link. Pending messages are given up. */
  close(): void {
    const link = this.#link;
    this.#leave();
    this.channel.close();
    link?.close('bye');
  }

  #leave(): void {
    const wasConnected = this.#connected;
    this.#connected = false;
    this.#link = null;
    this.channel.detach();
    if (wasConnected) this.#options.onDisconnected();
  }

  async #receive(message: Message): Promise<void> {
    if (message.type !== 'hello') {
      // Nothing counts before the greeting: it tells the version that the rest is read by.
      if (this.#connected) await this.#options.onMessage(message);
      return;
    }
    const link = this.#link;
    if (!link || this.#connected) return;
    if (message.version !== PROTOCOL_VERSION) {
      this.#options.onOtherVersion();
      link.close('version-mismatch');
      return;
    }
    this.#connected = true;
    this.#options.onConnected(message);
  }
}
