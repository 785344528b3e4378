import type { Page } from 'puppeteer-core';
import type { OffscreenCommands, RequestOf } from '../../extension/messaging/commands.ts';

/**
 * Tells the offscreen document to do something, from a page of the extension, as a view would.
 * @throws Error with the extension's own code when it refuses.
 */
export async function command<Name extends keyof OffscreenCommands & string>(
  extensionPage: Page,
  type: Name,
  request: RequestOf<OffscreenCommands, Name>,
): Promise<void> {
  const message: object = Object.assign({ target: 'offscreen', type }, request);
  const failed = await extensionPage.evaluate(async (asked) => {
    const reply: { ok: boolean; code?: string } = await chrome.runtime.sendMessage(asked);
    return reply.ok ? null : (reply.code ?? 'no code');
  }, message);
  if (failed !== null) throw new Error(`The extension refused ${type}: ${failed}`);
}
