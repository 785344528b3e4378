import { browser } from 'wxt/browser';
import { safeName } from '../core/files/safe-name.ts';
import { AppError, type ErrorCode } from '../core/shared/errors.ts';

/** What the offscreen document calls each running download, under this and its number; in session storage, since the worker may be stopped. */
const KEY = 'download:';
/** The same, and how those ended whose start hasn't been answered yet, for as long as this worker lives: hundreds of files hardly ask the storage. */
const keys = new Map<number, string>();
const early = new Map<number, ErrorCode | null>();
let starting = 0;

/**
 * Saves a blob URL of the offscreen document at a path below Downloads, next to what is there. Resolves with the browser's number.
 * @throws AppError `save-failed`, also for a path with a name that isn't safe.
 */
export async function startDownload(key: string, url: string, path: string): Promise<number> {
  starting++;
  try {
    if (path.split('/').some((name) => name !== safeName(name))) throw new Error('The path is not safe.');
    const downloadId = await browser.downloads.download({
      url,
      filename: path,
      conflictAction: 'uniquify',
      saveAs: false,
    });
    keys.set(downloadId, key);
    const code = early.get(downloadId);
    if (code === undefined) await browser.storage.session.set({ [KEY + downloadId]: key });
    else await ended(downloadId, code);
    return downloadId;
  } catch (cause) {
    throw new AppError('save-failed', { cause });
  } finally {
    starting--;
    if (starting === 0) early.clear();
  }
}

/** Ends a download that is running, and removes what it has written. Idempotent. */
export async function cancelDownload(downloadId: number): Promise<void> {
  keys.delete(downloadId);
  await browser.storage.session.remove(KEY + downloadId);
  await browser.downloads.cancel(downloadId).catch(() => {}); // It has ended meanwhile.
}

let onEnded: (key: string, code: ErrorCode | null) => Promise<void> = async () => {};

/** Tells of every download of ours that ends, also after a restart of the worker. Once, in the worker's first task. */
export function watchDownloads(listener: typeof onEnded): void {
  onEnded = listener;
  browser.downloads.onChanged.addListener(({ id, state, error }) => {
    if (state?.current && state.current !== 'in_progress') void ended(id, faultOf(state.current, error?.current));
  });
}

async function ended(downloadId: number, code: ErrorCode | null): Promise<void> {
  const known = keys.get(downloadId);
  if (known === undefined && starting > 0) early.set(downloadId, code);
  const key = known ?? (await storedKey(downloadId));
  if (key === undefined) return;
  keys.delete(downloadId);
  void browser.storage.session.remove(KEY + downloadId);
  await onEnded(key, code);
}

/** Noted by a worker that was stopped meanwhile. */
async function storedKey(downloadId: number): Promise<string | undefined> {
  const stored = await browser.storage.session.get(KEY + downloadId);
  const key: unknown = stored[KEY + downloadId];
  return typeof key === 'string' ? key : undefined;
}

/** Null for a download that is whole. */
function faultOf(state: string, error: string | undefined): ErrorCode | null {
  if (state === 'complete') return null;
  return error === 'FILE_NO_SPACE' ? 'save-full' : 'save-failed';
}
