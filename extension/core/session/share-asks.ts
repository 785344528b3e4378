import type { ShareMessage } from '../protocol/messages.ts';
import { AppError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Session } from './session.ts';
import type { ShareAsked } from './state.ts';
import type { Store } from './store.ts';

export interface ShareAsksOptions {
  store: Store;
  session(peerId: string): Session | null;
  /** A peer asks to be shown something. */
  onAsked(peerId: string): void;
}

/** "Please show me something", both ways: at most one of each a peer. Void when there is no link any more, since it is a question for now. */
export class ShareAsks {
  readonly #options: ShareAsksOptions;
  /** Of each peer the last question that is over: one said again may come later than its end. */
  readonly #over = new Map<string, string>();

  constructor(options: ShareAsksOptions) {
    this.#options = options;
  }

  /** Asks this peer to show something; once, however often it is called. @throws AppError `peer-offline` */
  ask(peerId: string): void {
    if (!this.#options.session(peerId)) throw new AppError('peer-offline');
    const { asks, incomingShares } = this.#options.store.now;
    const isShown = incomingShares.some((share) => share.peerId === peerId);
    if (isShown || asks.some((ask) => ask.mine && ask.peerId === peerId)) return;
    const id = newId();
    this.#add({ id, peerId, mine: true, at: Date.now() });
    this.#tell(peerId, { type: 'share-ask', id });
  }

  /** Takes mine back, or says "Not now" to the peer's. */
  end(id: string): void {
    const ask = this.#options.store.now.asks.find((entry) => entry.id === id);
    if (!ask) return;
    this.#end(ask);
    // Repeated until it has arrived: whoever asked waits for it, and of a question that is void it changes nothing.
    this.#options
      .session(ask.peerId)
      ?.channel.send({ type: 'share-ask-end', id })
      .catch(() => {});
  }

  /** What I asked of this peer was answered with a share (`mine`), or what it asked of me. */
  answered(peerId: string, mine: boolean): void {
    for (const ask of this.#options.store.now.asks) if (ask.peerId === peerId && ask.mine === mine) this.#end(ask);
  }

  /** The session goes on over another link. What I still ask was asked over the one before, and may have been lost with it. */
  switched(peerId: string): void {
    const asks = this.#options.store.now.asks.filter((ask) => ask.mine && ask.peerId === peerId);
    // The channel goes over to the new link right after this.
    queueMicrotask(() => {
      for (const { id } of asks) this.#tell(peerId, { type: 'share-ask', id });
    });
  }

  /** The link to this peer has gone, and with it what was asked over it. */
  disconnected(peerId: string): void {
    this.#remove((ask) => ask.peerId === peerId);
  }

  receive(peerId: string, message: Extract<ShareMessage, { type: 'share-ask' | 'share-ask-end' }>): void {
    const { store, onAsked } = this.#options;
    const known = store.now.asks.find((entry) => entry.id === message.id && entry.peerId === peerId);
    if (message.type === 'share-ask') {
      if (known || this.#over.get(peerId) === message.id) return;
      const isRenewed = store.now.asks.some((ask) => !ask.mine && ask.peerId === peerId);
      this.#remove((ask) => !ask.mine && ask.peerId === peerId);
      this.#add({ id: message.id, peerId, mine: false, at: Date.now() });
      if (!isRenewed) onAsked(peerId);
      return;
    }
    if (!known) return;
    this.#end(known);
    if (known.mine) store.notice('ask-declined', { peerId });
  }

  #add(ask: ShareAsked): void {
    const { store } = this.#options;
    store.change({ asks: [...store.now.asks, ask] });
  }

  #end(ask: ShareAsked): void {
    if (!ask.mine) this.#over.set(ask.peerId, ask.id);
    this.#remove((entry) => entry === ask);
  }

  #remove(isOver: (ask: ShareAsked) => boolean): void {
    const { store } = this.#options;
    const asks = store.now.asks.filter((ask) => !isOver(ask));
    if (asks.length < store.now.asks.length) store.change({ asks });
  }

  #tell(peerId: string, message: ShareMessage): void {
    // Not kept for when there is a link again: the question is void by then.
    this.#options.session(peerId)?.channel.notify(message);
  }
}
