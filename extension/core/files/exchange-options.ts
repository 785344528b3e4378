import type { FileMessage } from '../protocol/messages.ts';
import type { BlockEncoding } from './frames.ts';
import type { TransferDetails } from './source.ts';
import type { FileStore } from './store.ts';
import type { Outcome, TransferProgress } from './transfer.ts';
import type { LeafInput } from './tree-hash.ts';

/** One file that has arrived whole. */
export interface ReceivedFile {
  /** Names separated by slashes, relative to the transfer: each safe on every system, all different without regard to case. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
  /** Made when it is asked for. Reads for as long as the transfer isn't released. */
  readonly content: Blob;
}

export interface Received {
  readonly outcome: Outcome;
  readonly files: readonly ReceivedFile[];
}

export interface FileExchangeOptions {
  /**
   * The session's control channel: reliable and in order, over several links. Resolves when the peer has the message, rejects when
   * the peer isn't there.
   */
  send(message: FileMessage): Promise<void>;
  /** Where arriving bytes go. Called when the first transfer is accepted or restored. */
  openStore(): FileStore;
  /** Every change of state at once; progress about four times a second. It may call back into the exchange. */
  onChange(transfer: TransferProgress): void;
  /** A transfer is whole and checked, see `FileExchange.release`. Told after its state `received`. */
  onReceived(id: string, received: Received): void;
  /**
   * Makes a block smaller, when that is worth it; it must not come out larger. Takes the memory of `block`. Asked for about as many
   * blocks as the lanes take.
   */
  encode?(block: LeafInput, details: TransferDetails): Promise<EncodedBytes>;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export interface EncodedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly encoding: BlockEncoding;
}
