import { within } from '../shared/abort.ts';
import { AppError } from '../shared/errors.ts';
import { MAX_FILE_BYTES, MAX_MIME_LENGTH } from '../shared/limits.ts';
import { OUTGOING_FOLDER, openFolder, removeEntry } from './opfs-folder.ts';
import { webName } from './web-name.ts';

/** A server that has not begun to answer by then is down. */
const ANSWER_LIMIT_MS = 30_000;
/** Without a byte for so long the rest won't come either. */
const STALL_LIMIT_MS = 60_000;

/** A file of the web whose server has begun to answer. */
export interface WebFile {
  readonly name: string;
  readonly mime: string;
  /** As the server says; null when it doesn't. */
  readonly sizeBytes: number | null;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * Asks for a file of the web, as this origin may: cookies go out only to an origin that the browser lets this one read. `expectsMedia`:
 * a page in its place is no answer. Null: its server is there, but the browser keeps its answer from this origin.
 * @throws AppError `file-fetch-failed`, `file-too-large`; the signal's reason.
 */
export async function askForFile(url: string, expectsMedia: boolean, signal: AbortSignal): Promise<WebFile | null> {
  const response = await answer(url, {}, signal);
  if (!response) {
    // The browser doesn't say why. What answers when nothing of it is to be read is only out of reach.
    const unread = await answer(url, { mode: 'no-cors', credentials: 'omit' }, signal);
    await unread?.body?.cancel();
    if (unread) return null;
    throw new AppError('file-fetch-failed');
  }
  const mime = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isPage = expectsMedia && mime === 'text/html';
  if (!response.ok || !response.body || isPage) {
    await response.body?.cancel();
    // Whoever is logged in there may see more than a stranger.
    if (response.type === 'cors' && (isPage || response.status === 401 || response.status === 403)) return null;
    throw new AppError('file-fetch-failed');
  }
  const length = response.headers.get('content-length');
  const sizeBytes = length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
  if (sizeBytes !== null && sizeBytes > MAX_FILE_BYTES) {
    await response.body.cancel();
    throw new AppError('file-too-large');
  }
  const name = webName(response.url || url, mime, response.headers.get('content-disposition'));
  return { name, mime: mime.slice(0, MAX_MIME_LENGTH), sizeBytes, body: response.body };
}

async function answer(url: string, init: RequestInit, signal: AbortSignal): Promise<Response | null> {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const waiting = new AbortController();
  const abort = () => waiting.abort();
  const end = AbortSignal.any([signal, limit]);
  end.addEventListener('abort', abort);
  try {
    // Only for the answer's head: its body may take as long as it moves.
    return await fetch(url, { ...init, signal: waiting.signal });
  } catch {
    signal.throwIfAborted();
    return null;
  } finally {
    end.removeEventListener('abort', abort);
  }
}

/**
 * Writes a file of the web to `outgoing/<id>` as it comes, so that none of any size has to fit into memory.
 * @throws AppError `file-fetch-failed`, `file-too-large`, `storage-full`; the signal's reason. Nothing is left behind then.
 */
export async function keepWebFile(
  id: string,
  { name, mime, body }: WebFile,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<File> {
  const folder = await openFolder(OUTGOING_FOLDER, { create: true });
  const handle = await folder.getFileHandle(id, { create: true });
  const reader = body.getReader();
  const writable = await handle.createWritable();
  try {
    let bytes = 0;
    for (;;) {
      const { done, value } = await within(reader.read(), STALL_LIMIT_MS, 'file-fetch-failed', signal);
      if (done) break;
      bytes += value.byteLength;
      if (bytes > MAX_FILE_BYTES) throw new AppError('file-too-large');
      await writable.write(value as Uint8Array<ArrayBuffer>);
      onProgress(bytes);
    }
    await writable.close();
    return new File([await handle.getFile()], name, { type: mime, lastModified: Date.now() });
  } catch (error) {
    reader.cancel().catch(() => {});
    await writable.abort().catch(() => {});
    await removeEntry(folder, id);
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw new AppError(isFull ? 'storage-full' : 'file-fetch-failed', { cause: error });
  }
}
