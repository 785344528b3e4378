import * as v from 'valibot';
import { AppError, errorCode } from '../shared/errors.ts';
import { OpfsFile } from './opfs-file.ts';
import { type StoreReply, StoreRequest } from './opfs-messages.ts';

/*
 * Decodes and checks arriving blocks and writes them to the origin private file system. A dedicated worker, because only there
 * `createSyncAccessHandle` exists, which is several times faster than a writable stream and writes in place.
 */

interface Opened {
  /** Folder and name: what at most one may have open. */
  readonly path: string;
  readonly file: Promise<OpfsFile>;
  /** Everything asked of it so far has been done. */
  settled: Promise<unknown>;
}

const files = new Map<number, Opened>();
/** Who opened a path last. */
const newest = new Map<string, Opened>();

self.addEventListener('message', (event: MessageEvent) => {
  const request = v.parse(StoreRequest, event.data);
  const { request: number } = request;
  answer(request).then(reply, (error: unknown) =>
    reply({ request: number, type: 'failed', code: errorCode(toAppError(error)) }),
  );
});

/** Puts a request behind those before it on the same file, in the same task in which it came. */
function answer(request: StoreRequest): Promise<StoreReply> {
  const { request: number } = request;
  if (request.type === 'open') return open(request);
  const opened = files.get(request.file);
  if (!opened) return missing(request);
  switch (request.type) {
    case 'write': {
      // Blocks are decoded and hashed side by side, on threads of the browser's own; they are written one after the other.
      const checked = opened.file.then((file) => file.check(request));
      checked.catch(() => {}); // Whoever waits for the write hears of it.
      return inOrder(opened, async (file) => {
        const input = await checked;
        if (input) file.write(request.index, input, request.leaf);
        return { request: number, type: 'written', isRight: input !== undefined, memory: request.bytes.buffer };
      });
    }
    case 'finish':
      return inOrder(opened, async (file) => ({ request: number, type: 'finished', content: await file.finish() }));
    case 'close':
      return inOrder(opened, async (file) => {
        file.close();
        return { request: number, type: 'done' };
      });
    case 'remove':
      return inOrder(opened, async (file) => {
        files.delete(request.file);
        // A newer one of this name may have taken it over.
        if (newest.get(opened.path) !== opened) file.close();
        else {
          await file.remove();
          if (newest.get(opened.path) === opened) newest.delete(opened.path);
        }
        return { request: number, type: 'done' };
      });
  }
}

/** One that was removed can be closed and removed again. */
async function missing({ request, type }: StoreRequest): Promise<StoreReply> {
  if (type === 'close' || type === 'remove') return { request, type: 'done' };
  throw new Error('No such file is open.');
}

async function open(request: Extract<StoreRequest, { type: 'open' }>): Promise<StoreReply> {
  const path = `${request.folder}/${request.name}`;
  const older = newest.get(path);
  const file = (async () => {
    if (older) {
      await older.settled.catch(() => {});
      await older.file.then((left) => left.close()).catch(() => {});
    }
    return OpfsFile.open(request, (check) => reply({ request: request.request, type: 'checking', ...check }));
  })();
  const opened = { path, file, settled: file };
  newest.set(path, opened);
  files.set(request.file, opened);
  const { leaves } = await file;
  return { request: request.request, type: 'opened', leaves };
}

function inOrder(opened: Opened, work: (file: OpfsFile) => Promise<StoreReply>): Promise<StoreReply> {
  const done = opened.settled.catch(() => {}).then(async () => work(await opened.file));
  opened.settled = done;
  return done;
}

function toAppError(error: unknown): unknown {
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  return isFull ? new AppError('storage-full', { cause: error }) : error;
}

function reply(message: StoreReply): void {
  self.postMessage(message, { transfer: message.type === 'written' ? [message.memory] : [] });
}
