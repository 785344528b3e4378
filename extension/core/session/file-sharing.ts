import { removeIncoming } from '../files/opfs-sweep.ts';
import type { Selection } from '../files/source.ts';
import type { Link } from '../link/link.ts';
import type { FileMessage } from '../protocol/messages.ts';
import { AppError } from '../shared/errors.ts';
import { report } from '../shared/report.ts';
import { FileExchanges, type FileExchangesOptions } from './file-exchanges.ts';
import { accepted, interrupted, isMine, isWhole } from './file-items.ts';
import { FileProgress } from './file-progress.ts';
import { replyWithoutExchange } from './file-replies.ts';
import { FileSending } from './file-sending.ts';
import type { Leftovers } from './leftovers.ts';
import type { OutgoingFiles } from './outgoing-files.ts';
import type { Platform } from './platform.ts';
import { Saving } from './saving.ts';
import { hasEnded, type ItemOf } from './state.ts';

type FileItem = ItemOf<'file'>;

export interface FileSharingOptions extends Omit<FileExchangesOptions, 'progress' | 'onReceived'> {
  outgoing: OutgoingFiles;
  save: Platform['save'];
  leftovers: Leftovers;
  /** Something of a peer's stands in Downloads, or waits for a word on where to. */
  onArrived(item: FileItem): void;
}

/** Files and folders to and from every peer: what the person wants of them, and what becomes of them as peers come and go. */
export class FileSharing {
  readonly #options: FileSharingOptions;
  readonly #progress: FileProgress;
  readonly #exchanges: FileExchanges;
  readonly #sending: FileSending;
  readonly #saving: Saving;

