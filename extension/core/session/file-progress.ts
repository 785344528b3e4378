import type { OutgoingFiles } from './outgoing-files.ts';
import { hasEnded, type Transfer } from './state.ts';
import type { Store } from './store.ts';
import type { Timeline } from './timeline.ts';

/** How far a transfer has come is for the eye; the database learns of it this often, for the eye after a restart. */
const KEEP_PROGRESS_MS = 5_000;

/** Where each transfer stands, shown and kept with its timeline item. */
export class FileProgress {
  readonly #store: Store;
  readonly #timeline: Timeline;
  readonly #outgoing: OutgoingFiles;
  readonly #keptAtMs = new Map<string, number>();

  constructor({ store, timeline, outgoing }: { store: Store; timeline: Timeline; outgoing: OutgoingFiles }) {
    this.#store = store;
    this.#timeline = timeline;
    this.#outgoing = outgoing;
  }

  /** Shows a state; nothing happens when there is no such item. What has ended lets go of its files. */
  show(peerId: string, id: string, transfer: Transfer): void {
    const before = this.#store.item(peerId, id);
    const isNews = before?.kind !== 'file' || before.transfer.state !== transfer.state;
    // A check is made anew after a restart: what was before it has to be known then.
    const keep =
      transfer.state !== 'checking' && (isNews || Date.now() - (this.#keptAtMs.get(id) ?? 0) >= KEEP_PROGRESS_MS);
    if (keep) this.#keptAtMs.set(id, Date.now());
    this.#timeline.change(peerId, id, 'file', { transfer }, { keep });
    if (!hasEnded(transfer)) return;
    this.#keptAtMs.delete(id);
    if (transfer.state === 'done') this.#outgoing.drop(id);
    else if (transfer.state !== 'failed') this.#outgoing.dropCopy(id);
  }
}
