import type { ItemOf } from '../../core/session/state.ts';
import type { Backend, View } from './backend.ts';
import type { Notices } from './notices.ts';
import { type Chosen, selectionOf } from './selection.ts';

declare global {
  /** Chromium's own; not in TypeScript's library. */
  interface Window {
    showDirectoryPicker(options: { id: string; mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
  }
}

type File = Pick<ItemOf<'file'>, 'id' | 'peerId'>;
type FileCommand = 'file-cancel' | 'file-retry' | 'item-remove' | 'file-save-zip';

/** What a person can do with a transfer. Every failure becomes a notice. */
export class FileActions {
  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #view: View;

  constructor(backend: Backend, notices: Notices, view: View) {
    this.#backend = backend;
    this.#notices = notices;
    this.#view = view;
  }

  cancel(file: File): void {
    this.#ask('file-cancel', file);
  }

  /** Sends again what has ended without arriving. */
  retry(file: File): void {
    this.#ask('file-retry', file);
  }

  remove(file: File): void {
    this.#ask('item-remove', file);
  }

  saveAsZip(file: File): void {
    this.#ask('file-save-zip', file);
  }

  pause({ peerId, id }: File, paused: boolean): void {
    this.#watch(this.#backend.askOffscreen('file-pause', { peerId, id, paused }), peerId);
  }

  decline({ peerId, id }: File): void {
    this.#watch(this.#backend.askOffscreen('file-answer', { peerId, id, accept: false }), peerId);
  }

  /** `alwaysUpTo`: from now on this peer's files up to that size, in bytes, come without being asked; null changes nothing. */
  accept({ peerId, id }: File, alwaysUpTo: number | null): void {
    const { askOffscreen } = this.#backend;
    if (alwaysUpTo !== null) this.#watch(askOffscreen('peer-accept-files', { peerId, upToBytes: alwaysUpTo }), peerId);
    this.#watch(askOffscreen('file-answer', { peerId, id, accept: true }), peerId);
  }

  show(file: File, downloadId: number): void {
    this.#watch(this.#backend.askBackground('download-show', { downloadId }), file.peerId);
  }

  open(file: File, downloadId: number): void {
    this.#watch(this.#backend.openDownload(downloadId), file.peerId);
  }

  /** The files that a transfer of mine goes on with, after a restart has lost them. */
  chooseAgain({ peerId, id }: File, chosen: Chosen): void {
    this.#notices.clearOwn();
    const handingOver = selectionOf(chosen).then((selection) => {
      if (selection) this.#backend.handOverAgain(peerId, id, selection);
    });
    this.#watch(handingOver, peerId);
  }

  /** The file of such a transfer once more, from where it lies. Whoever doesn't allow that can still choose it. */
  readAgain({ peerId, id }: File): void {
    this.#notices.clearOwn();
    const handingOver = this.#backend.readRemembered(id).then((selection) => {
      if (selection) this.#backend.handOverAgain(peerId, id, selection);
    });
    this.#watch(handingOver, peerId);
  }

  /** Lets the person choose where a `ready` transfer is to be saved. A popup closes before they could: there the window opens instead. */
  async chooseFolder({ peerId, id }: File): Promise<void> {
    if (this.#view === 'popup') return this.#watch(this.#backend.openPlace('window'), peerId);
    let folder: FileSystemDirectoryHandle;
    try {
      folder = await window.showDirectoryPicker({ id: 'saved-files', mode: 'readwrite' });
    } catch (error) {
      // Nothing was chosen.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      throw error;
    }
    this.#backend.handOverFolder(peerId, id, folder);
  }

  #ask(name: FileCommand, { peerId, id }: File): void {
    this.#watch(this.#backend.askOffscreen(name, { peerId, id }), peerId);
  }

  #watch(work: Promise<unknown>, peerId: string): void {
    this.#notices.watch(work, peerId);
  }
}
