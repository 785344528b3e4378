import { createSource } from '../files/create-source.ts';
import { FileExchange } from '../files/exchange.ts';
import type { FileExchangeOptions } from '../files/exchange-options.ts';
import { removeIncoming } from '../files/opfs-sweep.ts';
import { safeName } from '../files/safe-name.ts';
import { type Selection, sameDetails, type TransferSource } from '../files/source.ts';
import type { FileStore } from '../files/store.ts';
import type { Outcome, TransferProgress } from '../files/transfer.ts';
import type { Link } from '../link/link.ts';
import type { FileMessage } from '../protocol/messages.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { report } from '../shared/report.ts';
import { accepted, detailsOf, hasEnded, isWhole } from './file-items.ts';
import type { Leftovers } from './leftovers.ts';
import type { OutgoingFiles } from './outgoing-files.ts';
import type { Platform } from './platform.ts';
import { Saving } from './saving.ts';
import type { Session } from './session.ts';
import type { ItemOf, TimelineItem, Transfer } from './state.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

/** How far a transfer has come is for the eye; the database learns of it this often, for the eye after a restart. */
const KEEP_PROGRESS_MS = 5_000;

type FileItem = ItemOf<'file'>;

export interface FileSharingOptions {
  store: Store;
  timeline: Timeline;
  outgoing: OutgoingFiles;
  connected(peerId: string): Session | null;
  /** Private storage for what this peer sends. */
  openStore(peerId: string): FileStore;
  encode: NonNullable<FileExchangeOptions['encode']>;
  save: Platform['save'];
  leftovers: Leftovers;
  /** A peer wants to send something, and the person is to say whether they want it. */
  onOffered(item: FileItem): void;
  /** Something of a peer's stands in Downloads, or waits for a word on where to. */
  onArrived(item: FileItem): void;
}

/** Files and folders to and from every peer, shown and kept as timeline items. */
export class FileSharing {
  readonly #options: FileSharingOptions;
  readonly #exchanges = new Map<string, FileExchange>();
  readonly #saving: Saving;
  /** Transfers that an exchange knows and that are not over for it. */
  readonly #known = new Set<string>();
  /** How those went that are whole. */
  readonly #outcomes = new Map<string, Outcome>();
  readonly #keptAtMs = new Map<string, number>();
  /** Held by this side before a restart: held again as soon as they would move. */
  readonly #toBeHeld = new Set<string>();

