import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { FileExchange } from '../../extension/core/files/exchange.ts';
import type { TransferProgress, TransferState } from '../../extension/core/files/transfer.ts';
import { FileMessage } from '../../extension/core/protocol/messages.ts';
import { Transfer } from '../../extension/core/session/state.ts';
import { AppError } from '../../extension/core/shared/errors.ts';
import { createMemoryLinks, type MemoryLinkOptions, type MemoryLinkPair } from './memory-link.ts';
import { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';

export interface FileSideOptions extends MemoryStoreOptions {
  /** What saving to Downloads does; at once and successfully if left out. */
  save?(id: string, file: File): Promise<{ downloadId: number | null }>;
}

/** One device: its exchange, its store, and everything that it was told. */
export class TestSide {
  readonly exchange: FileExchange;
  readonly store: MemoryStore;
  readonly changes: TransferProgress[] = [];
  readonly sent: FileMessage[] = [];
  /** What was handed over to be saved, by id. */
  readonly saved = new Map<string, File>();
  /** Who hears what this side sends; nobody while they are not connected. */
  other: { receive(message: FileMessage): void } | null = null;
  readonly #watchers = new Set<() => void>();

  constructor(options: FileSideOptions, now: (() => number) | undefined) {
    this.store = new MemoryStore(options);
    this.exchange = new FileExchange({
      send: async (message) => {
        if (!this.other) throw new AppError('peer-offline');
        this.sent.push(message);
        const wire = JSON.stringify(message);
        await Promise.resolve();
        this.other.receive(v.parse(FileMessage, JSON.parse(wire)));
      },
      openStore: () => this.store,
      onChange: (progress) => {
        // What the timeline keeps must hold every state.
        v.parse(Transfer, progress.state satisfies Transfer);
        this.changes.push(progress);
        for (const watcher of [...this.#watchers]) watcher();
      },
      onReceived: async (id, file) => {
        this.saved.set(id, file);
        return options.save ? options.save(id, file) : { downloadId: 7 };
      },
      ...(now ? { now } : {}),
    });
  }

  /** The state a file was last told to be in. */
  state(id: string): TransferState | undefined {
    return this.changes.findLast((change) => change.id === id)?.state;
  }

  /** The names of the states a file went through. */
  path(id: string): string[] {
    const names = this.changes.filter((change) => change.id === id).map((change) => change.state.state);
    return names.filter((name, index) => name !== names[index - 1]);
  }

  /** Resolves when the file has reached a state. */
  async reached<Name extends TransferState['state']>(
    id: string,
    name: Name,
  ): Promise<Extract<TransferState, { state: Name }>> {
    const found = () => this.changes.find((change) => change.id === id && change.state.state === name)?.state;
    await this.until(() => found() !== undefined);
    return found() as Extract<TransferState, { state: Name }>;
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

  /** Accepts every offer as it comes. */
  acceptAll(): void {
    const watcher = () => {
      for (const { id, direction } of [...this.changes]) {
        if (direction === 'in' && this.state(id)?.state === 'offered') this.exchange.answer(id, true);
      }
    };
    this.#watchers.add(watcher);
  }
}

export interface FilePairOptions {
  alice?: FileSideOptions;
  bob?: FileSideOptions;
  link?: MemoryLinkOptions;
  now?: () => number;
}

export interface FilePair {
  readonly alice: TestSide;
  readonly bob: TestSide;
  /** The link that both are attached to. */
  link: MemoryLinkPair;
  /** Attaches both to a new link. */
  reconnect(): void;
  /** The line breaks and both notice. */
  disconnect(): void;
}

/** Two exchanges on one link. */
export function createFilePair(options: FilePairOptions = {}): FilePair {
  const alice = new TestSide(options.alice ?? {}, options.now);
  const bob = new TestSide(options.bob ?? {}, options.now);
  const pair: FilePair = {
    alice,
    bob,
    link: createMemoryLinks(options.link),
    reconnect: () => {
      pair.link = createMemoryLinks(options.link);
      attach();
    },
    disconnect: () => {
      pair.link.cut();
      alice.other = null;
      bob.other = null;
      alice.exchange.detach();
      bob.exchange.detach();
    },
  };
  const attach = () => {
    alice.other = bob.exchange;
    bob.other = alice.exchange;
    alice.exchange.attach(pair.link.a);
    bob.exchange.attach(pair.link.b);
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

/** SHA-256 of the content, in hex. */
export async function digest(blob: Blob | undefined): Promise<string> {
  if (!blob) return 'nothing';
  return createHash('sha256')
    .update(new Uint8Array(await blob.arrayBuffer()))
    .digest('hex');
}
