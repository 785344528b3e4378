import { browser } from 'wxt/browser';
import { AppError } from '../core/shared/errors.ts';

/**
 * Opens a saved file as a click on it would; the browser asks the person first. In a view, in answer to a click: the worker has none.
 * @throws AppError `download-failed` when the file is gone.
 */
export async function openDownload(downloadId: number): Promise<void> {
  const [entry] = await browser.downloads.search({ id: downloadId });
  if (!entry?.exists) throw new AppError('download-failed');
  await browser.downloads.open(downloadId);
}
