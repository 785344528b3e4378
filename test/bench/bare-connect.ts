import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Peer as StockPeer } from 'peerjs';
import type { Page } from 'puppeteer-core';

/** A stranger's PeerJS in a page of the extension, which has plain addresses as candidates; web pages have hidden ones. */
export async function addPlainPeer(page: Page, serverUrl: string, id: string): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('peerjs/dist/peerjs.min.js'), 'utf8'));
  await page.evaluate(
    async (url, id) => {
      const { hostname, port } = new URL(url);
      globalThis.barePeer = new Peer(id, {
        host: hostname,
        port: Number(port),
        secure: false,
        config: { iceServers: [] },
      });
      await new Promise((resolve) => barePeer.on('open', resolve));
    },
    serverUrl,
    id,
  );
}

/** `connect()` to `open`, in ms, of plain PeerJS: what any pair of browsers needs that knows and trusts everything. */
export function connectPlain(from: Page, to: string): Promise<number> {
  return from.evaluate(async (to) => {
    const startedAt = performance.now();
    const connection = barePeer.connect(to, { reliable: true, serialization: 'raw' });
    await new Promise((resolve) => connection.on('open', () => resolve(null)));
    const tookMs = performance.now() - startedAt;
    connection.close();
    return tookMs;
  }, to);
}

declare global {
  var Peer: typeof StockPeer;
  var barePeer: StockPeer;
}
