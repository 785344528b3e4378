/**
 * Runs in the browser: private storage with the real worker, and what is kept in it, and two exchanges on one link in memory, of which
 * one writes there.
 */
import { createSource } from '../../../extension/core/files/create-source.ts';
import { FileExchange } from '../../../extension/core/files/exchange.ts';
import { writeToFolder } from '../../../extension/core/files/folder-writer.ts';
import { OpfsCopies } from '../../../extension/core/files/opfs-copies.ts';
import { openOpfsStore } from '../../../extension/core/files/opfs-store.ts';
import { removeIncoming, sweepIncoming, sweepOutgoing, sweepZips } from '../../../extension/core/files/opfs-sweep.ts';
import { packZip, removeZip } from '../../../extension/core/files/opfs-zip.ts';
import type { Selection } from '../../../extension/core/files/source.ts';
import type { TransferState } from '../../../extension/core/files/transfer.ts';
import { createLeafInput, hashLeaf } from '../../../extension/core/files/tree-hash.ts';
import { newId } from '../../../extension/core/shared/ids.ts';
import { createMemoryLinks } from '../../support/memory-link.ts';

declare global {
  var filesLab: typeof api;
}

interface Outcome {
  sender: TransferState;
  /** `received` once its content has been read and released. */
  receiver: TransferState;
  /** SHA-256 of what was handed over to be saved, in hex. */
  sha256: string | null;
  name: string | null;
}

const FOLDER = newId();
const BLOCK_BYTES = 1024 * 1024;
const hex = (bytes: ArrayBuffer | Uint8Array) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const isOver = (state: TransferState | undefined) =>
  state !== undefined && !['offered', 'moving', 'interrupted', 'paused'].includes(state.state);

