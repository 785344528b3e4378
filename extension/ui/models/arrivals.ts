import type { AppState, ItemOf } from '../../core/session/state.ts';
import { t } from '../text.ts';
import type { Backend } from './backend.ts';
import { shownFileName } from './file-name.ts';
import type { Notices } from './notices.ts';
import type { Toasts } from './toasts.ts';

/** Tells of every file that comes to stand in Downloads while this view is open. */
export class Arrivals {
  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #toasts: Toasts;
  /** Files that are on their way to this computer. */
  #coming = new Set<string>();

  constructor(backend: Backend, notices: Notices, toasts: Toasts) {
    this.#backend = backend;
    this.#notices = notices;
    this.#toasts = toasts;
  }

  look(state: AppState): void {
    const coming = new Set<string>();
    for (const peer of state.peers) {
      for (const item of peer.timeline) {
        if (item.kind !== 'file' || item.mine) continue;
        if (item.transfer.state === 'moving' || item.transfer.state === 'saving') coming.add(item.id);
        else if (item.transfer.state === 'done' && this.#coming.has(item.id))
          this.#tell(item, item.transfer.downloadId);
      }
    }
    this.#coming = coming;
  }

  #tell(item: ItemOf<'file'>, downloadId: number | null): void {
    const text = t('saved_toast', shownFileName(item.name));
    if (downloadId === null) return this.#toasts.show({ text });
    const show = () =>
      void this.#notices.watch(this.#backend.askBackground('download-show', { downloadId }), item.peerId);
    this.#toasts.show({ text, action: { label: t('show'), run: show } });
  }
}
