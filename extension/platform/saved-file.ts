import { browser } from 'wxt/browser';
import { AppError } from '../core/shared/errors.ts';

/** Shows a saved file in the system's file manager. @throws AppError `download-failed` when it is gone. */
export async function showSavedFile(downloadId: number): Promise<void> {
  await mustExist(downloadId);
  browser.downloads.show(downloadId);
}

/**
 * Opens a saved file as a click on it would; the browser asks the person first. In a view, in answer to a click: the worker has none.
 * @throws AppError `download-failed` when it is gone.
 */
export async function openSavedFile(downloadId: number): Promise<void> {
  await mustExist(downloadId);
  await browser.downloads.open(downloadId);
}

async function mustExist(downloadId: number): Promise<void> {
  const [entry] = await browser.downloads.search({ id: downloadId });
  if (!entry?.exists) throw new AppError('download-failed');
}
