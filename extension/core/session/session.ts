import type { Lane, Link } from '../link/link.ts';
import { Channel } from '../protocol/channel.ts';
import type { Hello, Message } from '../protocol/messages.ts';
import { type OtherVersion, otherVersion } from '../shared/errors.ts';

export interface SessionOptions {
  /** Whether this side says which of several links is used: the one with the lower id. */
  leads: boolean;
  /** The first words on every link; the session adds the number of the link. */
  greeting(): Hello;
  /** The peer greeted on a new link: from now on messages flow there. `isSwitch`: they flowed before, on another. */
  onConnected(hello: Hello, isSwitch: boolean): void;
  onMessage(message: Exclude<Message, Hello>): Promise<void> | void;
  /** The last link has gone; the session waits for the next one. */
  onDisconnected(): void;
  /** The path or round trip changed. */
  onPath(): void;
  /** Something arrived that is no message; it was dropped. */
  onInvalid(): void;
}

/** A peer that is there greets within a round trip. */
const GREETING_LIMIT_MS = 10_000;
/** The peer is to hear the greeting, too: what was sent in the moment in which a link is closed may never leave. */
const REFUSAL_MS = 500;
/** What the peer has sent on a link before it knew of the next one is still to come. */
const LINGER_MS = 1_500;

/** An open link, in use or about to be, or left a moment ago. */
interface Attached {
  readonly link: Link;
  /** Mine; the peer's greeting may bring one that counts. */
  order: number;
  /** What the peer said first. */
  hello: Hello | null;
  /** The peer has said what it has, in the life that it is in now: messages can flow. */
  isOpen: boolean;
  /** Ends a link on which nobody greets, or that is not used any more. */
  timer: ReturnType<typeof setTimeout>;
  settle(greeted: boolean | OtherVersion): void;
}

/**
 * What lasts between two devices while links come and go. A new link is used once the peer has greeted on it; until then, and a moment
 * longer, the old one goes on.
 */
export class Session {
  readonly channel: Channel;
  readonly #options: SessionOptions;
  readonly #attached = new Map<Lane, Attached>();
  #current: Attached | null = null;
  #lastOrder = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.channel = new Channel({
      onMessage: (message, lane) => this.#receive(message, lane),
      onOpen: (lane, isNewLife) => this.#opened(lane, isNewLife),
      onInvalid: () => options.onInvalid(),
    });
  }

  /** The link in use, once the peer has greeted on it. */
  get link(): Link | null {
    return this.#current?.link ?? null;
  }

  /**
   * Goes over to a new link as soon as the peer greets on it. Resolves then with true; false when it is not used, and then it is closed;
   * with the one who has to be updated when the peer speaks another version.
   */
  attach(link: Link): Promise<boolean | OtherVersion> {
    const lane = link.lane('control');
    const greeted = new Promise<boolean | OtherVersion>((settle) => {
      const timer = setTimeout(() => link.close('timed-out'), GREETING_LIMIT_MS);
      this.#lastOrder += 1;
      this.#attached.set(lane, { link, order: this.#lastOrder, hello: null, isOpen: false, timer, settle });
    });
    this.channel.attach(lane, { ...this.#options.greeting(), order: this.#lastOrder });
    const stop = link.onChange(() => {
      if (this.link === link) this.#options.onPath();
    });
    void link.closed.then(() => {
      stop();
      this.#gone(lane);
    });
    return greeted;
  }

  /** Closes every link; the session waits for the next one. */
  leave(): void {
    const attached = [...this.#attached.values()];
    const wasConnected = this.#current !== null;
    this.#attached.clear();
    this.#current = null;
    this.channel.detach();
    for (const { link, timer, settle } of attached) {
      clearTimeout(timer);
      settle(false);
      link.close('bye');
    }
    if (wasConnected) this.#options.onDisconnected();
  }

  /** Ends the session and its links. Pending messages are given up. */
  close(): void {
    this.leave();
    this.channel.close();
  }

  #gone(lane: Lane): void {
    const attached = this.#attached.get(lane);
    if (!attached) return;
    this.#attached.delete(lane);
    clearTimeout(attached.timer);
    attached.settle(false);
    this.channel.detach(lane);
    if (this.#current !== attached) return;
    this.#current = null;
    // The one that was left a moment ago may still be there.
    const other = [...this.#attached.values()].findLast(({ isOpen }) => isOpen);
    if (other?.hello) this.#use(other, other.hello, true);
    else this.#options.onDisconnected();
  }

  /** The peer has said what it has: the link works both ways. */
  #opened(lane: Lane, isNewLife: boolean): boolean {
    const next = this.#attached.get(lane);
    if (!next?.hello) return false;
    const before = this.#current;
    if (before && !isNewLife && before.order > next.order) {
      next.link.close('replaced');
      return false;
    }
    if (before && isNewLife) {
      // Whoever was there is no more, and what hung on that life ends with it.
      this.#current = null;
      before.link.close('replaced');
      this.#options.onDisconnected();
    }
    if (isNewLife) for (const attached of this.#attached.values()) attached.isOpen = false;
    next.isOpen = true;
    this.#use(next, next.hello, this.#current !== null);
    return true;
  }

  /** Nothing more counts on this link. */
  #refuse(attached: Attached, code: OtherVersion): void {
    clearTimeout(attached.timer);
    attached.timer = setTimeout(() => attached.link.close(code), REFUSAL_MS);
    attached.settle(code);
  }

  #use(next: Attached, hello: Hello, isSwitch: boolean): void {
    const before = this.#current;
    this.#current = next;
    clearTimeout(next.timer);
    if (before && before !== next) before.timer = setTimeout(() => before.link.close('replaced'), LINGER_MS);
    next.settle(true);
    this.#options.onConnected(hello, isSwitch);
  }

  async #receive(message: Message, lane: Lane): Promise<void> {
    if (message.type !== 'hello') {
      // Nothing counts before the greeting: it tells the version that the rest is read by.
      if (this.#current) await this.#options.onMessage(message);
      return;
    }
    const attached = this.#attached.get(lane);
    if (!attached || attached.hello) return;
    const { version } = this.#options.greeting();
    if (message.version !== version) return this.#refuse(attached, otherVersion(message.version, version));
    attached.hello = message;
    if (!this.#options.leads) attached.order = message.order ?? attached.order;
  }
}
