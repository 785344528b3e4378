/** Runs in the browser: two exchanges on one link in memory; what arrives goes through the real worker into the real private file system. */
import { FileExchange } from '../../../extension/core/files/exchange.ts';
import { removeLeftovers } from '../../../extension/core/files/opfs-folder.ts';
import { openOpfsStore } from '../../../extension/core/files/opfs-store.ts';
import type { TransferState } from '../../../extension/core/files/transfer.ts';
import { createLeafInput, type LeafInput } from '../../../extension/core/files/tree-hash.ts';
import { newId } from '../../../extension/core/shared/ids.ts';
import { createMemoryLinks } from '../../support/memory-link.ts';

declare global {
  var filesLab: typeof api;
}

interface Outcome {
  sender: TransferState;
  receiver: TransferState;
  /** SHA-256 of what was handed over to be saved, in hex. */
  sha256: string | null;
  name: string | null;
}

const FOLDER = newId();
const hex = (buffer: ArrayBuffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const isOver = (state: TransferState | undefined) =>
  state !== undefined && !['offered', 'moving', 'saving'].includes(state.state);

const api = {
  FOLDER,
  removeLeftovers,

  picked(): File {
    const file = document.querySelector('input')?.files?.[0];
    if (!file) throw new Error('No file was picked.');
    return file;
  },

  /** Sends the picked file. When `holdAtBytes` have arrived the line stands still until `onHold` is done. */
  async transfer(holdAtBytes = Infinity, onHold: () => Promise<void> = async () => {}): Promise<Outcome> {
    const states: Record<'alice' | 'bob', TransferState | undefined> = { alice: undefined, bob: undefined };
    const saved: { sha256: string | null; name: string | null } = { sha256: null, name: null };
    let arrivedBytes = 0;
    const link = createMemoryLinks({
      tamper: (frame, lane, from) => {
        if (lane === 'bulk' && from === 'a') arrivedBytes += frame.length;
        if (arrivedBytes >= holdAtBytes) {
          arrivedBytes = -Infinity;
          link.pause();
          void onHold().then(() => link.resume());
        }
        return [frame];
      },
    });
    let resolve: () => void = () => undefined;
    const over = new Promise<void>((fulfil) => {
      resolve = fulfil;
    });
    const exchange = (name: 'alice' | 'bob', other: () => FileExchange): FileExchange =>
      new FileExchange({
        send: async (message) => other().receive(message),
        openStore: () => openOpfsStore(FOLDER),
        onChange: ({ id, direction, state }) => {
          states[name] = state;
          if (direction === 'in' && state.state === 'offered') queueMicrotask(() => bob.answer(id, true));
          if (isOver(states.alice) && isOver(states.bob)) resolve();
        },
        onReceived: async (_, file) => {
          saved.sha256 = hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
          saved.name = file.name;
          return { downloadId: null };
        },
      });
    const alice = exchange('alice', () => bob);
    const bob: FileExchange = exchange('bob', () => alice);
    alice.attach(link.a);
    bob.attach(link.b);
    await alice.offer(newId(), api.picked());
    await over;
    await Promise.all([alice.close(), bob.close()]);
    const { alice: sender, bob: receiver } = states;
    if (!sender || !receiver) throw new Error('Nothing was told.');
    return { sender, receiver, ...saved };
  },

  /** The files in the folder that arriving files lie in, with their sizes. */
  async stored(): Promise<Record<string, number>> {
    const sizes: Record<string, number> = {};
    const root = await navigator.storage.getDirectory();
    for await (const incoming of root.values()) {
      if (incoming.kind !== 'directory') continue;
      for await (const folder of incoming.values()) {
        if (folder.kind !== 'directory') continue;
        for await (const file of folder.values())
          if (file.kind === 'file') sizes[file.name] = (await file.getFile()).size;
      }
    }
    return sizes;
  },

  openStore: () => openOpfsStore(FOLDER),
  newId,

  /** A block of `lengthBytes` times `value`, ready to be written. */
  block(value: number, lengthBytes: number): LeafInput {
    return createLeafInput(lengthBytes).fill(value, 1);
  },

  async content(file: Blob): Promise<number[]> {
    return [...new Uint8Array(await file.arrayBuffer())];
  },
};

globalThis.filesLab = api;
