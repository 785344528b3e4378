import { browser } from 'wxt/browser';
import { AppError } from '../core/shared/errors.ts';

/** Everything that arrives lands in one folder below Downloads. */
const FOLDER = 'Pairwise';
/** Which item each running download belongs to; session storage, since the worker may be stopped meanwhile. */
const KEY = 'downloads';

type Running = Record<string, string>;

/** Saves a blob URL of the offscreen document under Downloads/Pairwise, next to what is there. @throws AppError `download-failed` */
export async function startDownload(itemId: string, url: string, name: string): Promise<void> {
  try {
    const downloadId = await browser.downloads.download({
      url,
      filename: `${FOLDER}/${name}`,
      conflictAction: 'uniquify',
      saveAs: false,
    });
    await change((running) => ({ ...running, [downloadId]: itemId }));
    // It may have ended before its item was noted.
    const [entry] = await browser.downloads.search({ id: downloadId });
    if (entry && entry.state !== 'in_progress') await ended(downloadId, entry.state === 'complete');
  } catch (cause) {
    throw new AppError('download-failed', { cause });
  }
}

/** Shows the file in the system's file manager. @throws AppError `download-failed` when it is gone. */
export async function showDownload(downloadId: number): Promise<void> {
  const [entry] = await browser.downloads.search({ id: downloadId });
  if (!entry?.exists) throw new AppError('download-failed');
  browser.downloads.show(downloadId);
}

let onEnded: (itemId: string, downloadId: number, ok: boolean) => Promise<void> = async () => {};

/** Tells of every download of ours that ends, also after a restart of the worker. Once, in the worker's first task. */
export function watchDownloads(listener: typeof onEnded): void {
  onEnded = listener;
  browser.downloads.onChanged.addListener(({ id, state }) => {
    if (state?.current === 'complete') void ended(id, true);
    else if (state?.current === 'interrupted') void ended(id, false);
  });
}

async function ended(downloadId: number, ok: boolean): Promise<void> {
  let itemId: string | undefined;
  await change((running) => {
    const { [downloadId]: found, ...others } = running;
    itemId = found;
    return others;
  });
  if (itemId) await onEnded(itemId, downloadId, ok);
}

let changing: Promise<void> = Promise.resolve();

/** One change after the other: two downloads that end together must not overwrite each other's. */
function change(update: (running: Running) => Running): Promise<void> {
  const next = changing.then(async () => {
    const stored = await browser.storage.session.get(KEY);
    const running: Running = {};
    for (const [id, itemId] of Object.entries(stored[KEY] ?? {})) if (typeof itemId === 'string') running[id] = itemId;
    await browser.storage.session.set({ [KEY]: update(running) });
  });
  changing = next.catch(() => {});
  return next;
}