  constructor(options: FileSharingOptions) {
    this.#options = options;
    const { store } = options;
    this.#progress = new FileProgress(options);
    this.#exchanges = new FileExchanges({
      ...options,
      progress: this.#progress,
      onReceived: (item, outcome, files) => this.#saving.received(item, outcome, files),
    });
    this.#sending = new FileSending({ ...options, progress: this.#progress, exchanges: this.#exchanges });
    this.#saving = new Saving({
      save: options.save,
      folder: () => store.now.settings.downloadFolder,
      show: ({ peerId, id }, transfer) => this.#progress.show(peerId, id, transfer),
      release: ({ peerId, id }) => this.#exchanges.release(peerId, id),
      onReady: options.onArrived,
      onSaved: options.onArrived,
      onFailed: ({ peerId, name }, code) => store.notice(code, { peerId, subject: name }),
    });
  }

  /** Brings back what an earlier run left, before the first link. */
  async start(): Promise<void> {
    const { store, leftovers } = this.#options;
    await leftovers.sweepAll();
    for (const peer of store.now.peers) {
      for (const item of peer.timeline) {
        if (item.kind !== 'file' || hasEnded(item.transfer)) continue;
        if (item.mine) await this.#sending.restore(item);
        else if (accepted(item.transfer)) this.#exchanges.restore(item);
      }
    }
  }

  /** Offers what was chosen now, or when the peer is back. What can't be sent is told in a notice. */
  send(peerId: string, selection: Selection, id?: string): Promise<void> {
    return this.#sending.send(peerId, selection, id);
  }

  /** Where the file of a transfer lies, so that it can be read again after a restart. */
  remember(id: string, handle: FileSystemFileHandle): Promise<void> {
    return this.#options.outgoing.remember(id, handle);
  }

  /** Sends a file that was made here and lies in `outgoing/<id>`. */
  sendOwn(peerId: string, id: string, file: File): Promise<void> {
    return this.#sending.sendOwn(peerId, id, file);
  }

  /** The files of a transfer that has lost its own, chosen again; others are told in a notice and change nothing. */
  again(peerId: string, id: string, selection: Selection): Promise<void> {
    return this.#sending.again(peerId, id, selection);
  }

  /** @throws AppError `peer-offline` when an offer of an earlier run is declined and the peer can't be told. */
  answer(peerId: string, id: string, accept: boolean): void {
    if (this.#exchanges.knows(id)) return this.#exchanges.of(peerId).answer(id, accept);
    // Offered to an earlier run of this document, and not offered again yet.
    const item = this.#options.store.item(peerId, id);
    if (item?.kind !== 'file' || item.mine || item.transfer.state !== 'offered') return;
    if (accept) {
      this.#progress.show(peerId, id, interrupted(item, false));
      return this.#exchanges.restore(item);
    }
    if (!this.#options.connected(peerId)) throw new AppError('peer-offline');
    this.#exchanges.tell(peerId, { type: 'file-decline', id });
    this.#progress.show(peerId, id, { state: 'declined', byMe: true });
  }

  /** Holds a transfer, or lets it go on. */
  pause(peerId: string, id: string, paused: boolean): void {
    if (this.#exchanges.knows(id)) return this.#exchanges.of(peerId).pause(id, paused);
    const item = this.#options.store.item(peerId, id);
    if (isMine(item, peerId)) this.#sending.pause(item, paused);
  }

  /** Ends a transfer at whatever point it is; one that still waits is taken back. */
  cancel(peerId: string, id: string): void {
    const { store, timeline, outgoing } = this.#options;
    const item = store.item(peerId, id);
    if (item?.kind !== 'file' || hasEnded(item.transfer)) return;
    if (item.transfer.state === 'waiting') {
      outgoing.drop(id);
      timeline.remove(peerId, id).catch(report);
      return;
    }
    const isSaving = this.#saving.has(id);
    this.#saving.drop(id);
    if (isSaving) this.#exchanges.release(peerId, id);
    else if (this.#exchanges.knows(id)) return this.#exchanges.of(peerId).cancel(id);
    else this.#exchanges.tell(peerId, { type: 'file-failed', id, code: 'file-cancelled' });
    this.#progress.show(peerId, id, { state: 'cancelled', byMe: true });
  }

  /**
   * Sends again what has ended without arriving, or saves again what could not be saved.
   * @throws AppError `file-gone` when it is not at hand any more.
   */
  async retry(peerId: string, id: string): Promise<void> {
    const item = await this.#options.timeline.recall(peerId, id);
    if (item?.kind !== 'file' || item.peerId !== peerId || !hasEnded(item.transfer)) return;
    if (item.mine) await this.#sending.retry(item);
    else if (this.#saving.has(id)) this.#saving.again(id);
    else if (isWhole(item)) this.#exchanges.restore(item);
    else throw new AppError('file-gone');
  }

  /** Takes an ended transfer off the timeline, and what is left of it off the disk. */
  async remove(peerId: string, id: string): Promise<void> {
    const { store, timeline, outgoing, leftovers } = this.#options;
    const item = store.item(peerId, id);
    if (item?.kind === 'file' && !hasEnded(item.transfer)) return;
    this.#saving.drop(id);
    this.#exchanges.release(peerId, id);
    outgoing.drop(id);
    await timeline.remove(peerId, id);
    await leftovers.sweepIncoming();
  }

  saveZip(id: string): void {
    this.#saving.toZip(id);
  }

  saveToFolder(id: string, folder: FileSystemDirectoryHandle): void {
    this.#saving.toFolder(id, folder);
  }

  /** The peer is there: what was under way goes on, what waited is offered, and what nobody answered is offered again. */
  connected(peerId: string, link: Link): void {
    this.#exchanges.of(peerId).attach(link);
    this.#sending.connected(peerId);
  }

  disconnected(peerId: string): void {
    this.#exchanges.detach(peerId);
  }

  /** All that passed is wiped: what is under way ends, on the other side too. */
  wiping(peerId: string): void {
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) {
      if (item.kind !== 'file') continue;
      this.cancel(peerId, item.id);
      this.#saving.drop(item.id);
      this.#exchanges.release(peerId, item.id);
      this.#options.outgoing.drop(item.id);
    }
  }

  /** Nothing of what was wiped stays on the disk. */
  async wiped(): Promise<void> {
    await this.#options.leftovers.sweepIncoming();
  }

  /** The peer ended the pairing: what was under way can't go on, what is whole can still be saved. */
  unpaired(peerId: string): void {
    this.disconnected(peerId);
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) {
      if (item.kind !== 'file' || hasEnded(item.transfer) || this.#saving.has(item.id)) continue;
      if (this.#exchanges.knows(item.id)) this.#exchanges.of(peerId).cancel(item.id);
      this.#progress.show(peerId, item.id, { state: 'failed', code: 'peer-unpaired', bytes: 0 });
    }
  }

  /** The peer was forgotten: nothing of it stays. */
  async forgotten(peerId: string): Promise<void> {
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) {
      this.#saving.drop(item.id);
      if (item.kind === 'file') this.#options.outgoing.drop(item.id);
    }
    await this.#exchanges.remove(peerId);
    await removeIncoming(peerId);
  }

  async receive(peerId: string, message: FileMessage): Promise<void> {
    const item = await this.#options.timeline.recall(peerId, message.id);
    const answer = this.#exchanges.knows(message.id) ? null : replyWithoutExchange(item, peerId, message);
    if (answer === 'nothing') return;
    // What nobody sees any more doesn't go on from what was kept of it: it is asked for anew.
    if (!item && message.type === 'file-offer') this.#exchanges.release(peerId, message.id);
    if (answer) this.#exchanges.tell(peerId, answer);
    else this.#exchanges.of(peerId).receive(message);
  }
}
