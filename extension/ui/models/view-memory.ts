const DRAFT = 'draft:';
const SELECTED = 'selected-peer';
const NO_LETTERS = 'no-letter-shortcuts';

/**
 * The little that a view remembers by itself, in this extension's local storage: a popup closes on the first click elsewhere, and
 * what was being written there must not be lost.
 */
export class ViewMemory {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** What was written to this peer and not sent. */
  draft(peerId: string): string {
    return this.#storage.getItem(DRAFT + peerId) ?? '';
  }

  setDraft(peerId: string, text: string): void {
    this.#set(DRAFT + peerId, text === '' ? null : text);
  }

  get selectedPeer(): string | null {
    return this.#storage.getItem(SELECTED);
  }

  set selectedPeer(peerId: string | null) {
    this.#set(SELECTED, peerId);
  }

  /** Whether single letters do something outside text fields. */
  get hasLetterShortcuts(): boolean {
    return this.#storage.getItem(NO_LETTERS) === null;
  }

  set hasLetterShortcuts(isOn: boolean) {
    this.#set(NO_LETTERS, isOn ? null : 'true');
  }

  #set(key: string, value: string | null): void {
    if (value === null) this.#storage.removeItem(key);
    else this.#storage.setItem(key, value);
  }
}
