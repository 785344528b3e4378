import type { Page } from 'puppeteer-core';

/** What a page has done with PeerConnections since `countConnections`. */
export interface ConnectionCount {
  made: number;
  closed: number;
}

/**
 * Counts from now on the PeerConnections that a page makes and closes. PeerJS makes one of its own when it is loaded, before this, and
 * whoever gets one made by sending an offer has learnt the addresses of this computer.
 */
export async function countConnections(page: Page): Promise<() => Promise<ConnectionCount>> {
  const count = await page.evaluateHandle(() => {
    const count = { made: 0, closed: 0 };
    const open = new Set<RTCPeerConnection>();
    globalThis.endConnections = () => {
      for (const connection of open) connection.close();
    };
    const { close } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.close = function () {
      if (this.connectionState !== 'closed') count.closed++;
      open.delete(this);
      close.call(this);
    };
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        count.made++;
        open.add(this);
      }
    };
    return count;
  });
  return () => count.jsonValue();
}

declare global {
  /** Closes every PeerConnection that this page has made since it began to count. */
  var endConnections: () => void;
}
