import * as v from 'valibot';
import { AppError } from '../shared/errors.ts';
import { BlockMemory } from './block-memory.ts';
import { blockLength } from './blocks.ts';
import { StoreReply, type StoreRequest } from './opfs-messages.ts';
// Not `new URL(…, import.meta.url)`: WXT replaces `import.meta.url` before Vite sees it, and the worker would be missing.
import OpfsWorker from './opfs-worker.ts?worker';
import type { Check, FileStore, PartialFile } from './store.ts';

type Reply<Type extends StoreReply['type']> = Extract<StoreReply, { type: Type }>;
type Body = StoreRequest extends infer Each ? (Each extends StoreRequest ? Omit<Each, 'request'> : never) : never;

interface Waiter {
  resolve(reply: StoreReply): void;
  onCheck?: ((check: Check) => void) | undefined;
  reject(error: unknown): void;
}

/** Opens the store of what one peer sends, with a worker of its own. `folder` has only the characters of a `PeerId`. */
export function openOpfsStore(folder: string): FileStore {
  return new OpfsStore(folder);
}

class OpfsStore implements FileStore {
  readonly #folder: string;
  readonly #worker = new OpfsWorker();
  readonly #waiters = new Map<number, Waiter>();
  /** Why nothing is answered any more. */
  #broken: Error | undefined;
  /** Bytes that each open file has still to take. */
  readonly #unwritten = new Map<number, number>();
  readonly #memory = new BlockMemory();
  #requests = 0;
  #files = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#worker.addEventListener('message', (event: MessageEvent) => this.#settle(v.parse(StoreReply, event.data)));
    this.#worker.addEventListener('error', (event) =>
      this.#abandon(new Error(`The file worker failed: ${event.message}`)),
    );
  }

  /** What open transfers have still to write is taken: neither disk nor browser count it before it is written. */
  async availableBytes(): Promise<number> {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    return [...this.#unwritten.values()].reduce((left, bytes) => left - bytes, quota - usage);
  }

  async open(name: string, sizeBytes: number, onCheck?: (check: Check) => void): Promise<PartialFile> {
    const file = this.#files++;
    const request = { type: 'open', file, folder: this.#folder, name, sizeBytes } as const;
    const { leaves } = await this.#ask('opened', request, { onCheck });
    const there = [...leaves.keys()].reduce((bytes, index) => bytes + blockLength(sizeBytes, index), 0);
    this.#unwritten.set(file, sizeBytes - there);
    const end = async (type: 'close' | 'remove') => {
      this.#ended(file);
      await this.#ask('done', { type, file });
    };
    return {
      leaves,
      blockMemory: (lengthBytes) => this.#memory.take(lengthBytes),
      writeBlock: async (index, bytes, encoding, leaf) => {
        const block = { type: 'write', file, index, bytes, encoding, leaf } as const;
        const { isRight, memory } = await this.#ask('written', block, { transfer: [bytes.buffer] });
        if (this.#unwritten.size > 0) this.#memory.give(memory);
        const unwritten = this.#unwritten.get(file);
        if (isRight && unwritten !== undefined)
          this.#unwritten.set(file, Math.max(0, unwritten - blockLength(sizeBytes, index)));
        return isRight;
      },
      finish: async () => {
        this.#ended(file);
        return (await this.#ask('finished', { type: 'finish', file })).content;
      },
      close: () => end('close'),
      remove: () => end('remove'),
    };
  }

  async close(): Promise<void> {
    this.#worker.terminate();
    this.#abandon(new Error('The store is closed.'));
  }

  /** Nothing more comes of a file. */
  #ended(file: number): void {
    this.#unwritten.delete(file);
    if (this.#unwritten.size === 0) this.#memory.clear();
  }

  async #ask<Type extends StoreReply['type']>(
    type: Type,
    body: Body,
    { transfer = [], onCheck }: { transfer?: Transferable[]; onCheck?: Waiter['onCheck'] } = {},
  ): Promise<Reply<Type>> {
    if (this.#broken) throw this.#broken;
    const request = this.#requests++;
    const reply = await new Promise<StoreReply>((resolve, reject) => {
      this.#waiters.set(request, { resolve, reject, onCheck });
      this.#worker.postMessage({ ...body, request } satisfies StoreRequest, transfer);
    });
    if (isReply(reply, type)) return reply;
    throw reply.type === 'failed'
      ? new AppError(reply.code)
      : new Error(`The file worker answered with ${reply.type}.`);
  }

  #settle(reply: StoreReply): void {
    const waiter = this.#waiters.get(reply.request);
    if (reply.type === 'checking') return waiter?.onCheck?.(reply);
    waiter?.resolve(reply);
    this.#waiters.delete(reply.request);
  }

  #abandon(error: Error): void {
    this.#broken = error;
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
  }
}

function isReply<Type extends StoreReply['type']>(reply: StoreReply, type: Type): reply is Reply<Type> {
  return reply.type === type;
}
