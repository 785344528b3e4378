/** Runs in the browser: a database as version 2 left it, and what this version reads from it. */
import { Database } from '../../../extension/core/session/database.ts';
import { newId } from '../../../extension/core/shared/ids.ts';

declare global {
  var databaseLab: typeof api;
}

const PEER = newId();
const AT = 1_700_000_000_000;

const api = {
  /** Makes the stores of version 2 and fills them; what is read back is told from what was there only by what version 3 adds. */
  async makeOld(transfers: readonly unknown[]): Promise<void> {
    const request = indexedDB.open('pairwise', 2);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore('settings');
      database.createObjectStore('farewells', { keyPath: 'id' });
      database.createObjectStore('peers', { keyPath: 'id' });
      const items = database.createObjectStore('items', { keyPath: 'id' });
      items.createIndex('by-peer', ['peerId', 'at']);
      items.createIndex('unfinished', ['peerId', 'unfinishedAt']);
    };
    const database = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const write = database.transaction(['settings', 'peers', 'items'], 'readwrite');
    write
      .objectStore('settings')
      .put({ token: newId(), name: 'Alice', serverUrl: 'http://127.0.0.1:9000', ourServers: [] }, 'settings');
    write.objectStore('peers').put({
      id: PEER,
      name: 'Bob',
      ownName: null,
      pairedAt: AT,
      lastSeenAt: AT,
      readAt: 0,
      unpaired: false,
      blocked: false,
      identityKey: new Uint8Array(32),
      routingKey: new Uint8Array(32),
      root: await crypto.subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, ['deriveBits']),
      verifier: new Uint8Array(9),
      lastTs: 0,
    });
    const items = write.objectStore('items');
    items.put({ id: newId(), peerId: PEER, mine: true, at: AT, kind: 'chat', text: 'Hello', mark: 'read' });
    for (const [index, transfer] of transfers.entries()) {
      const at = AT + 1 + index;
      const file = { kind: 'file', name: `${index}.bin`, sizeBytes: 5, mime: '', transfer };
      items.put({ id: newId(), peerId: PEER, mine: false, at, unfinishedAt: at, ...file });
    }
    await new Promise((resolve) => {
      write.oncomplete = resolve;
    });
    database.close();
  },

  async read() {
    const database = await Database.open();
    const settings = await database.settings({ name: '', serverUrl: '' });
    const peers = await database.peers();
    return {
      name: settings.name,
      files: settings.files,
      peers: peers.map(({ name, acceptUpToBytes }) => ({ name, acceptUpToBytes })),
      items: (await database.itemsBefore(PEER, 100)).map(({ id: _, peerId: __, ...item }) => item),
      unfinished: (await database.unfinishedItems(PEER)).length,
    };
  },
};

globalThis.databaseLab = api;
