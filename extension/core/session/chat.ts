import type { Message } from '../protocol/messages.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { MAX_TITLE_LENGTH } from '../shared/limits.ts';
import type { Database } from './database.ts';
import type { Session } from './session.ts';
import type { ItemOf } from './state.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

type Text = ItemOf<'chat'> | ItemOf<'link'>;
type TextMessage = Extract<Message, { type: 'chat' | 'link' | 'read' | 'typing' }>;

/** How long "is typing" stays after the last sign of it. */
const TYPING_MS = 5_000;

export interface ChatOptions {
  store: Store;
  timeline: Timeline;
  database: Database;
  /** The session with a peer while it is connected. */
  connected(peerId: string): Session | null;
  /** A text or link has come in and was kept. */
  onArrived(item: Text): void;
}

/** Chat lines and links: kept first, then sent, in order, and waiting in the timeline while the peer is away. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #typing = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: ChatOptions) {
    this.#options = options;
  }

  async sendText(peerId: string, text: string): Promise<void> {
    await this.#send({ kind: 'chat', id: newId(), peerId, mine: true, at: Date.now(), text, mark: 'waiting' });
  }

  async sendLink(peerId: string, url: string, title: string): Promise<void> {
    const shown = title.slice(0, MAX_TITLE_LENGTH);
    await this.#send({
      kind: 'link',
      id: newId(),
      peerId,
      mine: true,
      at: Date.now(),
      url,
      title: shown,
      mark: 'waiting',
    });
  }

  /** Takes back what has not gone out yet. */
  async cancel(peerId: string, id: string): Promise<void> {
    const item = this.#options.store.item(peerId, id);
    if (item && item.kind !== 'file' && item.kind !== 'share' && item.mine && item.mark === 'waiting') {
      await this.#options.timeline.remove(peerId, id);
    }
  }

  /** The peer is there: what waited goes out, oldest first. */
  flush(peerId: string): void {
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) {
      if ((item.kind === 'chat' || item.kind === 'link') && item.mine && item.mark === 'waiting') this.#dispatch(item);
    }
  }

  sendTyping(peerId: string): void {
    this.#options.connected(peerId)?.channel.notify({ type: 'typing' });
  }

  /** All that the peer sent was on screen here. */
  async markRead(peerId: string): Promise<void> {
    const { store, database } = this.#options;
    const peer = store.peer(peerId);
    const newest = peer?.timeline.findLast((item) => !item.mine);
    if (!peer || peer.unread === 0 || !newest) return;
    store.changePeer(peerId, { unread: 0 });
    const stored = (await database.peers()).find((entry) => entry.id === peerId);
    if (stored) await database.savePeer({ ...stored, readAt: newest.at });
    const shown = peer.timeline.findLast((item) => !item.mine && (item.kind === 'chat' || item.kind === 'link'));
    // Without a link it goes out with the next one; it is not worth a wait that the person would see.
    if (shown)
      this.#options
        .connected(peerId)
        ?.channel.send({ type: 'read', id: shown.id })
        .catch(() => {});
  }

  async receive(peerId: string, message: TextMessage): Promise<void> {
    switch (message.type) {
      case 'typing':
        return this.#showTyping(peerId);
      case 'read':
        return this.#wasRead(peerId, message.id);
      default: {
        const base = { id: message.id, peerId, mine: false, at: Date.now(), mark: 'delivered' as const };
        const item: Text =
          message.type === 'chat'
            ? { ...base, kind: 'chat', text: message.text }
            : { ...base, kind: 'link', url: message.url, title: message.title };
        this.#stopTyping(peerId);
        if (await this.#options.timeline.add(item)) this.#options.onArrived(item);
      }
    }
  }

  async #send(item: Text): Promise<void> {
    if (!(await this.#options.timeline.add(item))) throw new AppError('peer-unknown');
    this.#dispatch(item);
  }

  #dispatch(item: Text): void {
    const session = this.#options.connected(item.peerId);
    if (!session) return;
    const { timeline, store } = this.#options;
    const mark = (mark: Text['mark']) => timeline.change(item.peerId, item.id, item.kind, { mark });
    const sending = session.channel.send(
      item.kind === 'chat'
        ? { type: 'chat', id: item.id, at: item.at, text: item.text }
        : { type: 'link', id: item.id, at: item.at, url: item.url, title: item.title },
    );
    mark('sent');
    sending.then(
      () => {
        const current = store.item(item.peerId, item.id);
        if (current?.kind === item.kind && current.mark === 'sent') mark('delivered');
      },
      (error) => {
        mark('waiting');
        if (errorCode(error) !== 'link-lost') store.notice(errorCode(error), { peerId: item.peerId });
      },
    );
  }

  #wasRead(peerId: string, id: string): void {
    const { store, timeline } = this.#options;
    const items = store.peer(peerId)?.timeline ?? [];
    const last = items.findLastIndex((item) => item.id === id && item.mine);
    for (const item of items.slice(0, last + 1)) {
      if (
        (item.kind === 'chat' || item.kind === 'link') &&
        item.mine &&
        item.mark !== 'waiting' &&
        item.mark !== 'read'
      ) {
        timeline.change(peerId, item.id, item.kind, { mark: 'read' });
      }
    }
  }

  #showTyping(peerId: string): void {
    clearTimeout(this.#typing.get(peerId));
    this.#typing.set(
      peerId,
      setTimeout(() => this.#stopTyping(peerId), TYPING_MS),
    );
    if (!this.#options.store.peer(peerId)?.typing) this.#options.store.changePeer(peerId, { typing: true });
  }

  #stopTyping(peerId: string): void {
    clearTimeout(this.#typing.get(peerId));
    this.#typing.delete(peerId);
    if (this.#options.store.peer(peerId)?.typing) this.#options.store.changePeer(peerId, { typing: false });
  }
}
