import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from 'puppeteer-core';
import { patient } from './browser.ts';
import { hearsClicks } from './clicked-extension.ts';
import type { Person } from './person.ts';

const LIMIT_MS = 60_000;
const CAPTURING = 'Capturing';

const FILES = {
  'manifest.json': JSON.stringify({
    manifest_version: 3,
    name: 'Another recorder',
    version: '1',
    permissions: ['activeTab', 'tabCapture'],
    action: {},
    background: { service_worker: 'worker.js' },
  }),
  'worker.js': `
    chrome.action.onClicked.addListener(async (tab) => {
      const id = await chrome.tabCapture.getMediaStreamId({ targetTabId: tab.id });
      await chrome.tabs.create({ url: 'capture.html#' + id, active: false });
    });`,
  'capture.html': '<!doctype html><meta charset="utf-8"><script src="capture.js"></script>',
  'capture.js': `
    const source = { chromeMediaSource: 'tab', chromeMediaSourceId: location.hash.slice(1) };
    navigator.mediaDevices.getUserMedia({ video: { mandatory: source } }).then((stream) => {
      globalThis.stream = stream;
      document.title = '${CAPTURING}';
    });`,
};

/** Lets an extension that isn't ours capture the tab in front, by a click on its icon. Resolves once it does. */
export async function capturesWithAnotherExtension({ browser, page, profile }: Person): Promise<void> {
  const dir = join(profile.dir, 'another-recorder');
  await mkdir(dir);
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(dir, name), content);
  const id = await browser.browser.installExtension(dir);
  const extension = (await browser.browser.extensions()).get(id);
  if (!extension) throw new Error('The other extension is not there.');
  const isWorker = (one: Target) =>
    one.type() === 'service_worker' && one.url().startsWith(`chrome-extension://${id}/`);
  const worker = await (await browser.browser.waitForTarget(isWorker, { timeout: LIMIT_MS })).worker();
  if (!worker) throw new Error('The other extension’s worker has no debugging session.');
  await hearsClicks(worker);
  await page.bringToFront();
  await page.triggerExtensionAction(extension);
  const isRecorder = (url: string) => url.startsWith(`chrome-extension://${id}/capture.html`);
  const target = await browser.browser.waitForTarget((one) => isRecorder(one.url()), { timeout: LIMIT_MS });
  const recorder = patient(await target.asPage());
  await recorder.waitForFunction((title) => document.title === title, {}, CAPTURING);
}
