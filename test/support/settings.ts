import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { OffscreenCommands, RequestOf } from '../../extension/messaging/commands.ts';

export type Settings = RequestOf<OffscreenCommands, 'settings-set'>;

interface Answer {
  readonly ok: boolean;
  readonly code?: string;
}

/** Long enough for a worker and an offscreen document to start on two busy cores. */
const START_LIMIT_MS = 60_000;
const ASK_AGAIN_MS = 50;

/**
 * Tells the extension its person's name, its server, or both, from one of its own pages, as the Options page would.
 * @throws Error with the extension's own code when it refuses.
 */
export async function applySettings(extensionPage: Page, settings: Settings): Promise<void> {
  await offscreenDocument(extensionPage);
  const set = await ask(extensionPage, { target: 'offscreen', type: 'settings-set', ...settings });
  if (!set?.ok) throw new Error(`The extension refused its settings: ${set?.code}`);
}

/** Resolves when there is one that listens. */
async function offscreenDocument(extensionPage: Page): Promise<void> {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    const ready = await ask(extensionPage, { target: 'background', type: 'ensure-offscreen' });
    if (ready?.ok) return;
    if (ready) throw new Error(`The extension has no offscreen document: ${ready.code}`);
    // A worker that runs for the first time listens a moment after it is there.
    if (performance.now() > deadlineMs) throw new Error('The extension’s worker does not answer.');
    await delay(ASK_AGAIN_MS);
  }
}

/** The answer; nothing when nobody listens. */
function ask(extensionPage: Page, message: object): Promise<Answer | undefined> {
  return extensionPage.evaluate(
    (said): Promise<Answer | undefined> => chrome.runtime.sendMessage(said).catch(() => undefined),
    message,
  );
}
