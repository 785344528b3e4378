import { FileExchange } from '../files/exchange.ts';
import type { FileStore } from '../files/store.ts';
import type { TransferProgress } from '../files/transfer.ts';
import type { Link } from '../link/link.ts';
import type { FileMessage } from '../protocol/messages.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { MAX_FILE_BYTES, MAX_FILE_NAME_LENGTH } from '../shared/limits.ts';
import { report } from '../shared/report.ts';
import type { Session } from './session.ts';
import type { ItemOf, Transfer } from './state.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

export interface FileSharingOptions {
  store: Store;
  timeline: Timeline;
  connected(peerId: string): Session | null;
  /** Private storage for what this peer sends. */
  openStore(peerId: string): FileStore;
  save(itemId: string, file: File): Promise<{ downloadId: number | null }>;
  /** A peer wants to send a file. */
  onOffered(item: ItemOf<'file'>): void;
}

/** Files to and from every peer, shown and kept as timeline items. */
export class FileSharing {
  readonly #options: FileSharingOptions;
  readonly #exchanges = new Map<string, FileExchange>();
  /** What I send, until its transfer has ended. */
  readonly #files = new Map<string, File>();

  constructor(options: FileSharingOptions) {
    this.#options = options;
  }

  /** Offers a file now, or when the peer is back. */
  async send(peerId: string, file: File): Promise<void> {
    const { store, timeline } = this.#options;
    if (!store.peer(peerId)) return store.notice('peer-unknown', { subject: file.name });
    if (file.size > MAX_FILE_BYTES) return store.notice('file-too-large', { peerId, subject: file.name });
    const id = newId();
    this.#files.set(id, file);
    const name = file.name.slice(0, MAX_FILE_NAME_LENGTH) || 'file';
    const base = { id, peerId, mine: true, at: Date.now(), name, sizeBytes: file.size, mime: file.type };
    await timeline.add({ ...base, kind: 'file', transfer: { state: 'waiting' } });
    if (this.#options.connected(peerId)) this.#offer(peerId, id, file);
  }

  answer(peerId: string, id: string, accept: boolean): void {
    // An offer that came before a restart can't be answered any more: say so instead of doing nothing.
    if (!this.#exchanges.has(peerId)) throw new AppError('peer-offline');
    this.#exchange(peerId).answer(id, accept);
  }

  cancel(peerId: string, id: string): void {
    const item = this.#options.store.item(peerId, id);
    if (item?.kind !== 'file') return;
    if (item.transfer.state !== 'waiting') return this.#exchange(peerId).cancel(id);
    this.#files.delete(id);
    this.#options.timeline.remove(peerId, id).catch(report);
  }

  /** The peer is there: what waited is offered, oldest first; what nobody answered is offered again. */
  connected(peerId: string, link: Link): void {
    this.#exchange(peerId).attach(link);
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) {
      const file = this.#files.get(item.id);
      if (item.kind !== 'file' || !file) continue;
      if (item.transfer.state === 'waiting' || item.transfer.state === 'offered') this.#offer(peerId, item.id, file);
    }
  }

  disconnected(peerId: string): void {
    this.#exchanges.get(peerId)?.detach();
  }

  /** The peer was forgotten. */
  removed(peerId: string): void {
    this.#exchanges.get(peerId)?.close();
    this.#exchanges.delete(peerId);
  }

  receive(peerId: string, message: FileMessage): void {
    this.#exchange(peerId).receive(message);
  }

  #exchange(peerId: string): FileExchange {
    const known = this.#exchanges.get(peerId);
    if (known) return known;
    const exchange = new FileExchange({
      send: (message) => {
        const session = this.#options.connected(peerId);
        return session ? session.channel.send(message) : Promise.reject(new AppError('peer-offline'));
      },
      openStore: () => this.#options.openStore(peerId),
      onChange: (progress) => this.#changed(peerId, progress),
      onReceived: (id, file) => this.#options.save(id, file),
    });
    this.#exchanges.set(peerId, exchange);
    return exchange;
  }

  #offer(peerId: string, id: string, file: File): void {
    this.#exchange(peerId)
      .offer(id, file)
      .catch((error) => {
        const code = errorCode(error);
        // Without a link it is offered again with the next one.
        if (code === 'peer-offline' || code === 'link-lost') return;
        this.#show(peerId, id, { state: 'failed', code, bytes: 0 });
      });
  }

  #changed(peerId: string, progress: TransferProgress): void {
    const { store, timeline } = this.#options;
    const known = store.item(peerId, progress.id);
    if (progress.direction === 'in' && progress.state.state === 'offered' && !known) {
      const { id, name, sizeBytes, mime } = progress;
      const base = { id, peerId, mine: false, at: Date.now(), name, sizeBytes, mime };
      const item: ItemOf<'file'> = { ...base, kind: 'file', transfer: progress.state };
      timeline.add(item).then((added) => {
        if (added) this.#options.onOffered(item);
        // Refused under an id of another item: the peer can't take that item over.
        else this.#exchanges.get(peerId)?.cancel(id);
      }, report);
      return;
    }
    if (known?.kind === 'file' && known.mine === (progress.direction === 'out')) {
      this.#show(peerId, progress.id, progress.state);
    }
  }

  #show(peerId: string, id: string, transfer: Transfer): void {
    const before = this.#options.store.item(peerId, id);
    const sameState = before?.kind === 'file' && before.transfer.state === transfer.state;
    // Progress is for the eye only; the database learns the states.
    this.#options.timeline.change(peerId, id, 'file', { transfer }, { keep: !sameState });
    if (['done', 'declined', 'cancelled', 'failed'].includes(transfer.state)) this.#files.delete(id);
  }
}
