import type { FileMessage } from '../protocol/messages.ts';

/** More that can't be said at the moment is no honest transfer's: it is dropped. */
const MAX_UNSAID = 2_000;

interface Unsaid {
  readonly message: FileMessage;
  /** The only link that it is worth something on; null for what has to be said on any. */
  readonly link: object | null;
  readonly told: () => void;
}

/**
 * What is said to the peer, in its order. What could not be sent is said again: on this link whenever `repeat` is called, or on the
 * next one as soon as that is there.
 */
export class News {
  readonly #send: (message: FileMessage) => Promise<void>;
  readonly #onUnsaid: () => void;
  #link: object | null = null;
  #unsaid: Unsaid[] = [];

  /** `send` rejects when the peer doesn't have the message. `onUnsaid`: there is something to repeat. */
  constructor(send: (message: FileMessage) => Promise<void>, onUnsaid: () => void) {
    this.#send = send;
    this.#onUnsaid = onUnsaid;
  }

  /** Whether there is a link, and something to say on it again. */
  get isWaiting(): boolean {
    return this.#link !== null && this.#unsaid.length > 0;
  }

  /** Says what is worth something on this link only. */
  say(message: FileMessage): void {
    if (this.#link) this.#add({ message, link: this.#link, told: () => undefined });
  }

  /** Resolves when the peer has it; never rejects. */
  tell(message: FileMessage): Promise<void> {
    return new Promise((told) => this.#add({ message, link: null, told }));
  }

  /** There is a link, another one perhaps than before; null: there is none. */
  use(link: object | null): void {
    this.#link = link;
    this.#unsaid = this.#unsaid.filter((one) => one.link === null || one.link === link);
    this.repeat();
  }

  /** Says again what could not be sent. */
  repeat(): void {
    if (!this.#link) return;
    for (const unsaid of this.#unsaid.splice(0)) this.#try(unsaid);
  }

  #add(unsaid: Unsaid): void {
    // Not before what waits already: a later word takes an earlier one back.
    if (this.#unsaid.length > 0) this.#wait(unsaid);
    else this.#try(unsaid);
  }

  #try(unsaid: Unsaid): void {
    const link = this.#link;
    this.#send(unsaid.message).then(unsaid.told, () => {
      if (unsaid.link !== null && unsaid.link !== this.#link) return;
      this.#wait(unsaid);
      // There is a new link already.
      if (this.#link !== link) this.repeat();
    });
  }

  #wait(unsaid: Unsaid): void {
    if (this.#unsaid.length < MAX_UNSAID) this.#unsaid.push(unsaid);
    // Nobody waits for what will never be said.
    else unsaid.told();
    if (this.#link) this.#onUnsaid();
  }
}