  constructor(options: FileSharingOptions) {
    this.#options = options;
    const { store } = options;
    this.#saving = new Saving({
      save: options.save,
      folder: () => store.now.settings.downloadFolder,
      show: ({ peerId, id }, transfer) => this.#show(peerId, id, transfer),
      release: ({ peerId, id }) => this.#release(peerId, id),
      onReady: options.onArrived,
      onSaved: options.onArrived,
      onFailed: ({ peerId, name }, code) => store.notice(code, { peerId, subject: name }),
    });
  }

  /** Brings back what an earlier run left, before the first link. */
  async start(): Promise<void> {
    const { store, outgoing, leftovers } = this.#options;
    await leftovers.sweepAll();
    for (const peer of store.now.peers) {
      for (const item of peer.timeline) {
        if (item.kind !== 'file' || hasEnded(item.transfer)) continue;
        if (!item.mine) this.#restore(item);
        else if (!(await outgoing.find(item.id))) this.#show(peer.id, item.id, interrupted(item, true));
      }
    }
  }

  /** Offers what was chosen now, or when the peer is back. What can't be sent is told in a notice. */
  async send(peerId: string, selection: Selection): Promise<void> {
    const source = this.#describe(peerId, selection);
    if (!source) return;
    const id = newId();
    this.#options.outgoing.add(id, selection, source);
    await this.#add(peerId, id, source);
  }

  /** Sends a file that was made here and lies in `outgoing/<id>`. */
  async sendOwn(peerId: string, id: string, file: File): Promise<void> {
    const selection: Selection = { form: 'file', name: file.name, files: [{ path: file.name, file }] };
    const source = this.#describe(peerId, selection);
    if (!source) return this.#options.outgoing.drop(id);
    this.#options.outgoing.adopt(id, selection, source);
    await this.#add(peerId, id, source);
  }

  /** The files of a transfer that has lost its own, chosen again; others are told in a notice and change nothing. */
  async again(peerId: string, id: string, selection: Selection): Promise<void> {
    const { store, timeline, outgoing } = this.#options;
    const item = await timeline.recall(peerId, id);
    if (!isMine(item, peerId) || !isWaitingForSource(item)) return;
    const source = this.#describe(peerId, selection);
    if (!source) return;
    if (!sameDetails(item, source.details)) return store.notice('file-wrong-source', { peerId, subject: item.name });
    outgoing.add(id, selection, source);
    this.#show(peerId, id, interrupted(item, false));
    if (this.#options.connected(peerId)) this.#offer(peerId, id, source);
  }

  /** @throws AppError `peer-offline` when an offer of an earlier run is declined and the peer can't be told. */
  answer(peerId: string, id: string, accept: boolean): void {
    if (this.#known.has(id)) return this.#exchange(peerId).answer(id, accept);
    // Offered to an earlier run of this document, and not offered again yet.
    const item = this.#options.store.item(peerId, id);
    if (item?.kind !== 'file' || item.mine || item.transfer.state !== 'offered') return;
    if (accept) return this.#exchange(peerId).restore(id, detailsOf(item), { isWhole: false });
    if (!this.#options.connected(peerId)) throw new AppError('peer-offline');
    this.#tell(peerId, { type: 'file-decline', id });
    this.#show(peerId, id, { state: 'declined', byMe: true });
  }

  pause(peerId: string, id: string, paused: boolean): void {
    if (this.#known.has(id)) this.#exchange(peerId).pause(id, paused);
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
    if (isSaving) this.#release(peerId, id);
    else if (this.#known.has(id)) return this.#exchange(peerId).cancel(id);
    else this.#tell(peerId, { type: 'file-failed', id, code: 'file-cancelled' });
    this.#show(peerId, id, { state: 'cancelled', byMe: true });
  }

  /**
   * Sends again what has ended without arriving, or saves again what could not be saved.
   * @throws AppError `file-gone` when it is not at hand any more.
   */
  async retry(peerId: string, id: string): Promise<void> {
    const item = await this.#options.timeline.recall(peerId, id);
    if (item?.kind !== 'file' || item.peerId !== peerId || !hasEnded(item.transfer)) return;
    if (!item.mine) {
      if (this.#saving.has(id)) this.#saving.again(id);
      else if (isWhole(item)) this.#exchange(peerId).restore(id, detailsOf(item), { isWhole: true });
      else throw new AppError('file-gone');
      return;
    }
    if (item.transfer.state === 'done') return;
    const source = await this.#options.outgoing.find(id);
    if (!source || !sameDetails(item, source.details)) throw new AppError('file-gone');
    this.#show(peerId, id, { state: 'waiting' });
    if (this.#options.connected(peerId)) this.#offer(peerId, id, source);
  }

  /** Takes an ended transfer off the timeline, and what is left of it off the disk. */
  async remove(peerId: string, id: string): Promise<void> {
    const { store, timeline, outgoing, leftovers } = this.#options;
    const item = store.item(peerId, id);
    if (item?.kind === 'file' && !hasEnded(item.transfer)) return;
    this.#saving.drop(id);
    if (this.#known.has(id)) this.#release(peerId, id);
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

  /** The peer is there: what waited is offered, oldest first, and what nobody answered is offered again. */
  connected(peerId: string, link: Link): void {
    this.#exchange(peerId).attach(link);
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) {
      if (!isMine(item, peerId) || hasEnded(item.transfer)) continue;
      const source = this.#options.outgoing.get(item.id);
      // What the peer has accepted in this run it asks for itself.
      if (source && (item.transfer.state === 'offered' || !this.#known.has(item.id)))
        this.#offer(peerId, item.id, source);
    }
  }

  disconnected(peerId: string): void {
    this.#exchanges.get(peerId)?.detach();
  }

  /** All that passed is wiped: what is under way ends, on the other side too. */
  wiping(peerId: string): void {
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) {
      if (item.kind !== 'file') continue;
      this.cancel(peerId, item.id);
      this.#saving.drop(item.id);
      if (this.#known.has(item.id)) this.#release(peerId, item.id);
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
      if (this.#known.has(item.id)) this.#exchange(peerId).cancel(item.id);
      this.#show(peerId, item.id, { state: 'failed', code: 'peer-unpaired', bytes: 0 });
    }
  }

  /** The peer was forgotten: nothing of it stays. */
  async forgotten(peerId: string): Promise<void> {
    for (const item of this.#options.store.peer(peerId)?.timeline ?? []) {
      this.#saving.drop(item.id);
      this.#known.delete(item.id);
      if (item.kind === 'file') this.#options.outgoing.drop(item.id);
    }
    const exchange = this.#exchanges.get(peerId);
    this.#exchanges.delete(peerId);
    await exchange?.close({ remove: true });
    await removeIncoming(peerId);
  }

  async receive(peerId: string, message: FileMessage): Promise<void> {
    const item = await this.#options.timeline.recall(peerId, message.id);
    const answer = this.#known.has(message.id) ? null : answerFor(item, peerId, message);
    if (answer === 'nothing') return;
    if (answer) this.#tell(peerId, answer);
    else this.#exchange(peerId).receive(message);
  }

  async #add(peerId: string, id: string, source: TransferSource): Promise<void> {
    const base = { id, peerId, mine: true, at: Date.now(), ...detailsOf(source.details) };
    await this.#options.timeline.add({ ...base, kind: 'file', transfer: { state: 'waiting' } });
    if (this.#options.connected(peerId)) this.#offer(peerId, id, source);
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

  /** An incoming transfer that an earlier run had accepted. */
  #restore(item: FileItem): void {
    const { id, peerId, transfer } = item;
    if (!accepted(transfer)) return;
    this.#exchange(peerId).restore(id, detailsOf(item), { isWhole: isWhole(item) });
    if (transfer.state === 'paused' && transfer.byMe) this.#exchange(peerId).pause(id, true);
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
      onReceived: (id, { files }) => {
        const item = this.#options.store.item(peerId, id);
        const outcome = this.#outcomes.get(id);
        this.#outcomes.delete(id);
        if (item?.kind === 'file' && outcome) this.#saving.received(item, outcome, files);
        else exchange.release(id);
      },
      encode: this.#options.encode,
    });
    this.#exchanges.set(peerId, exchange);
    return exchange;
  }

  #offer(peerId: string, id: string, source: TransferSource): void {
    const item = this.#options.store.item(peerId, id);
    if (item?.kind === 'file' && item.transfer.state === 'paused' && item.transfer.byMe) this.#toBeHeld.add(id);
    this.#exchange(peerId)
      .offer(id, source)
      .catch((error) => {
        const code = errorCode(error);
        // Without a link it is offered again with the next one.
        if (code === 'peer-offline' || code === 'link-lost') return;
        this.#show(peerId, id, { state: 'failed', code, bytes: 0 });
      });
  }

  /** A message that no exchange has to know of. Without a link it is lost; what the peer asks later is answered then. */
  #tell(peerId: string, message: FileMessage): void {
    this.#options
      .connected(peerId)
      ?.channel.send(message)
      .catch(() => {});
  }

  #release(peerId: string, id: string): void {
    this.#exchanges.get(peerId)?.release(id);
    this.#known.delete(id);
  }

  #changed(peerId: string, progress: TransferProgress): void {
    const { id, direction, state } = progress;
    if (state.state === 'received') {
      this.#known.add(id);
      const { state: _, ...outcome } = state;
      this.#outcomes.set(id, outcome);
      return;
    }
    if (hasEnded(state)) this.#known.delete(id);
    else this.#known.add(id);
    const item = this.#options.store.item(peerId, id);
    if (direction === 'in' && state.state === 'offered') return this.#offered(peerId, progress, item);
    if (item?.kind !== 'file' || item.mine !== (direction === 'out')) return;
    this.#show(peerId, id, state);
    if (state.state === 'moving' && this.#toBeHeld.delete(id)) this.#exchange(peerId).pause(id, true);
  }

  #offered(peerId: string, progress: TransferProgress, known: TimelineItem | undefined): void {
    const { id } = progress;
    const base = { id, peerId, mine: false, at: Date.now(), ...detailsOf(progress) };
    const item: FileItem = { ...base, kind: 'file', transfer: { state: 'offered' } };
    const added = known ? Promise.resolve(known.kind === 'file' && !known.mine) : this.#options.timeline.add(item);
    added.then((isOurs) => {
      // Refused under an id of another item: the peer can't take that item over.
      if (!isOurs) return this.#exchanges.get(peerId)?.cancel(id);
      const isNews = known?.kind !== 'file' || known.transfer.state !== 'offered';
      if (known) this.#show(peerId, id, { state: 'offered' });
      const limitBytes = this.#options.store.peer(peerId)?.acceptUpToBytes ?? null;
      if (limitBytes !== null && item.sizeBytes <= limitBytes) this.#exchanges.get(peerId)?.answer(id, true);
      else if (isNews) this.#options.onOffered(item);
    }, report);
  }

  #show(peerId: string, id: string, transfer: Transfer): void {
    const { store, timeline, outgoing } = this.#options;
    const before = store.item(peerId, id);
    const isNews = before?.kind !== 'file' || before.transfer.state !== transfer.state;
    const keep = isNews || Date.now() - (this.#keptAtMs.get(id) ?? 0) >= KEEP_PROGRESS_MS;
    if (keep) this.#keptAtMs.set(id, Date.now());
    timeline.change(peerId, id, 'file', { transfer }, { keep });
    if (!hasEnded(transfer)) return;
    this.#keptAtMs.delete(id);
    if (transfer.state === 'done') outgoing.drop(id);
    else if (transfer.state !== 'failed') outgoing.dropCopy(id);
  }
}

function isMine(item: TimelineItem | null | undefined, peerId: string): item is FileItem {
  return item?.kind === 'file' && item.mine && item.peerId === peerId;
}

function isWaitingForSource({ transfer }: FileItem): boolean {
  return transfer.state === 'interrupted' && transfer.needsSource;
}

function interrupted({ transfer }: FileItem, needsSource: boolean): Transfer {
  return { state: 'interrupted', bytes: 'bytes' in transfer ? transfer.bytes : 0, needsSource };
}

/**
 * What is said to a message about a transfer that no exchange knows, because it has ended or belongs to an earlier run: an answer,
 * nothing, or, null, whatever the exchange makes of it.
 */
function answerFor(item: TimelineItem | null, peerId: string, message: FileMessage): FileMessage | 'nothing' | null {
  const { id, type } = message;
  if (!item) return null;
  if (item.kind !== 'file' || item.peerId !== peerId || item.mine === (type === 'file-offer')) return 'nothing';
  if (type === 'file-offer') {
    if (item.transfer.state === 'done' || isWhole(item)) return { type: 'file-done', id };
    return sameDetails(item, { ...message, name: safeName(message.name) })
      ? null
      : { type: 'file-failed', id, code: 'file-changed' };
  }
  if (type !== 'file-accept') return null;
  if (isWaitingForSource(item)) return 'nothing';
  return item.transfer.state === 'cancelled' ? { type: 'file-failed', id, code: 'file-cancelled' } : null;
}