const api = {
  FOLDER,
  newId,
  openStore: (folder = FOLDER) => openOpfsStore(folder),
  removeIncoming,
  sweepIncoming,
  sweepOutgoing,
  sweepZips,
  copies: new OpfsCopies(),

  picked(): File {
    const file = document.querySelector('input')?.files?.[0];
    if (!file) throw new Error('No file was picked.');
    return file;
  },

  /** A block of `lengthBytes` times `value`, with its hash. */
  async block(
    value: number,
    lengthBytes = BLOCK_BYTES,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; leaf: Uint8Array<ArrayBuffer> }> {
    const input = createLeafInput(lengthBytes).fill(value, 1);
    return { bytes: input.slice(1), leaf: await hashLeaf(input) };
  },

  /** The same, deflated. */
  async deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  },

  async content(file: Blob): Promise<number[]> {
    return [...new Uint8Array(await file.arrayBuffer())];
  },

  selection(form: Selection['form'], name: string, files: Record<string, string>): Selection {
    const chosen = Object.entries(files).map(([path, text]) => {
      const own = path.slice(path.lastIndexOf('/') + 1);
      return { path, file: new File([text], own, { type: 'text/plain', lastModified: 1_700_000_000_000 }) };
    });
    return { form, name, files: chosen };
  },

  /** What a selection sends: its details and all of its bytes, as text. */
  async described(selection: Selection): Promise<{ details: unknown; text: string }> {
    const source = createSource(selection);
    const { sizeBytes, manifestBytes } = source.details;
    const decoder = new TextDecoder();
    let text = '';
    for (let index = 0; index * BLOCK_BYTES < sizeBytes + manifestBytes; index++)
      text += decoder.decode((await source.readBlock(index)).subarray(1), { stream: true });
    return { details: source.details, text };
  },

  /** Packs files and returns the zip in base64. */
  async zip(files: Record<string, string>): Promise<string> {
    const entries = Object.entries(files).map(([path, text]) => ({
      path,
      modifiedAt: 1_700_000_000_000,
      content: new Blob([text]),
    }));
    const packed = await packZip('zip', entries, { signal: new AbortController().signal, onPacked: () => {} });
    const text = [...new Uint8Array(await packed.arrayBuffer())].map((byte) => String.fromCharCode(byte)).join('');
    await removeZip('zip');
    return btoa(text);
  },

  /** Writes files into a folder of private storage, which stands for one that a person chose, and reads what is in it then. */
  async written(name: string, ...rounds: Record<string, string>[]): Promise<Record<string, string>> {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(name, { create: true });
    for (const files of rounds) {
      const entries = Object.entries(files).map(([path, text]) => ({ path, content: new Blob([text]) }));
      await writeToFolder(folder, entries, { signal: new AbortController().signal, onWritten: () => {} });
    }
    const found: Record<string, string> = {};
    await read(folder, '', found);
    await root.removeEntry(name, { recursive: true });
    return found;
  },

  /** Everything in private storage, with sizes. */
  async stored(): Promise<Record<string, number>> {
    const sizes: Record<string, number> = {};
    const walk = async (folder: FileSystemDirectoryHandle, path: string) => {
      for await (const entry of folder.values()) {
        const inside = `${path}${entry.name}`;
        if (entry.kind === 'directory') await walk(entry, `${inside}/`);
        else sizes[inside] = (await entry.getFile()).size;
      }
    };
    await walk(await navigator.storage.getDirectory(), '');
    return sizes;
  },

  /** Turns a byte of a stored transfer around, as a failing disk would. */
  async spoil(name: string, at: number): Promise<void> {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle('incoming')).getDirectoryHandle(FOLDER);
    const handle = await folder.getFileHandle(name);
    const writable = await handle.createWritable({ keepExistingData: true });
    await writable.write({ type: 'write', position: at, data: new Uint8Array([255]) });
    await writable.close();
  },

  async clear(): Promise<void> {
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  },

  /** Sends the picked file. When `holdAtBytes` have arrived the line stands still until `onHold` is done. */
  async transfer(holdAtBytes = Infinity, onHold: () => Promise<void> = async () => {}): Promise<Outcome> {
    const states: Record<'alice' | 'bob', TransferState | undefined> = { alice: undefined, bob: undefined };
    const saved: { sha256: string | null; name: string | null } = { sha256: null, name: null };
    let arrivedBytes = 0;
    const link = createMemoryLinks({
      tamper: (frame, lane, from) => {
        if (lane !== 'control' && from === 'a') arrivedBytes += frame.length;
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
    const look = () => {
      const isRead = states.bob?.state !== 'received' || saved.sha256 !== null;
      if (isOver(states.alice) && isOver(states.bob) && isRead) resolve();
    };
    const exchange = (name: 'alice' | 'bob', other: () => FileExchange): FileExchange => {
      const own: FileExchange = new FileExchange({
        send: async (message) => other().receive(message),
        openStore: () => openOpfsStore(FOLDER),
        onChange: ({ id, direction, state }) => {
          if (direction === 'in' && state.state === 'offered') queueMicrotask(() => bob.answer(id, true));
          states[name] = state;
          if (state.state !== 'received') look();
        },
        onReceived: (id, { files }) => {
          const [file] = files;
          if (!file) return;
          void file.content.arrayBuffer().then(async (bytes) => {
            saved.sha256 = hex(await crypto.subtle.digest('SHA-256', bytes));
            saved.name = file.path;
            own.release(id);
            look();
          });
        },
      });
      return own;
    };
    const alice = exchange('alice', () => bob);
    const bob: FileExchange = exchange('bob', () => alice);
    alice.attach(link.a);
    bob.attach(link.b);
    const file = api.picked();
    await alice.offer(newId(), createSource({ form: 'file', name: file.name, files: [{ path: file.name, file }] }));
    await over;
    await Promise.all([alice.close({ remove: false }), bob.close({ remove: false })]);
    const { alice: sender, bob: receiver } = states;
    if (!sender || !receiver) throw new Error('Nothing was told.');
    return { sender, receiver, ...saved };
  },
};

async function read(folder: FileSystemDirectoryHandle, path: string, found: Record<string, string>): Promise<void> {
  for await (const entry of folder.values()) {
    if (entry.kind === 'directory') await read(entry, `${path}${entry.name}/`, found);
    else found[path + entry.name] = await (await entry.getFile()).text();
  }
}

globalThis.filesLab = api;
