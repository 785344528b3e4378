import type { Page } from 'puppeteer-core';
import type { OffscreenCommands, RequestOf } from '../../extension/messaging/commands.ts';

export type Settings = RequestOf<OffscreenCommands, 'settings-set'>;

/**
 * Tells the extension its person's name, its server, or both, from one of its own pages, as the Options page would.
 * @throws Error with the extension's own code when it refuses.
 */
export async function applySettings(extensionPage: Page, settings: Settings): Promise<void> {
  const failed = await extensionPage.evaluate(async (wanted) => {
    const ready: { ok: boolean; code?: string } = await chrome.runtime.sendMessage({
      target: 'background',
      type: 'ensure-offscreen',
    });
    if (!ready.ok) return ready.code;
    const set: { ok: boolean; code?: string } = await chrome.runtime.sendMessage({
      target: 'offscreen',
      type: 'settings-set',
      ...wanted,
    });
    return set.ok ? null : set.code;
  }, settings);
  if (failed !== null) throw new Error(`The extension refused its settings: ${failed}`);
}
