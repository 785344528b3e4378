/** Folder of the origin private file system where arriving files lie, each in a folder of its peer's. */
export const INCOMING_FOLDER = 'incoming';

/**
 * Removes what an earlier run left behind. Call it before any store is opened. Never rejects: what can't be removed now, because
 * another context still holds it open, stays until the next start.
 */
export async function removeLeftovers(): Promise<void> {
  try {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(INCOMING_FOLDER, { recursive: true });
  } catch {
    // Mostly there is nothing to remove, which is an error too.
  }
}
