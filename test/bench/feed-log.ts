import type { Page } from 'puppeteer-core';
import type { AppState, ItemOf, TimelineItem } from '../../extension/core/session/state.ts';
import type { FeedMessage } from '../../extension/messaging/feed.ts';
import { readState } from '../support/state.ts';

type FileItem = ItemOf<'file'>;

/** An item as a view was told it, with the moment, in milliseconds since 1970. */
export interface Told<Item extends TimelineItem = TimelineItem> {
  readonly atMs: number;
  readonly item: Item;
}

declare global {
  /** Everything that views were told of items since the log was opened, oldest first. */
  var feedLog: Told[] | undefined;
}

/**
 * Writes down, in an extension page, what every view is told, when it is told: as fast as a person could see it. The page must stay
 * where it is, and its offscreen document too.
 */
export class FeedLog {
  readonly #page: Page;
  /** For everything that is waited for. */
  readonly limitMs: number;

  private constructor(page: Page, limitMs: number) {
    this.#page = page;
    this.limitMs = limitMs;
  }

  static async open(page: Page, limitMs: number): Promise<FeedLog> {
    // In a browser that has just started nobody listens yet, and a port that meets nobody hears nothing for ever.
    await readState(page);
    await page.evaluate(() => {
      const log: Told[] = [];
      const known = new Map<string, string>();
      globalThis.feedLog = log;
      chrome.runtime.connect({ name: 'state' }).onMessage.addListener((message: FeedMessage) => {
        const atMs = Date.now();
        const peers: AppState['peers'] = message.type === 'snapshot' ? message.state.peers : message.peers;
        for (const item of peers.flatMap((peer) => peer.timeline)) {
          const text = JSON.stringify(item);
          if (known.get(item.id) === text) continue;
          known.set(item.id, text);
          log.push({ atMs, item });
        }
      });
    });
    return new FeedLog(page, limitMs);
  }

  /** Everything told of the transfer of this name. */
  async file(name: string): Promise<Told<FileItem>[]> {
    const told = await this.#page.evaluate(
      (wanted) => (globalThis.feedLog ?? []).filter(({ item }) => item.kind === 'file' && item.name === wanted),
      name,
    );
    return told.filter((one): one is Told<FileItem> => one.item.kind === 'file');
  }

  /**
   * The newest of it, once it is in one of these states.
   * @throws Error when it fails, or takes longer than the limit; it says where it stood then.
   */
  async fileReaches(name: string, states: readonly FileItem['transfer']['state'][]): Promise<FileItem> {
    const reaching = this.#page.waitForFunction(
      (wanted, ends) => {
        const newest = (globalThis.feedLog ?? []).findLast(({ item }) => item.kind === 'file' && item.name === wanted);
        return newest?.item.kind === 'file' && ends.includes(newest.item.transfer.state);
      },
      { timeout: this.limitMs, polling: 50 },
      name,
      [...states, 'failed', 'cancelled', 'declined'],
    );
    const late = await reaching.then(() => null).catch((cause: unknown) => ({ cause }));
    const newest = (await this.file(name)).at(-1)?.item;
    if (newest && states.includes(newest.transfer.state)) return newest;
    const { notices } = await readState(this.#page);
    const where = JSON.stringify({ transfer: newest?.transfer, notices });
    throw new Error(`The transfer of ${name} does not become ${states.join(' or ')}: ${where}`, late ?? {});
  }

  /** Waits until so many bytes of it are there. */
  async fileHas(name: string, bytes: number): Promise<void> {
    await this.#page.waitForFunction(
      (wanted, least) =>
        (globalThis.feedLog ?? []).some(
          ({ item }) =>
            item.kind === 'file' && item.name === wanted && 'bytes' in item.transfer && item.transfer.bytes >= least,
        ),
      { timeout: this.limitMs, polling: 50 },
      name,
      bytes,
    );
  }

  /** When this chat line was first told, in milliseconds since 1970; waits for it. */
  async lineReaches(text: string): Promise<number> {
    const found = await this.#page.waitForFunction(
      (wanted) =>
        (globalThis.feedLog ?? []).find(({ item }) => item.kind === 'chat' && item.text === wanted)?.atMs ?? null,
      { timeout: this.limitMs, polling: 50 },
      text,
    );
    const atMs = await found.jsonValue();
    if (atMs === null) throw new Error('Found, and not there.');
    return atMs;
  }
}
