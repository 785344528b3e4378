import type { Page } from 'puppeteer-core';

/**
 * From now on the PeerConnections of this page find no way of their own: they may use TURN alone, and there is none. What a network
 * without UDP does. The browser's switch for it, `--webrtc-ip-handling-policy`, doesn't reach offscreen documents (Chromium 156).
 */
export async function blockPaths(page: Page): Promise<void> {
  await page.evaluate(() => {
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: 'relay' });
      }
    };
  });
}
