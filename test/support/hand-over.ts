import type { ExtensionBrowser } from './browser.ts';
import { readState } from './state.ts';

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
