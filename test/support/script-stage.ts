import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import type { FromPage, ToPage } from '../../extension/messaging/page-messages.ts';
import { type ExtensionBrowser, launchBrowser, patient } from './browser.ts';
import { ensureBuilt } from './build.ts';
import { hearsClicks } from './clicked-extension.ts';
import { colourAt } from './page-marks.ts';
import { EXTENSION_ID } from './profile.ts';

/** A click on the icon puts the script into the page, as a share does; a page of the extension hears it in the offscreen document's place. */
const WORKER = `chrome.action.onClicked.addListener(async ({ id }) => {
  const put = () => chrome.scripting.executeScript({ target: { tabId: id }, files: ['shared-page.js'], injectImmediately: true });
  // As platform/page-script.ts does: leave reaches the process of the page a moment after the click.
  for (let left = 100; left > 0; left -= 1) {
    if (await put().then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});`;
const EAR = `globalThis.heard = [];
globalThis.ports = [];
chrome.runtime.onConnect.addListener((port) => {
  const index = ports.push(port) - 1;
  heard.push([]);
  port.onMessage.addListener((message) => heard[index].push(message));
  port.onDisconnect.addListener(() => heard[index].push({ type: 'end' }));
});`;

declare global {
  var heard: Heard[][];
  var ports: chrome.runtime.Port[];
}

export type Heard = FromPage | { type: 'end' };

/** The built script of a shared page in real pages, without anything that is shared. */
export class ScriptStage {
  readonly page: Page;
  readonly #browser: ExtensionBrowser;
  readonly #ear: Page;
  readonly #dir: string;

  private constructor(browser: ExtensionBrowser, page: Page, ear: Page, dir: string) {
    this.#browser = browser;
    this.page = page;
    this.#ear = ear;
    this.#dir = dir;
  }

  static async open(): Promise<ScriptStage> {
    const built = await ensureBuilt();
    const dir = await mkdtemp(join(tmpdir(), 'pairwise-script-'));
    const { key } = JSON.parse(await readFile(join(built, 'manifest.json'), 'utf8')) as { key: string };
    const manifest = {
      manifest_version: 3,
      name: 'Script',
      version: '1',
      key,
      permissions: ['activeTab', 'scripting'],
      action: {},
      background: { service_worker: 'worker.js' },
    };
    await copyFile(join(built, 'shared-page.js'), join(dir, 'shared-page.js'));
    await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(dir, 'worker.js'), WORKER);
    await writeFile(join(dir, 'ear.html'), '<script src="ear.js"></script>');
    await writeFile(join(dir, 'ear.js'), EAR);
    const browser = await launchBrowser({ extensionDir: dir });
    await hearsClicks(await browser.worker());
    return new ScriptStage(browser, patient(await browser.browser.newPage()), await browser.panel('/ear.html'), dir);
  }

  /** Puts the script into the page in front. */
  async enters(): Promise<void> {
    const before = await this.#ear.evaluate(() => heard.length);
    await this.page.bringToFront();
    const extension = (await this.#browser.browser.extensions()).get(EXTENSION_ID);
    if (!extension) throw new Error('The extension is not there.');
    await this.page.triggerExtensionAction(extension);
    await this.#ear.waitForFunction((count) => (heard[count]?.length ?? 0) > 1, { polling: 20 }, before);
  }

  /** What the newest script has said so far, or the one before it. */
  heard(newest = -1): Promise<Heard[]> {
    return this.#ear.evaluate((index) => heard.at(index) ?? [], newest);
  }

  /** Everything it has said about password fields. */
  async passwords(): Promise<boolean[]> {
    return (await this.heard()).flatMap((said) => (said.type === 'password' ? [said.focused] : []));
  }

  async tells(message: ToPage): Promise<void> {
    await this.#ear.evaluate((said) => ports.at(-1)?.postMessage(said), message);
  }

  /** The share is over. */
  async endsShare(): Promise<void> {
    await this.#ear.evaluate(() => ports.at(-1)?.disconnect());
  }

  /** The colour that is seen at this place of the page. */
  colourAt(x: number, y: number): Promise<readonly number[]> {
    return colourAt(this.page, x, y, this.#ear);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#dir, { recursive: true });
  }
}
