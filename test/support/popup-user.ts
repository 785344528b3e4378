import type { Page, Target } from 'puppeteer-core';
import { type ExtensionBrowser, type LaunchOptions, launchBrowser, patient } from './browser.ts';
import { clickOn } from './click.ts';
import type { Profile } from './profile.ts';
import { applySettings } from './settings.ts';

/** Long enough for every step of two browsers on two busy cores, short enough to fail while someone still looks. */
export const SEE_LIMIT_MS = 60_000;
const POLL_MS = 50;

/** What the extension says until it is told its server: in a test nobody listens at its default address. */
const UNHEARD = /\/\/127\.0\.0\.1:9000\/.*ERR_CONNECTION_REFUSED|ERR_CONNECTION_REFUSED.*\/\/127\.0\.0\.1:9000\//;

export interface PersonOptions {
  readonly name: string;
  readonly serverUrl: string;
  /** The first page. */
  readonly pageUrl: string;
}

/**
 * Someone with a browser, who opens the real popup, reads it and clicks in it. What each method waits for has a time limit, and its
 * failure says what the screen showed instead.
 */
export class PopupUser {
  readonly name: string;
  readonly profile: Profile;
  #browser: ExtensionBrowser;
  #page: Page;
  #popup: Page | undefined;

  constructor(name: string, profile: Profile, browser: ExtensionBrowser, page: Page) {
    this.name = name;
    this.profile = profile;
    this.#browser = browser;
    this.#page = page;
  }

