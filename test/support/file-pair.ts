import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { createSource } from '../../extension/core/files/create-source.ts';
import { FileExchange, type FileExchangeOptions, type Received } from '../../extension/core/files/exchange.ts';
import type { SourceFile, TransferSource } from '../../extension/core/files/source.ts';
import type { TransferProgress, TransferState } from '../../extension/core/files/transfer.ts';
import { FileMessage } from '../../extension/core/protocol/messages.ts';
import { AppError } from '../../extension/core/shared/errors.ts';
import { createMemoryLinks, type MemoryLinkOptions, type MemoryLinkPair } from './memory-link.ts';
import { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';

export interface FileSideOptions extends MemoryStoreOptions {
  encode?: FileExchangeOptions['encode'];
}

/** One device: its exchange, its store, and everything that it was told. */
export class TestSide {
  readonly exchange: FileExchange;
  readonly store: MemoryStore;
  readonly changes: TransferProgress[] = [];
  readonly sent: FileMessage[] = [];
  /** What arrived whole, by id. */
  readonly received = new Map<string, Received>();
  /** Who hears what this side sends; nobody while they are not connected. */
  other: { receive(message: FileMessage): void } | null = null;
  /** Set while no message can be sent although they are connected: too many wait already. */
  isFull = false;
  /** How many were not sent for that. */
  refusedCount = 0;
  readonly #watchers = new Set<() => void>();

  constructor(options: FileSideOptions, now: (() => number) | undefined) {
    this.store = new MemoryStore(options);
    this.exchange = new FileExchange({
      send: async (message) => {
        const { other } = this;
        if (!other) throw new AppError('peer-offline');
        if (this.isFull) {
          this.refusedCount += 1;
          throw new AppError('too-many-waiting');
        }
        this.sent.push(message);
        const wire = JSON.stringify(message);
        await Promise.resolve();
        // What was on its way when the link went is lost with it.
        if (this.other !== other) throw new AppError('link-lost');
        other.receive(v.parse(FileMessage, JSON.parse(wire)));
      },
      openStore: () => this.store,
      onChange: (progress) => {
        this.changes.push(progress);
        this.#look();
      },
      onReceived: (id, received) => {
        this.received.set(id, received);
        this.#look();
      },
      ...(options.encode ? { encode: options.encode } : {}),
      ...(now ? { now } : {}),
    });
  }

  /** The state a transfer was last told to be in. */
  state(id: string): TransferState | undefined {
    return this.changes.findLast((change) => change.id === id)?.state;
  }

  /** The names of the states a transfer went through. */
  path(id: string): string[] {
    const names = this.changes.filter((change) => change.id === id).map((change) => change.state.state);
    return names.filter((name, index) => name !== names[index - 1]);
  }

  /** Resolves when a transfer has been told to be in a state, for the first time or after `since` changes. */
  async reached<Name extends TransferState['state']>(
    id: string,
    name: Name,
    since = 0,
  ): Promise<Extract<TransferState, { state: Name }>> {
    const found = () => this.changes.slice(since).find((change) => change.id === id && change.state.state === name);
    await this.until(() => found() !== undefined);
    return found()?.state as Extract<TransferState, { state: Name }>;
  }

  /** Resolves when `predicate` holds; it is looked at after every change. */
  async until(predicate: () => boolean): Promise<void> {
    if (predicate()) return;
    await new Promise<void>((resolve) => {
      const watcher = () => {
        if (!predicate()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** The content of a transfer of one file, once it has arrived. */
  async content(id: string): Promise<Blob> {
    const [file] = (await this.arrived(id)).files;
    if (!file) throw new Error('Nothing arrived.');
    return file.content;
  }

  /** What has arrived, and how, once it has. */
  async arrived(id: string): Promise<Received> {
    await this.until(() => this.received.has(id));
    const received = this.received.get(id);
    if (!received) throw new Error('Nothing arrived.');
    return received;
  }

  /** Accepts every offer as it comes. */
  acceptAll(): void {
    this.#watchers.add(() => {
      for (const { id, direction } of [...this.changes]) {
        if (direction === 'in' && this.state(id)?.state === 'offered') this.exchange.answer(id, true);
      }
    });
  }

  #look(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

export interface FilePairOptions {
  alice?: FileSideOptions;
  bob?: FileSideOptions;
  link?: MemoryLinkOptions;
  now?: () => number;
}

export interface FilePair {
  alice: TestSide;
  bob: TestSide;
  /** The link that both are attached to. */
  link: MemoryLinkPair;
  /** Attaches both to a new link. */
  reconnect(): void;
  /** The line breaks and both notice. */
  disconnect(): void;
  /** A browser is closed and opened again: what was not on the disk is gone. They are not connected then. */
  restart(who: 'alice' | 'bob'): void;
}

/** Two exchanges on one link. */
export function createFilePair(options: FilePairOptions = {}): FilePair {
  const pair: FilePair = {
    alice: new TestSide(options.alice ?? {}, options.now),
    bob: new TestSide(options.bob ?? {}, options.now),
    link: createMemoryLinks(options.link),
    reconnect: () => {
      pair.link = createMemoryLinks(options.link);
      attach();
    },
    disconnect: () => {
      pair.link.cut();
      for (const side of [pair.alice, pair.bob]) {
        side.other = null;
        side.exchange.detach();
      }
    },
    restart: (who) => {
      pair.disconnect();
      const { disk } = pair[who].store;
      pair[who] = new TestSide({ ...options[who], disk }, options.now);
    },
  };
  const attach = () => {
    const { alice, bob, link } = pair;
    alice.other = bob.exchange;
    bob.other = alice.exchange;
    alice.exchange.attach(link.a);
    bob.exchange.attach(link.b);
  };
  attach();
  return pair;
}

/** An id as the wire takes it. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}

/** A file of random bytes. */
export function randomFile(sizeBytes: number, name = 'picture.png'): File {
  return new File([randomBytes(sizeBytes)], name, { type: 'image/png', lastModified: 1_700_000_000_000 });
}

/** A transfer of one file. */
export function sourceOf(file: File): TransferSource {
  return createSource({ form: 'file', name: file.name, files: [{ path: file.name, file }] });
}

/** A transfer of a folder. */
export function folderOf(files: readonly SourceFile[], name = 'holiday'): TransferSource {
  return createSource({ form: 'folder', name, files });
}

/** SHA-256 of the content, in hex. */
export async function digest(blob: Blob | undefined): Promise<string> {
  if (!blob) return 'nothing';
  return createHash('sha256')
    .update(new Uint8Array(await blob.arrayBuffer()))
    .digest('hex');
}
