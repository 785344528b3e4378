import type { ReceivedFile } from '../files/exchange-options.ts';
import { writeToFolder } from '../files/folder-writer.ts';
import { packZip, removeZip } from '../files/opfs-zip.ts';
import { safeName } from '../files/safe-name.ts';
import type { Outcome } from '../files/transfer.ts';
import { type ErrorCode, errorCode } from '../shared/errors.ts';
import { MAX_TITLE_LENGTH } from '../shared/limits.ts';
import { report } from '../shared/report.ts';
import type { Platform } from './platform.ts';
import type { ItemOf, Transfer } from './state.ts';

type FileItem = ItemOf<'file'>;

/**
 * Above this many files the person chooses a folder or a zip. However small its file is, a download costs the browser several
 * milliseconds and stands in its list for ever: so many take a few seconds, and nobody wants to clear away more.
 */
export const MAX_DOWNLOADS = 300;

export interface SavingOptions {
  save: Platform['save'];
  /** The folder below Downloads; empty for Downloads itself. */
  folder(): string;
  show(item: FileItem, transfer: Transfer): void;
  /** It stands where the person wants it: private storage may let go of it. */
  release(item: FileItem): void;
  /** Too many files for Downloads: the person has to say where. */
  onReady(item: FileItem): void;
  onSaved(item: FileItem): void;
  /** A folder or zip that was asked for came to nothing; the files are still there. */
  onFailed(item: FileItem, code: ErrorCode): void;
}

interface Held {
  readonly item: FileItem;
  readonly outcome: Outcome;
  readonly files: readonly ReceivedFile[];
  /** What stands in Downloads already, for another try after a failure. */
  readonly saved: Set<string>;
  downloadId: number | null;
  /** Ends what is under way. */
  running: AbortController | null;
}

/**
 * Brings whole, checked transfers from private storage to where the person finds them. They stay in private storage until that has
 * succeeded: a full disk or a download that was cancelled costs nothing but another try.
 */
export class Saving {
  readonly #options: SavingOptions;
  readonly #held = new Map<string, Held>();

  constructor(options: SavingOptions) {
    this.#options = options;
  }

  /** A transfer is whole. Few files are saved to Downloads at once, more wait for the person's word. */
  received(item: FileItem, outcome: Outcome, files: readonly ReceivedFile[]): void {
    this.drop(item.id);
    const held: Held = { item, outcome, files, saved: new Set(), downloadId: null, running: null };
    this.#held.set(item.id, held);
    this.#begin(held);
  }

  /** Whether it is here, whole. */
  has(id: string): boolean {
    return this.#held.has(id);
  }

  /** Tries again what has failed. */
  again(id: string): void {
    const held = this.#held.get(id);
    if (held && !held.running) this.#begin(held);
  }

  /** Writes it into a folder that the person has chosen and allowed. */
  toFolder(id: string, folder: FileSystemDirectoryHandle): void {
    const held = this.#held.get(id);
    if (!held || held.running) return;
    this.#run(
      held,
      async (signal) => {
        const { item, files } = held;
        await writeToFolder(folder, named(item, files), {
          signal,
          onWritten: (savedCount) => this.#options.show(item, { state: 'saving', savedCount }),
        });
        return { downloadId: null, place: placeOf(folder.name, topOf(item)) };
      },
      { orElse: 'ready' },
    );
  }

  /** Saves it to Downloads as one zip. */
  toZip(id: string): void {
    const held = this.#held.get(id);
    if (!held || held.running) return;
    this.#run(
      held,
      async (signal) => {
        const { item, files } = held;
        const entries = files.map((file) => ({
          path: join(...topOf(item), file.path),
          modifiedAt: file.modifiedAt,
          content: file.content,
        }));
        const content = await packZip(id, entries, {
          signal,
          onPacked: (savedCount) => this.#options.show(item, { state: 'saving', savedCount }),
        });
        try {
          const folder = this.#options.folder();
          const path = join(folder, safeName(`${item.name}.zip`));
          const { downloadId } = await this.#options.save([{ path, content }], { signal, onSaved: () => {} });
          return { downloadId, place: placeOf('Downloads', [folder]) };
        } finally {
          removeZip(id).catch(report);
        }
      },
      { orElse: 'ready' },
    );
  }

  /** Ends what is under way and forgets it. What has been saved already stays. */
  drop(id: string): void {
    this.#held.get(id)?.running?.abort();
    this.#held.delete(id);
  }

  #begin(held: Held): void {
    const { item, files } = held;
    if (files.length <= MAX_DOWNLOADS)
      return this.#run(held, (signal) => this.#download(held, signal), { orElse: 'failed' });
    this.#options.show(item, { state: 'ready' });
    this.#options.onReady(item);
  }

  async #download(held: Held, signal: AbortSignal): Promise<Saved> {
    const { item, files, saved } = held;
    const folder = this.#options.folder();
    const left = files.filter(({ path }) => !saved.has(path));
    const wanted = left.map((file) => ({
      path: join(folder, ...topOf(item), file.path),
      content: file.content,
    }));
    const { downloadId } = await this.#options.save(wanted, {
      signal,
      onSaved: (index) => {
        const file = left[index];
        if (file) saved.add(file.path);
        this.#options.show(item, { state: 'saving', savedCount: saved.size });
      },
    });
    held.downloadId ??= downloadId;
    return { downloadId: held.downloadId, place: placeOf('Downloads', [folder, ...topOf(item)]) };
  }

  #run(held: Held, work: (signal: AbortSignal) => Promise<Saved>, { orElse }: { orElse: 'ready' | 'failed' }): void {
    const { item, outcome } = held;
    const running = new AbortController();
    held.running = running;
    this.#options.show(item, { state: 'saving', savedCount: held.saved.size });
    work(running.signal).then(
      (saved) => {
        if (running.signal.aborted) return;
        this.#held.delete(item.id);
        // In this order: what is done and still lies there is swept away, what is gone and not done would be fetched once more.
        this.#options.show(item, { state: 'done', ...outcome, savedAt: Date.now(), ...saved });
        this.#options.release(item);
        this.#options.onSaved(item);
      },
      (error: unknown) => {
        if (running.signal.aborted) return;
        held.running = null;
        const code = errorCode(error);
        if (code === 'internal') report(error);
        if (orElse === 'failed') return this.#options.show(item, { state: 'failed', code, bytes: item.sizeBytes });
        this.#options.show(item, { state: 'ready' });
        this.#options.onFailed(item, code);
      },
    );
  }
}

type Saved = { downloadId: number | null; place: string };

/** A folder comes with its own name, several files without one. */
function topOf({ form, name }: FileItem): string[] {
  return form === 'folder' ? [name] : [];
}

function named(item: FileItem, files: readonly ReceivedFile[]): { path: string; content: Blob }[] {
  return files.map((file) => ({ path: join(...topOf(item), file.path), content: file.content }));
}

function join(...names: string[]): string {
  return names.filter((name) => name !== '').join('/');
}

function placeOf(root: string, names: readonly string[]): string {
  return join(root, ...names).slice(0, MAX_TITLE_LENGTH);
}
