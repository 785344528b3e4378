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

/** "Please show me something", both ways: at most one of each a peer. Void with the link, since it is a question for now. */
export class ShareAsks {
  readonly #options: ShareAsksOptions;

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
    this.#send(peerId, { type: 'share-ask', id });
  }

  /** Takes mine back, or says "Not now" to the peer's. */
  end(id: string): void {
    const ask = this.#options.store.now.asks.find((entry) => entry.id === id);
    if (!ask) return;
    this.#remove((entry) => entry === ask);
    this.#send(ask.peerId, { type: 'share-ask-end', id });
  }

  /** What I asked of this peer was answered with a share (`mine`), or what it asked of me. */
  answered(peerId: string, mine: boolean): void {
    this.#remove((ask) => ask.peerId === peerId && ask.mine === mine);
  }

  /** The link to this peer has gone, and with it what was asked over it. */
  disconnected(peerId: string): void {
    this.#remove((ask) => ask.peerId === peerId);
  }

  receive(peerId: string, message: Extract<ShareMessage, { type: 'share-ask' | 'share-ask-end' }>): void {
    const { store, onAsked } = this.#options;
    if (message.type === 'share-ask') {
      const isRenewed = store.now.asks.some((ask) => !ask.mine && ask.peerId === peerId);
      this.#remove((ask) => !ask.mine && ask.peerId === peerId);
      this.#add({ id: message.id, peerId, mine: false, at: Date.now() });
      if (!isRenewed) onAsked(peerId);
      return;
    }
    const ask = store.now.asks.find((entry) => entry.id === message.id && entry.peerId === peerId);
    if (!ask) return;
    this.#remove((entry) => entry === ask);
    if (ask.mine) store.notice('ask-declined', { peerId });
  }

  #add(ask: ShareAsked): void {
    const { store } = this.#options;
    store.change({ asks: [...store.now.asks, ask] });
  }

  #remove(isOver: (ask: ShareAsked) => boolean): void {
    const { store } = this.#options;
    const asks = store.now.asks.filter((ask) => !isOver(ask));
    if (asks.length < store.now.asks.length) store.change({ asks });
  }

  #send(peerId: string, message: ShareMessage): void {
    // Not repeated on the next link: the question is void by then.
    this.#options.session(peerId)?.channel.notify(message);
  }
}
