import type { Page } from 'puppeteer-core';
import type { LaunchOptions } from './browser.ts';
import { FileUser } from './file-user.ts';
import { type PersonOptions, SEE_LIMIT_MS } from './popup-user.ts';
import { startPerson } from './start-person.ts';

const CODE = /\d{4}-[a-z]+-[a-z]+/;

/** Someone who uses Pairwise. Every method names an intention and waits until this person's own screen shows its effect. */
export class Person extends FileUser {
  /** Starts a browser with a fresh profile, tells the extension the person's name and server, and goes to a page. */
  static start(options: PersonOptions, launch: LaunchOptions = {}): Promise<Person> {
    return startPerson(options, launch, (profile, browser, page) => new Person(options.name, profile, browser, page));
  }

  async showsCode(): Promise<string> {
    await this.clicks('Show a code');
    return this.readsCode();
  }

  /** The code that is on the screen or about to be. */
  async readsCode(): Promise<string> {
    await this.sees('Waiting for the other browser');
    const screen = await this.screen();
    const code = CODE.exec(screen)?.[0];
    if (!code) throw new Error(`${this.name} is shown no code. The popup says:\n${screen}`);
    return code;
  }

  async entersCode(code: string): Promise<void> {
    await this.clicks('Enter a code');
    await this.types('combobox', code);
    await this.clicks('Pair');
  }

  /** Shows a code that the other one enters, compares the words and confirms; both are connected then. */
  async pairsWith(other: Person): Promise<void> {
    await other.entersCode(await this.showsCode());
    await this.comparesWordsWith(other);
    await Promise.all([this.sees(other.name), other.sees(this.name)]);
    await Promise.all([this.sees('Direct'), other.sees('Direct')]);
  }

  /** Compares the six words on both screens and confirms; whoever showed the code does this. */
  async comparesWordsWith(other: Person): Promise<void> {
    const [mine, theirs] = await Promise.all([this.verificationWords(), other.verificationWords()]);
    if (mine.join() !== theirs.join()) throw new Error(`The words differ: ${mine.join()} and ${theirs.join()}`);
    await this.clicks('They match, pair');
  }

  /** The six words on screen. */
  async verificationWords(): Promise<string[]> {
    const popup = await this.popup();
    await popup.waitForSelector('.words li', { timeout: SEE_LIMIT_MS });
    return popup.$$eval('.words li', (items) => items.map((item) => item.textContent ?? ''));
  }

  async says(text: string): Promise<void> {
    await this.types('textbox', text);
    await this.clicks('Send');
    await this.sees(text);
  }

  async blocks(name: string): Promise<void> {
    await this.clicks('More');
    await this.clicks(`Block ${name}`, 'menuitem');
    await this.clicks('Block');
    await this.sees(`${name} is blocked`);
  }

  async sendsLink(): Promise<void> {
    await this.clicks('Send this link');
  }

  /** Opens the newest link card in a tab of its own. */
  async opensLink(): Promise<Page> {
    await this.popup();
    const [opened] = await Promise.all([this.nextWebTab(), this.clicks('Open link')]);
    return opened;
  }

  async sharesTab(): Promise<void> {
    await this.clicks('Share this tab');
    await this.losesPopup();
  }

  /** Answers a share and returns the viewer. */
  async watches(): Promise<Page> {
    await this.clicks('Watch');
    return this.browser.waitForPanel('/viewer.html');
  }
}
