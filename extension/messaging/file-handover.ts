import * as v from 'valibot';
import type { Selection } from '../core/files/source.ts';
import { newId } from '../core/shared/ids.ts';
import { MAX_FILES, MAX_PATH_LENGTH } from '../core/shared/limits.ts';
import { report } from '../core/shared/report.ts';
import { FileName, ItemId, PeerId, TransferForm, text } from '../core/shared/schemas.ts';

/*
 * Files go from a view to the offscreen document by BroadcastChannel, which copies references and no bytes: a runtime message would
 * be JSON. They stay readable after the view has closed.
 */
const CHANNEL = 'files';

const SelectionSchema = v.object({
  form: TransferForm,
  name: FileName,
  files: v.pipe(
    v.array(v.object({ path: text(MAX_PATH_LENGTH), file: v.instance(File) })),
    v.minLength(1),
    v.maxLength(MAX_FILES),
  ),
});
const to = { peerId: PeerId };

const Handover = v.variant('type', [
  /** To be sent. */
  v.object({ type: v.literal('send'), ...to, id: v.optional(ItemId, newId), selection: SelectionSchema }),
  /** Where the file of a transfer lies that was handed over to be sent. */
  v.object({ type: v.literal('handle'), id: ItemId, handle: v.instance(FileSystemFileHandle) }),
  /** The files of an interrupted transfer, chosen again. */
  v.object({ type: v.literal('again'), ...to, id: ItemId, selection: SelectionSchema }),
  /** Where a `ready` transfer is to be saved; the person has allowed writing there. */
  v.object({ type: v.literal('folder'), ...to, id: ItemId, folder: v.instance(FileSystemDirectoryHandle) }),
]);

export interface HandoverListener {
  send(peerId: string, selection: Selection, id: string): void;
  remember(id: string, handle: FileSystemFileHandle): void;
  again(peerId: string, id: string, selection: Selection): void;
  folder(peerId: string, id: string, folder: FileSystemDirectoryHandle): void;
}

let sender: BroadcastChannel | null = null;

function post(message: v.InferInput<typeof Handover>): void {
  sender ??= new BroadcastChannel(CHANNEL);
  sender.postMessage(message);
}

/**
 * Hands files to the offscreen document. The view may close right after. `handle`: where the only one lies, as soon as that is known; it
 * keeps nothing waiting, since the browser may first have a word with the person.
 */
export function handOverFiles(
  peerId: string,
  selection: Selection,
  handle: Promise<FileSystemFileHandle | null>,
): void {
  const id = newId();
  post({ type: 'send', peerId, id, selection: { ...selection, files: [...selection.files] } });
  handle.then((found) => found && post({ type: 'handle', id, handle: found }), report);
}

/** Hands over the files of a transfer that needs its source again. */
export function handOverAgain(peerId: string, id: string, selection: Selection): void {
  post({ type: 'again', peerId, id, selection: { ...selection, files: [...selection.files] } });
}

/** Hands over the folder that a `ready` transfer is to be saved in. */
export function handOverFolder(peerId: string, id: string, folder: FileSystemDirectoryHandle): void {
  post({ type: 'folder', peerId, id, folder });
}

/** In the offscreen document: takes what views hand over. Returns the unsubscribe. */
export function takeHandovers(listener: HandoverListener): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    const parsed = v.safeParse(Handover, data);
    if (!parsed.success) return;
    const message = parsed.output;
    if (message.type === 'send') listener.send(message.peerId, message.selection, message.id);
    else if (message.type === 'handle') listener.remember(message.id, message.handle);
    else if (message.type === 'again') listener.again(message.peerId, message.id, message.selection);
    else listener.folder(message.peerId, message.id, message.folder);
  };
  return () => channel.close();
}
