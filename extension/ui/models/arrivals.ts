import { signal } from '@preact/signals';
import { type AppState, hasEnded, type ItemOf, type PeerState } from '../../core/session/state.ts';
import { dotted, t } from '../text.ts';
import { lineText } from './display-text.ts';
import type { FileActions } from './file-actions.ts';
import { shownFileName } from './file-name.ts';
import { detailText } from './file-text.ts';
import type { Toasts } from './toasts.ts';

type File = ItemOf<'file'>;
type Done = Extract<File['transfer'], { state: 'done' }>;

/** Tells of every transfer that ends while this view is open: what came to stand on this computer by a toast, the rest to those who listen. */
export class Arrivals {
  /** How the last transfer ended that no toast tells of. */
  readonly said = signal('');
  readonly #files: FileActions;
  readonly #toasts: Toasts;
  /** Transfers that had not ended. */
  #open = new Set<string>();

  constructor(files: FileActions, toasts: Toasts) {
    this.#files = files;
    this.#toasts = toasts;
  }

  look(state: AppState): void {
    const open = new Set<string>();
    for (const peer of state.peers) {
      for (const item of peer.timeline) {
        if (item.kind !== 'file') continue;
        if (!hasEnded(item.transfer)) open.add(item.id);
        else if (this.#open.has(item.id)) this.#tell(item, peer);
      }
    }
    this.#open = open;
  }

  #tell(item: File, peer: PeerState): void {
    const { transfer, mine } = item;
    if (transfer.state === 'done' && !mine) return this.#showSaved(item, transfer);
    // Nobody needs to be told what they did themselves.
    if ('byMe' in transfer && transfer.byMe) return;
    this.said.value = dotted(shownFileName(item.name), detailText(item, peer, 0));
  }

  #showSaved(item: File, { downloadId, place }: Done): void {
    const text = t('saved_toast', shownFileName(item.name), lineText(place) || t('downloads'));
    if (downloadId === null) return this.#toasts.show({ text });
    this.#toasts.show({ text, action: { label: t('show'), run: () => this.#files.show(item, downloadId) } });
  }
}
