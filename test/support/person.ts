import { basename, join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { type ExtensionBrowser, type LaunchOptions, launchBrowser } from './browser.ts';
import { createProfile, type Profile } from './profile.ts';
import { applySettings } from './settings.ts';

/** Long enough for every step of two browsers on two busy cores, short enough to fail while someone still looks. */
const SEE_LIMIT_MS = 20_000;
const POLL_MS = 50;

export interface PersonOptions {
  readonly name: string;
  readonly serverUrl: string;
  /** The first page. */
  readonly pageUrl: string;
}

const CODE = /\d{4}-[a-z]+-[a-z]+/;

/**
 * Someone with a browser who uses Pairwise through its real popup, as people do. Every method names an intention, waits until it has
 * shown its effect on this person's screen, and fails with what the screen said instead.
 */
export class Person {
  readonly name: string;
  readonly profile: Profile;
  #browser: ExtensionBrowser;
  #page: Page;
  #popup: Page | undefined;
  /** Complaints from before the extension knew its server: nobody listens at its default address in a test. */
  #earlierProblems = 0;

  private constructor(name: string, profile: Profile, browser: ExtensionBrowser, page: Page) {
    this.name = name;
    this.profile = profile;
    this.#browser = browser;
    this.#page = page;
  }

  /** Starts a browser with a fresh profile, tells the extension the person's name and server, and goes to a page. */
  static async start({ name, serverUrl, pageUrl }: PersonOptions, launch: LaunchOptions = {}): Promise<Person> {
    const profile = await createProfile();
    const browser = await launchBrowser({ ...launch, profile }).catch(async (error: unknown) => {
      await profile.remove();
      throw error;
    });
    const page = await browser.panel('/options.html');
    const person = new Person(name, profile, browser, page);
    try {
      await applySettings(page, { name, serverUrl });
      person.#earlierProblems = browser.problems.length;
      await page.goto(pageUrl);
    } catch (error) {
      await person.leaves();
      throw error;
    }
    return person;
  }

  get browser(): ExtensionBrowser {
    return this.#browser;
  }

  /** What the contexts of this browser complained about, one line each. */
  problems(): string[] {
    const problems = this.#browser.problems.slice(this.#earlierProblems);
    return problems.map(({ context, text }) => `${this.name} ${context}: ${text}`);
  }

  /** The ordinary page in front. */
  get page(): Page {
    return this.#page;
  }

  async goesTo(url: string): Promise<void> {
    await this.closesPopup();
    await this.#page.goto(url);
  }

  /** The real popup of the page in front, opened by a click on the icon unless it is open. */
  async popup(): Promise<Page> {
    if (!this.#popup || this.#popup.isClosed()) {
      await this.#page.bringToFront();
      this.#popup = await this.#browser.popup(this.#page);
    }
    return this.#popup;
  }

  async closesPopup(): Promise<void> {
    const popup = this.#popup;
    this.#popup = undefined;
    if (popup && !popup.isClosed()) await popup.close();
  }

  /** Resolves when the popup has been closed by the browser, as it does when a capture starts. */
  async losesPopup(): Promise<void> {
    const popup = this.#popup;
    if (!popup || popup.isClosed()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.name}'s popup stays open`)), SEE_LIMIT_MS);
      popup.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async clicks(button: string): Promise<void> {
    const popup = await this.popup();
    await popup.locator(`::-p-aria([name="${button}"][role="button"])`).setTimeout(SEE_LIMIT_MS).click();
  }

  /** Waits until the popup shows this text. */
  async sees(text: string): Promise<void> {
    const popup = await this.popup();
    const shown = popup.waitForFunction(
      (wanted) => document.body.innerText.includes(wanted),
      {
        timeout: SEE_LIMIT_MS,
        polling: POLL_MS,
      },
      text,
    );
    await shown.catch(async (cause: unknown) => {
      throw new Error(`${this.name} does not see "${text}" but: ${await this.screen()}`, { cause });
    });
  }

  /** All text of the popup. */
  async screen(): Promise<string> {
    return (await this.popup()).evaluate(() => document.body.innerText);
  }

  async showsCode(): Promise<string> {
    await this.clicks('Show a code');
    await this.sees('Waiting for the other browser');
    const code = CODE.exec(await this.screen())?.[0];
    if (!code) throw new Error(`${this.name} is shown no code but: ${await this.screen()}`);
    return code;
  }

  async entersCode(code: string): Promise<void> {
    await this.clicks('Enter a code');
    await this.types('combobox', code);
    await this.clicks('Pair');
  }

  async pairsWith(other: Person): Promise<void> {
    await other.entersCode(await this.showsCode());
    await Promise.all([this.sees(other.name), other.sees(this.name)]);
    await Promise.all([this.sees('Direct'), other.sees('Direct')]);
  }

  async says(text: string): Promise<void> {
    await this.types('textbox', text);
    await this.clicks('Send');
    await this.sees(text);
  }

  async sendsLink(): Promise<void> {
    await this.clicks('Send this link');
  }

  /** Opens the newest link card in a tab of its own. */
  async opensLink(): Promise<Page> {
    const opened = this.#nextTab();
    await this.clicks('Open link');
    return opened;
  }

  async sendsFile(path: string): Promise<void> {
    const popup = await this.popup();
    const [chooser] = await Promise.all([
      popup.waitForFileChooser({ timeout: SEE_LIMIT_MS }),
      this.clicks('Send a file'),
    ]);
    await chooser.accept([path]);
    await this.sees(basename(path));
  }

  async accepts(name: string): Promise<void> {
    await this.sees(name);
    await this.clicks('Accept');
  }

  /** Accepts the file that is offered and waits until it is whole. Returns its path in Downloads. */
  async receives(name: string): Promise<string> {
    await this.accepts(name);
    await this.sees('checked');
    return this.downloadPath(name);
  }

  /** Where a received file is kept. */
  downloadPath(name: string): string {
    return join(this.profile.downloadsDir, 'Pairwise', name);
  }

  async sharesTab(): Promise<void> {
    await this.clicks('Share this tab');
    await this.losesPopup();
  }

  /** Answers a share and returns the viewer. */
  async watches(): Promise<Page> {
    await this.clicks('Watch');
    return this.#browser.waitForPanel('/viewer.html');
  }

  async quitsBrowser(): Promise<void> {
    this.#popup = undefined;
    await this.#browser.close();
  }

  /** Starts the browser again with the same profile, at the same page. */
  async startsBrowserAgain(): Promise<void> {
    const url = this.#page.url();
    this.#earlierProblems = 0;
    this.#browser = await launchBrowser({ profile: this.profile });
    const [page] = await this.#browser.browser.pages();
    if (!page) throw new Error('The browser has no tab.');
    this.#page = page;
    await page.goto(url);
  }

  /** Closes the browser and removes its profile. Idempotent. */
  async leaves(): Promise<void> {
    await this.#browser.close();
    await this.profile.remove();
  }

  async types(role: 'combobox' | 'textbox', text: string): Promise<void> {
    const popup = await this.popup();
    await popup.locator(`::-p-aria([role="${role}"])`).setTimeout(SEE_LIMIT_MS).click();
    await popup.keyboard.type(text);
  }

  async #nextTab(): Promise<Page> {
    const browser = this.#browser.browser;
    const before = new Set(browser.targets());
    const target = await browser.waitForTarget((found) => found.type() === 'page' && !before.has(found), {
      timeout: SEE_LIMIT_MS,
    });
    return target.asPage();
  }
}
