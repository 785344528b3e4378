import type { FileToSave, NotificationTarget, PageEntry, Platform } from '../../core/session/platform.ts';
import { Emitter } from '../../core/shared/emitter.ts';
import { AppError, type ErrorCode } from '../../core/shared/errors.ts';
import { newId } from '../../core/shared/ids.ts';
import { report } from '../../core/shared/report.ts';
import { askBackground } from '../../messaging/ask.ts';

/** Downloads running side by side: each is mostly waiting for the browser. With 32 at once they were 3.6 times as fast as one by one, with 8 2.2 times. */
const DOWNLOADS_AT_ONCE = 16;

/** What the core needs from the browser, asked of the worker. */
export class WorkerPlatform implements Platform {
  /** Whether a person sees a view now; what it shows needs no notification. */
  isSeen: () => boolean = () => false;
  /** Who waits for a download to end, by the name it was given here. */
  readonly #waiting = new Map<string, (code: ErrorCode | null) => void>();
  readonly #muted = new Emitter<[tabId: number, isMuted: boolean]>();

  notify({ about, name, body }: { about: NotificationTarget; name: string; body: string }): void {
    if (this.isSeen()) return;
    const code = about.kind === 'not-shown' ? about.code : null;
    askBackground('notify', { id: notificationId(about), name, body: body.slice(0, 500), code }).catch(report);
  }

  enterPage(tabId: number): Promise<PageEntry> {
    return askBackground('page-script', { tabId }).catch(() => 'refused' as const);
  }

  watchMuted(tabId: number, listener: (isMuted: boolean) => void): () => void {
    let tell: typeof listener | null = listener;
    const stop = this.#muted.on((id, isMuted) => {
      if (id === tabId) tell?.(isMuted);
    });
    // A worker that is being replaced takes nothing: the next one does.
    askBackground('tab-muted', { tabId })
      .catch(() => askBackground('tab-muted', { tabId }))
      .catch(() => false)
      .then((isMuted) => tell?.(isMuted));
    return () => {
      tell = null;
      stop();
    };
  }

  /** The worker tells what a tab does. */
  tabMuted(tabId: number, isMuted: boolean): void {
    this.#muted.emit(tabId, isMuted);
  }

  openMicrophonePage(): Promise<void> {
    return askBackground('microphone-page', {});
  }

  async save(
    files: readonly FileToSave[],
    { signal, onSaved }: { signal: AbortSignal; onSaved(index: number): void },
  ): Promise<{ downloadId: number | null }> {
    // The first failure ends the others.
    const failing = new AbortController();
    const either = AbortSignal.any([signal, failing.signal]);
    const left = [...files.entries()];
    let first: number | null = null;
    const saveNext = async () => {
      for (let next = left.shift(); next && !either.aborted; next = left.shift()) {
        const [index, file] = next;
        const downloadId = await this.#download(file, either);
        if (index === 0) first = downloadId;
        onSaved(index);
      }
    };
    try {
      await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, saveNext));
      signal.throwIfAborted();
    } finally {
      failing.abort();
    }
    return { downloadId: first };
  }

  /** The worker tells how a download ended. */
  downloadEnded(key: string, code: ErrorCode | null): void {
    this.#waiting.get(key)?.(code);
  }

  async #download({ path, content }: FileToSave, signal: AbortSignal): Promise<number> {
    const key = newId();
    let abort = () => {};
    const ended = new Promise<void>((resolve, reject) => {
      this.#waiting.set(key, (code) => (code ? reject(new AppError(code)) : resolve()));
      abort = () => reject(signal.reason);
    });
    ended.catch(() => {}); // The start may fail first; then nobody waits for the end.
    signal.addEventListener('abort', abort);
    // Without a neutral type Chromium would rewrite the name's extension after it.
    const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
    try {
      const downloadId = await askBackground('download-start', { key, url, path });
      if (signal.aborted) abort();
      await ended.catch(async (error: unknown) => {
        if (signal.aborted) await askBackground('download-cancel', { downloadId });
        throw error;
      });
      return downloadId;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#waiting.delete(key);
      URL.revokeObjectURL(url);
    }
  }
}

function notificationId(target: NotificationTarget): string {
  switch (target.kind) {
    case 'pairing':
      return 'pairing';
    case 'share':
      return `share:${target.peerId}:${target.shareId}`;
    default:
      return `${target.kind}:${target.peerId}`;
  }
}
