import { FileExchange, type ReceivedFile } from '../files/exchange.ts';
import type { FileExchangeOptions } from '../files/exchange-options.ts';
import { detailsOf, type TransferSource } from '../files/source.ts';
import type { FileStore } from '../files/store.ts';
import type { Outcome, TransferProgress } from '../files/transfer.ts';
import type { FileMessage } from '../protocol/messages.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import { isWhole } from './file-items.ts';
import type { FileProgress } from './file-progress.ts';
import type { Session } from './session.ts';
import { hasEnded, type ItemOf, type TimelineItem } from './state.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

type FileItem = ItemOf<'file'>;

export interface FileExchangesOptions {
  store: Store;
  timeline: Timeline;
  progress: FileProgress;
  connected(peerId: string): Session | null;
  /** Private storage for what this peer sends. */
  openStore(peerId: string): FileStore;
  encode: NonNullable<FileExchangeOptions['encode']>;
  /** A peer wants to send something, and the person is to say whether they want it. */
  onOffered(item: FileItem): void;
  /** A transfer is whole and checked; what lies in the store is let go of with `release`. */
  onReceived(item: FileItem, outcome: Outcome, files: readonly ReceivedFile[]): void;
}

/** The exchange with each peer, and what they tell of their transfers. */
export class FileExchanges {
  readonly #options: FileExchangesOptions;
  readonly #exchanges = new Map<string, FileExchange>();
  /** Transfers that an exchange knows and that are not over for it. */
  readonly #known = new Set<string>();
  /** Held by this side before a restart: held again as soon as they would move. */
  readonly #toBeHeld = new Set<string>();

  constructor(options: FileExchangesOptions) {
    this.#options = options;
  }

  /** Whether an exchange knows this transfer, and it is not over for it. */
  knows(id: string): boolean {
    return this.#known.has(id);
  }

  /** The exchange with this peer, made when it is asked for. */
  of(peerId: string): FileExchange {
    const known = this.#exchanges.get(peerId);
    if (known) return known;
    const exchange = new FileExchange({
      send: (message) => {
        const session = this.#options.connected(peerId);
        return session ? session.channel.send(message) : Promise.reject(new AppError('peer-offline'));
      },
      openStore: () => this.#options.openStore(peerId),
      onChange: (progress) => this.#changed(peerId, progress),
      onReceived: (id, { outcome, files }) => {
        const item = this.#options.store.item(peerId, id);
        if (item?.kind === 'file') this.#options.onReceived(item, outcome, files);
        else exchange.release(id);
      },
      encode: this.#options.encode,
    });
    this.#exchanges.set(peerId, exchange);
    return exchange;
  }

  /** Offers a transfer, for the first time or again. Without a link it is offered with the next one. */
  offer(peerId: string, id: string, source: TransferSource): void {
    const item = this.#options.store.item(peerId, id);
    if (item?.kind === 'file' && item.transfer.state === 'paused' && item.transfer.byMe) this.#toBeHeld.add(id);
    this.of(peerId)
      .offer(id, source)
      .catch((error) => {
        const code = errorCode(error);
        if (code === 'peer-offline' || code === 'link-lost') return;
        this.#options.progress.show(peerId, id, { state: 'failed', code, bytes: 0 });
      });
  }

  /** Takes up an incoming transfer that has been accepted, or lies there whole, and that no exchange knows. */
  restore(item: FileItem): void {
    const { id, peerId, transfer } = item;
    // At once: opening it takes a while, and it can be held and ended before.
    this.#known.add(id);
    this.of(peerId).restore(id, detailsOf(item), { isWhole: isWhole(item) });
    if (transfer.state === 'paused' && transfer.byMe) this.of(peerId).pause(id, true);
  }

  /** Lets go of what lies in the store of a transfer that is whole, or has failed. */
  release(peerId: string, id: string): void {
    this.#exchanges.get(peerId)?.release(id);
    this.#known.delete(id);
  }

  /** Says what no exchange has to know of. Without a link it is lost; what the peer asks later is answered then. */
  tell(peerId: string, message: FileMessage): void {
    this.#options
      .connected(peerId)
      ?.channel.send(message)
      .catch(() => {});
  }

  /** The link is gone, or is left. */
  detach(peerId: string): void {
    this.#exchanges.get(peerId)?.detach();
  }

  /** Ends all with this peer; nothing of what it sent stays. */
  async remove(peerId: string): Promise<void> {
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) this.#known.delete(item.id);
    const exchange = this.#exchanges.get(peerId);
    this.#exchanges.delete(peerId);
    await exchange?.close({ remove: true });
  }

  #changed(peerId: string, progress: TransferProgress): void {
    const { id, direction, state } = progress;
    if (state.state !== 'received' && hasEnded(state)) this.#known.delete(id);
    else this.#known.add(id);
    // How it is saved is shown by whoever saves it.
    if (state.state === 'received') return;
    const item = this.#options.store.item(peerId, id);
    if (direction === 'in' && state.state === 'offered') return this.#offered(peerId, progress, item);
    if (item?.kind !== 'file' || item.mine !== (direction === 'out')) return;
    this.#options.progress.show(peerId, id, state);
    if (state.state === 'moving' && this.#toBeHeld.delete(id)) this.of(peerId).pause(id, true);
  }

  #offered(peerId: string, progress: TransferProgress, known: TimelineItem | undefined): void {
    const { store, timeline, onOffered } = this.#options;
    const { id } = progress;
    const base = { id, peerId, mine: false, at: Date.now(), ...detailsOf(progress) };
    const item: FileItem = { ...base, kind: 'file', transfer: { state: 'offered' } };
    const added = known ? Promise.resolve(known.kind === 'file' && !known.mine) : timeline.add(item);
    added.then((isOurs) => {
      // Refused under an id of another item: the peer can't take that item over.
      if (!isOurs) return this.#exchanges.get(peerId)?.cancel(id);
      const isNews = known?.kind !== 'file' || known.transfer.state !== 'offered';
      if (known) this.#options.progress.show(peerId, id, { state: 'offered' });
      const limitBytes = store.peer(peerId)?.acceptUpToBytes ?? null;
      if (limitBytes !== null && item.sizeBytes <= limitBytes) this.#exchanges.get(peerId)?.answer(id, true);
      else if (isNews) onOffered(item);
    }, report);
  }
}
