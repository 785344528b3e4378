import { basename, join } from 'node:path';
import type { FileChooser, Page } from 'puppeteer-core';
import { PopupUser, SEE_LIMIT_MS } from './popup-user.ts';

/** What someone does with files: from the popup, as everything. */
export class FileUser extends PopupUser {
  async sendsFile(path: string): Promise<void> {
    await this.#chooses([path], () => this.clicks('Send a file'));
    await this.sees(basename(path));
  }

  /** Several at once: they are one transfer, named after the first. */
  async sendsFiles(paths: readonly string[]): Promise<void> {
    await this.#chooses(paths, () => this.clicks('Send a file'));
    await this.sees(basename(paths[0] ?? ''));
  }

  /** `limitMs`: until its card is there, which takes a while with very many files. */
  async sendsFolder(path: string, limitMs?: number): Promise<void> {
    await this.clicks('Attach');
    await this.#chooses([path], () => this.clicks('Send a folder', 'menuitem'));
    await this.sees(basename(path), limitMs);
  }

  /** Chooses the files of a broken-off transfer again. `button` as its card calls it. */
  async choosesAgain(path: string, button = 'Choose the file'): Promise<void> {
    await this.#chooses([path], () => this.clicks(button));
  }

  async accepts(name: string): Promise<void> {
    await this.sees(name);
    await this.clicks('Accept');
  }

  /** Accepts what is offered and waits until it is whole. Returns its path in Downloads. */
  async receives(name: string): Promise<string> {
    await this.accepts(name);
    await this.sees('checked');
    return this.downloadPath(name);
  }

  /** Where something received is kept. */
  downloadPath(name: string): string {
    return join(this.profile.downloadsDir, 'Pairwise', name);
  }

  /** Clicks what opens the browser's picker, and picks. */
  async #chooses(paths: readonly string[], opensPicker: () => Promise<void>): Promise<void> {
    const popup: Page = await this.popup();
    const choosing: Promise<FileChooser> = popup.waitForFileChooser({ timeout: SEE_LIMIT_MS });
    const picking = Promise.all([choosing, opensPicker()]);
    const [chooser] = await picking.catch(async (cause: unknown) => {
      const screen = popup.isClosed() ? 'closed' : await this.screen();
      throw new Error(`${this.name} is shown no picker. The popup is or says:\n${screen}`, { cause });
    });
    await chooser.accept([...paths]);
  }
}
