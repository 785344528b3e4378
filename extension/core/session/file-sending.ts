import { createSource } from '../files/create-source.ts';
import { detailsOf, type Selection, sameDetails, type TransferSource } from '../files/source.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { FileExchanges } from './file-exchanges.ts';
import { interrupted, isMine, isWaitingForSource } from './file-items.ts';
import type { FileProgress } from './file-progress.ts';
import type { OutgoingFiles } from './outgoing-files.ts';
import type { Session } from './session.ts';
import { hasEnded, type ItemOf } from './state.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

type FileItem = ItemOf<'file'>;

export interface FileSendingOptions {
  store: Store;
  timeline: Timeline;
  outgoing: OutgoingFiles;
  progress: FileProgress;
  exchanges: FileExchanges;
  connected(peerId: string): Session | null;
}

/** What goes out: described, shown, and offered as soon as the peer is there. */
export class FileSending {
  readonly #options: FileSendingOptions;

  constructor(options: FileSendingOptions) {
    this.#options = options;
  }

  /** See `FileSharing.send`. */
  async send(peerId: string, selection: Selection, id = newId()): Promise<void> {
    const source = this.#describe(peerId, selection);
    if (!source) return;
    this.#options.outgoing.add(id, selection, source);
    await this.#add(peerId, id, source);
  }

  /** See `FileSharing.sendOwn`. */
  async sendOwn(peerId: string, id: string, file: File): Promise<void> {
    const selection: Selection = { form: 'file', name: file.name, files: [{ path: file.name, file }] };
    const source = this.#describe(peerId, selection);
    if (!source) return this.#options.outgoing.drop(id);
    this.#options.outgoing.adopt(id, selection, source);
    await this.#add(peerId, id, source);
  }

  /** See `FileSharing.again`. */
  async again(peerId: string, id: string, selection: Selection): Promise<void> {
    const { store, timeline, outgoing, progress } = this.#options;
    const item = await timeline.recall(peerId, id);
    if (!isMine(item, peerId) || !isWaitingForSource(item)) return;
    const source = this.#describe(peerId, selection);
    if (!source) return;
    if (!sameDetails(item, source.details)) return store.notice('file-wrong-source', { peerId, subject: item.name });
    outgoing.add(id, selection, source);
    progress.show(peerId, id, interrupted(item, false));
    this.#offerIfThere(peerId, id, source);
  }

  /** Offers anew what has ended without arriving. @throws AppError `file-gone` when it is not at hand any more. */
  async retry(item: FileItem): Promise<void> {
    const { outgoing, progress } = this.#options;
    const { id, peerId, transfer } = item;
    if (transfer.state === 'done') return;
    const source = await outgoing.find(id, item);
    if (!source) throw new AppError('file-gone');
    progress.show(peerId, id, { state: 'waiting' });
    this.#offerIfThere(peerId, id, source);
  }

  /** Holds what no exchange knows since an earlier run, or lets it go on: it counts as soon as it would move. */
  pause(item: FileItem, paused: boolean): void {
    const { id, peerId, transfer } = item;
    const { progress } = this.#options;
    if (transfer.state === 'paused' && !paused) progress.show(peerId, id, interrupted(item, false));
    if (transfer.state !== 'interrupted' || transfer.needsSource || !paused) return;
    progress.show(peerId, id, { state: 'paused', bytes: transfer.bytes, byMe: true, byPeer: false });
  }

  /** What an earlier run had not finished: without its files they have to be read or chosen again. */
  async restore(item: FileItem): Promise<void> {
    const { outgoing, progress } = this.#options;
    const { id, peerId } = item;
    if (await outgoing.find(id, item)) return;
    progress.show(peerId, id, interrupted(item, true, await outgoing.isRemembered(id)));
  }

  /** The peer is there: what waited is offered, oldest first, and what nobody answered is offered again. */
  connected(peerId: string): void {
    const { store, outgoing, exchanges } = this.#options;
    for (const item of store.peer(peerId)?.timeline ?? []) {
      if (!isMine(item, peerId) || hasEnded(item.transfer)) continue;
      const source = outgoing.get(item.id);
      // What the peer has accepted in this run it asks for itself.
      if (source && (item.transfer.state === 'offered' || !exchanges.knows(item.id)))
        exchanges.offer(peerId, item.id, source);
    }
  }

  async #add(peerId: string, id: string, source: TransferSource): Promise<void> {
    const base = { id, peerId, mine: true, at: Date.now(), ...detailsOf(source.details) };
    await this.#options.timeline.add({ ...base, kind: 'file', transfer: { state: 'waiting' } });
    this.#offerIfThere(peerId, id, source);
  }

  #offerIfThere(peerId: string, id: string, source: TransferSource): void {
    if (this.#options.connected(peerId)) this.#options.exchanges.offer(peerId, id, source);
  }

  #describe(peerId: string, selection: Selection): TransferSource | null {
    const { store } = this.#options;
    if (!store.peer(peerId)) {
      store.notice('peer-unknown', { subject: selection.name });
      return null;
    }
    try {
      return createSource(selection);
    } catch (error) {
      store.notice(errorCode(error), { peerId, subject: selection.name });
      return null;
    }
  }
}
