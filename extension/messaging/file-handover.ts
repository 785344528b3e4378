import * as v from 'valibot';
import { PeerId } from '../core/shared/schemas.ts';

/*
 * Files go from a view to the offscreen document by BroadcastChannel, which copies a reference and no bytes: a runtime message would
 * be JSON. The file stays readable after the view has closed.
 */
const CHANNEL = 'files';
/** A person can select a folder's worth at once; beyond this it should be a folder transfer. */
const MAX_FILES = 1_000;

const Handover = v.object({
  peerId: PeerId,
  files: v.pipe(v.array(v.instance(File)), v.minLength(1), v.maxLength(MAX_FILES)),
});

let sender: BroadcastChannel | null = null;

/** Hands files to the offscreen document. The view may close right after. */
export function handOverFiles(peerId: string, files: readonly File[]): void {
  sender ??= new BroadcastChannel(CHANNEL);
  sender.postMessage({ peerId, files: [...files] });
}

/** In the offscreen document: takes what views hand over. Returns the unsubscribe. */
export function takeFiles(onFiles: (peerId: string, files: File[]) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    const parsed = v.safeParse(Handover, data);
    if (parsed.success) onFiles(parsed.output.peerId, parsed.output.files);
  };
  return () => channel.close();
}