  /** Tells the extension, from the page in front, the person's name and server, and goes to a page of the web. */
  async settles({ name, serverUrl, pageUrl }: PersonOptions): Promise<void> {
    await applySettings(this.#page, { name, serverUrl });
    await this.#page.goto(pageUrl);
  }

  get browser(): ExtensionBrowser {
    return this.#browser;
  }

  /** The ordinary page in front. */
  get page(): Page {
    return this.#page;
  }

  /** What the contexts of this browser complained about, one line each. */
  problems(): string[] {
    const problems = this.#browser.problems.filter(({ text }) => !UNHEARD.test(text));
    return problems.map(({ context, text }) => `${this.name} ${context}: ${text}`);
  }

  async goesTo(url: string): Promise<void> {
    await this.closesPopup();
    await this.#page.goto(url);
  }

  /** Opens a page in a tab of its own, which is in front from now on. */
  async opensTab(url: string): Promise<void> {
    await this.closesPopup();
    this.#page = patient(await this.#browser.browser.newPage());
    await this.#page.goto(url);
  }

  /** Closes the tab in front; another one takes its place. */
  async closesTab(): Promise<void> {
    await this.closesPopup();
    const closing = this.#page;
    this.#page = patient(await this.#browser.browser.newPage());
    await closing.close();
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
    if (!popup || popup.isClosed()) return;
    // The browser may be closing it already, after a click that opened a tab, and then finds nothing to close.
    await Promise.all([untilClosed(popup, this.name), popup.close().catch(() => undefined)]);
  }

  /** Resolves when the popup has been closed by the browser, as it does when a capture starts. */
  async losesPopup(): Promise<void> {
    if (this.#popup) await untilClosed(this.#popup, this.name);
  }

  async clicks(name: string, role: 'button' | 'menuitem' | 'checkbox' = 'button'): Promise<void> {
    const popup = await this.popup();
    // A click may close the popup before it is confirmed. Whether it did what it should shows in what comes next.
    const closing = new AbortController();
    const onClose = () => closing.abort();
    popup.once('close', onClose);
    const click = clickOn(popup, selector(name, role), { limitMs: SEE_LIMIT_MS, signal: closing.signal });
    await click.catch(async (cause: unknown) => {
      if (!popup.isClosed()) await this.#fails(`can’t click “${name}”`, cause);
    });
    popup.off('close', onClose);
  }

  /** Both clicks land before the page can react to the first. */
  async clicksTwice(button: string): Promise<void> {
    const popup = await this.popup();
    const found = await popup.waitForSelector(selector(button, 'button'), { timeout: SEE_LIMIT_MS });
    await found?.evaluate((element) => {
      if (!(element instanceof HTMLElement)) return;
      element.click();
      element.click();
    });
  }

  /** Whether a button is there and not disabled, now. */
  async canClick(button: string): Promise<boolean> {
    const found = await (await this.popup()).$(selector(button, 'button'));
    return (await found?.evaluate((element) => !element.matches(':disabled, [aria-disabled="true"]'))) ?? false;
  }

  /** Puts the caret into the field of this role and types. */
  async types(role: 'combobox' | 'textbox', text: string): Promise<void> {
    const popup = await this.popup();
    const click = clickOn(popup, `::-p-aria([role="${role}"])`, { limitMs: SEE_LIMIT_MS });
    await click.catch((cause: unknown) => this.#fails(`finds no ${role}`, cause));
    await popup.keyboard.type(text);
  }

  /** Waits until the popup shows this text. `limitMs`: for what is known to take longer than a step does. */
  async sees(text: string, limitMs = SEE_LIMIT_MS): Promise<void> {
    const popup = await this.popup();
    const shown = popup.waitForFunction(
      (wanted) => document.body.innerText.includes(wanted),
      { timeout: limitMs, polling: POLL_MS },
      text,
    );
    await shown.catch((cause: unknown) => this.#fails(`does not see “${text}”`, cause));
  }

  /** Waits until a button that says whether it is pressed says so, or not. */
  async seesPressed(button: string, isPressed: boolean): Promise<void> {
    const popup = await this.popup();
    const shown = popup.waitForFunction(
      (name, wanted) => {
        const buttons = [...document.querySelectorAll('[aria-pressed]')];
        return buttons.find(({ textContent }) => textContent?.trim() === name)?.ariaPressed === wanted;
      },
      { timeout: SEE_LIMIT_MS, polling: POLL_MS },
      button,
      String(isPressed),
    );
    const what = `does not see “${button}” ${isPressed ? 'pressed' : 'released'}`;
    await shown.catch((cause: unknown) => this.#fails(what, cause));
  }

  /** Waits until the popup shows something, and not this text. */
  async seesNoMore(text: string): Promise<void> {
    const popup = await this.popup();
    const gone = popup.waitForFunction(
      (unwanted) => document.querySelector('main')?.innerText.trim() && !document.body.innerText.includes(unwanted),
      { timeout: SEE_LIMIT_MS, polling: POLL_MS },
      text,
    );
    await gone.catch((cause: unknown) => this.#fails(`still sees “${text}”`, cause));
  }

  /** All text of the popup, once there is some: one that was just opened is empty until it has been told what to show. */
  async screen(): Promise<string> {
    const popup = await this.popup();
    await popup.waitForFunction(() => document.querySelector('main')?.innerText.trim(), { timeout: SEE_LIMIT_MS });
    return popup.evaluate(() => document.body.innerText);
  }

  /** What the toolbar icon says. */
  async badge(): Promise<string> {
    return (await this.#browser.worker()).evaluate(() => chrome.action.getBadgeText({}));
  }

  /** The tab that opens next with a page of the web, once that page is there: at first an empty one of no address is, and complete. */
  async nextWebTab(): Promise<Page> {
    const before = new Set(this.#browser.browser.targets());
    const isNew = (target: Target) => !before.has(target) && /^https?:/.test(target.url());
    const page = patient(await (await this.#browser.browser.waitForTarget(isNew, { timeout: SEE_LIMIT_MS })).asPage());
    await page.waitForFunction(() => location.protocol.startsWith('http') && document.readyState === 'complete');
    return page;
  }

  async quitsBrowser(): Promise<void> {
    this.#popup = undefined;
    await this.#browser.close();
  }

  /** Starts the browser again with the same profile, at the same page. */
  async startsBrowserAgain(launch: LaunchOptions = {}): Promise<void> {
    const url = this.#page.url();
    this.#browser = await launchBrowser({ ...launch, profile: this.profile });
    const [page] = await this.#browser.browser.pages();
    if (!page) throw new Error('The browser has no tab.');
    this.#page = patient(page);
    await page.goto(url);
  }

  /** Closes the browser and removes its profile. Idempotent. */
  async leaves(): Promise<void> {
    await this.#browser.close();
    await this.profile.remove();
  }

  async #fails(what: string, cause: unknown): Promise<never> {
    const screen = await this.#popup?.evaluate(() => document.body.innerText).catch(() => undefined);
    throw new Error(`${this.name} ${what}. The popup says:\n${screen ?? 'nothing, there is none'}`, { cause });
  }
}

async function untilClosed(popup: Page, whose: string): Promise<void> {
  if (popup.isClosed()) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${whose}’s popup stays open`)), SEE_LIMIT_MS);
    popup.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function selector(name: string, role: string): string {
  return `::-p-aria([name="${name}"][role="${role}"])`;
}
