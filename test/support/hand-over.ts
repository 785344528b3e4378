import type { ExtensionBrowser } from './browser.ts';
import { findFile, readState } from './state.ts';

/**
 * Sends a folder to the only peer as a view would that was made to lie about where its files are: each is one small text, its own path.
 */
export async function handOver(browser: ExtensionBrowser, name: string, paths: readonly string[]): Promise<void> {
  const page = await browser.panel('/options.html');
  const [peer] = (await readState(page)).peers;
  if (!peer) throw new Error('Nobody to send to.');
  await page.evaluate(
    (peerId, folder, files) => {
      const selection = {
        form: 'folder',
        name: folder,
        files: files.map((path) => ({ path, file: new File([path], 'file') })),
      };
      new BroadcastChannel('files').postMessage({ type: 'send', peerId, selection });
    },
    peer.id,
    name,
    [...paths],
  );
  await page.close();
}

/**
 * Chooses a folder for what has arrived, as the browser's own picker, which no program can click, would hand it over: this one lies in
 * private storage, where it can be read again.
 */
export async function chooseFolder(browser: ExtensionBrowser, transfer: string): Promise<void> {
  const page = await browser.panel('/options.html');
  const item = findFile(await readState(page), transfer);
  if (!item) throw new Error(`${transfer} has not arrived.`);
  await page.evaluate(
    async (peerId, id) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
      new BroadcastChannel('files').postMessage({ type: 'folder', peerId, id, folder });
    },
    item.peerId,
    item.id,
  );
  await page.close();
}

/** The content of every file in the folder of `chooseFolder`, by its path. */
export async function readChosenFolder(browser: ExtensionBrowser): Promise<ReadonlyMap<string, Buffer>> {
  const page = await browser.panel('/options.html');
  const files = await page.evaluate(async () => {
    const found: [path: string, content: string][] = [];
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen');
    const folders: [path: string, folder: FileSystemDirectoryHandle][] = [['', top]];
    for (let next = folders.pop(); next; next = folders.pop()) {
      const [path, folder] = next;
      for await (const [name, entry] of folder.entries()) {
        if (entry.kind === 'directory') folders.push([`${path}${name}/`, entry]);
        else {
          const bytes = new Uint8Array(await (await entry.getFile()).arrayBuffer());
          found.push([path + name, btoa(String.fromCharCode(...bytes))]);
        }
      }
    }
    return found;
  });
  await page.close();
  return new Map(files.map(([path, content]) => [path, Buffer.from(content, 'base64')]));
}
