import type { NotificationTarget, Platform } from '../../core/session/platform.ts';
import { AppError } from '../../core/shared/errors.ts';
import { report } from '../../core/shared/report.ts';
import { askBackground } from '../../messaging/ask.ts';

type Saved = { downloadId: number | null };

/** What the core needs from the browser, asked of the worker. */
export class WorkerPlatform implements Platform {
  /** Whether a person sees a view now; what it shows needs no notification. */
  isSeen: () => boolean = () => false;
  readonly #saving = new Map<string, { resolve(saved: Saved): void; reject(error: unknown): void }>();

  notify({ about, name, body }: { about: NotificationTarget; name: string; body: string }): void {
    if (this.isSeen()) return;
    askBackground('notify', { id: notificationId(about), name, body: body.slice(0, 500) }).catch(report);
  }

  async save(itemId: string, file: File): Promise<Saved> {
    // Without a neutral type Chromium would rewrite the name's extension after it.
    const url = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }));
    try {
      const ended = new Promise<Saved>((resolve, reject) => this.#saving.set(itemId, { resolve, reject }));
      ended.catch(() => {}); // The start may fail first; then nobody waits for the end.
      await askBackground('download-start', { itemId, url, name: file.name });
      return await ended;
    } finally {
      this.#saving.delete(itemId);
      URL.revokeObjectURL(url);
    }
  }

  /** The worker tells how a download ended. */
  downloadEnded(itemId: string, downloadId: number, ok: boolean): void {
    const waiting = this.#saving.get(itemId);
    if (ok) waiting?.resolve({ downloadId });
    else waiting?.reject(new AppError('download-failed'));
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
