import type { ExtensionBrowser } from './browser.ts';
import { EXTENSION_ID } from './profile.ts';

/** Gives the extension so much private storage, what it has now included; without a size as much as the browser would by itself. */
export async function limitSpace({ offscreen }: ExtensionBrowser, quotaSize?: number): Promise<void> {
  const session = await (await offscreen()).createCDPSession();
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: `chrome-extension://${EXTENSION_ID}`,
    ...(quotaSize === undefined ? {} : { quotaSize }),
  });
}
