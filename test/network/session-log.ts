import type { Page } from 'puppeteer-core';
import type { AppState, Connection, ItemOf, PeerState } from '../../extension/core/session/state.ts';
import { SNAPSHOT_ITEMS } from '../../extension/core/shared/limits.ts';
import type { FeedMessage } from '../../extension/messaging/feed.ts';
import { command } from '../support/command.ts';
import type { Person } from '../support/person.ts';
import { readState } from '../support/state.ts';

/** Longer than anything here takes, outages of a minute included. */
const LIMIT_MS = 60_000;
const LOOK_AGAIN_MS = 50;

/** A moment, in milliseconds since 1970: every browser here has the same clock. */
interface At {
  readonly atMs: number;
}

/** Where the only peer, and the server, stood from a moment on. */
export interface Standing extends At {
  readonly connection: Connection['state'];
  readonly path: 'direct' | 'turn' | 'relay' | null;
  readonly isSuspect: boolean;
  readonly server: AppState['server']['status'];
}

declare global {
  /** What views were told since the log was opened: each list oldest first. */
  var sessionLog:
    | {
        readonly standings: Standing[];
        /** When the offscreen document was gone, as views noticed it. */
        readonly losses: number[];
        /** When each line of the peer was first told. */
        readonly lines: (At & { readonly text: string })[];
        readonly files: (At & { readonly name: string; readonly transfer: ItemOf<'file'>['transfer'] })[];
      }
    | undefined;
}

/**
 * What the views of a person with one peer are told, and when, written down in a page of the extension. Unlike a view of its own it says
 * what was between two looks, and it goes on when the offscreen document is loaded again.
 */
export class SessionLog {
  readonly #page: Page;
  readonly #peerId: string;
  readonly #name: string;

  private constructor(page: Page, peerId: string, name: string) {
    this.#page = page;
    this.#peerId = peerId;
    this.#name = name;
  }

  /** For somebody who is paired. */
  static async open({ browser, name }: Person): Promise<SessionLog> {
    const page = await browser.panel('/options.html');
    const [peer] = (await readState(page)).peers;
    if (!peer) throw new Error(`${name} knows nobody.`);
    await page.evaluate(() => {
      globalThis.sessionLog = { standings: [], losses: [], lines: [], files: [] };
      const known = new Map<string, string>();
      const { standings, losses, lines, files } = globalThis.sessionLog;
      // A method, since programs that run the benches give functions with a name of their own a helper that no page has.
      const log = {
        stands(now: Standing): void {
          const last = standings.at(-1);
          if (
            last?.connection !== now.connection ||
            last.path !== now.path ||
            last.isSuspect !== now.isSuspect ||
            last.server !== now.server
          ) {
            standings.push(now);
          }
        },
      };
      void (async () => {
        let server: AppState['server']['status'] = 'connecting';
        let peer: PeerState | undefined;
        for (;;) {
          const port = chrome.runtime.connect({ name: 'state' });
          port.onMessage.addListener((message: FeedMessage) => {
            const atMs = Date.now();
            const { server: said } = message.type === 'snapshot' ? message.state : message.change;
            server = said?.status ?? server;
            peer = (message.type === 'snapshot' ? message.state.peers : message.peers)[0] ?? peer;
            if (!peer) return;
            const { state } = peer.connection;
            const path = peer.connection.state === 'connected' ? peer.connection.path : null;
            const isSuspect = peer.connection.state === 'connected' && (peer.connection.isSuspect ?? false);
            log.stands({ atMs, connection: state, path, isSuspect, server });
            for (const item of peer.timeline) {
              const text = item.kind === 'file' ? JSON.stringify(item.transfer) : '';
              if (known.get(item.id) === text) continue;
              known.set(item.id, text);
              if (item.kind === 'file') files.push({ atMs, name: item.name, transfer: item.transfer });
              if (item.kind === 'chat' && !item.mine) lines.push({ atMs, text: item.text });
            }
          });
          await new Promise<void>((resolve) => port.onDisconnect.addListener(() => resolve()));
          // What the document that is gone has told holds no longer.
          const atMs = Date.now();
          losses.push(atMs);
          server = 'connecting';
          log.stands({ atMs, connection: 'offline', path: null, isSuspect: false, server });
          // While the document is loaded again nobody listens.
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
    });
    return new SessionLog(page, peer.id, name);
  }

  /** Writes lines to the peer, one after the other, as the composer does: at once, or as soon as the offscreen document is there again. */
  async says(...lines: readonly string[]): Promise<void> {
    await this.#page.waitForFunction(
      () => chrome.runtime.sendMessage({ target: 'offscreen', type: 'ping' }).then(Boolean, () => false),
      { timeout: LIMIT_MS, polling: LOOK_AGAIN_MS },
    );
    await this.#page.evaluate(
      async (peerId, texts) => {
        for (const text of texts) {
          const reply = await chrome.runtime.sendMessage({ target: 'offscreen', type: 'chat-send', peerId, text });
          if (!reply.ok) throw new Error(`The extension refused to say “${text}”: ${reply.code}`);
        }
      },
      this.#peerId,
      lines,
    );
  }

  /** When this line of the peer was first told; waits for it. */
  async hears(text: string, limitMs = LIMIT_MS): Promise<number> {
    const heard = this.#wait(
      (wanted) => globalThis.sessionLog?.lines.find((line) => line.text === wanted)?.atMs ?? null,
      text,
      limitMs,
    );
    return heard.catch((cause: unknown) => this.#fails(`does not hear “${text}”`, cause));
  }

  /**
   * When both were connected, on this path if one is given, at a moment or after it; waits for it. A link that is up at that moment is
   * enough, one that was up before it is not.
   * @param sinceMs the moment, by default now.
   */
  async connects(path: Standing['path'] = null, sinceMs = Date.now(), limitMs = LIMIT_MS): Promise<number> {
    const connected = this.#wait(
      ({ path, sinceMs }) => {
        const standings = globalThis.sessionLog?.standings ?? [];
        const index = standings.findIndex(
          (one, at) =>
            one.connection === 'connected' &&
            !one.isSuspect &&
            (path === null || one.path === path) &&
            (standings[at + 1]?.atMs ?? Number.POSITIVE_INFINITY) > sinceMs,
        );
        const found = standings[index];
        return found ? Math.max(found.atMs, sinceMs) : null;
      },
      { path, sinceMs },
      limitMs,
    );
    return connected.catch((cause: unknown) => this.#fails(`is not connected${path ? ` (${path})` : ''}`, cause));
  }

  /** When views lost the offscreen document, at a moment or after it; waits for it. What it told before holds no longer. */
  async losesDocument(sinceMs: number): Promise<number> {
    const lost = this.#wait(
      (since) => globalThis.sessionLog?.losses.find((atMs) => atMs >= since) ?? null,
      sinceMs,
      LIMIT_MS,
    );
    return lost.catch((cause: unknown) => this.#fails('does not lose the offscreen document', cause));
  }

  /** When the server was there, at a moment or after it; waits for it. */
  async reachesServer(sinceMs: number): Promise<number> {
    const reached = this.#wait(
      (since) => {
        const standings = globalThis.sessionLog?.standings ?? [];
        const found = standings.find(
          (one, at) => one.server === 'online' && (standings[at + 1]?.atMs ?? Number.POSITIVE_INFINITY) > since,
        );
        return found ? Math.max(found.atMs, since) : null;
      },
      sinceMs,
      LIMIT_MS,
    );
    return reached.catch((cause: unknown) => this.#fails('does not reach the server', cause));
  }

  /** Waits until so many bytes of a file are there. */
  async fileHas(name: string, bytes: number): Promise<void> {
    const has = this.#wait(
      ({ name, bytes }) =>
        globalThis.sessionLog?.files.find(
          (told) =>
            told.name === name &&
            ('bytes' in told.transfer ? told.transfer.bytes >= bytes : told.transfer.state === 'done'),
        )?.atMs ?? null,
      { name, bytes },
      LIMIT_MS,
    );
    await has.catch((cause: unknown) => this.#fails(`does not have ${bytes} bytes of ${name}`, cause));
  }

  /** How a file stands now. */
  file(name: string): Promise<ItemOf<'file'>['transfer'] | null> {
    return this.#page.evaluate(
      (wanted) => globalThis.sessionLog?.files.findLast((told) => told.name === wanted)?.transfer ?? null,
      name,
    );
  }

  /** Waits until a file is whole, checked and in Downloads. */
  async fileIsSaved(name: string, limitMs = LIMIT_MS): Promise<void> {
    const saved = this.#wait(
      (wanted) =>
        globalThis.sessionLog?.files.find((told) => told.name === wanted && told.transfer.state === 'done')?.atMs ??
        null,
      name,
      limitMs,
    );
    await saved.catch((cause: unknown) => this.#fails(`does not get ${name}`, cause));
  }

  /** Everything told of where it stood, from the one that held at a moment on. */
  async standings(sinceMs = 0): Promise<Standing[]> {
    const all = await this.#page.evaluate(() => globalThis.sessionLog?.standings ?? []);
    const first = all.findLastIndex(({ atMs }) => atMs <= sinceMs);
    return all.slice(Math.max(first, 0));
  }

  /** Every line that the peer has written, oldest first: what stands in the timeline, as far back as it goes. */
  async heard(): Promise<string[]> {
    return this.#page.evaluate(
      async (peerId, newest) => {
        const lines: string[] = [];
        const port = chrome.runtime.connect({ name: 'state' });
        const peer = await new Promise<PeerState | undefined>((resolve) => {
          port.onMessage.addListener((message: FeedMessage) => {
            if (message.type === 'snapshot') resolve(message.state.peers.find(({ id }) => id === peerId));
          });
        });
        port.disconnect();
        // Before the newest there may be older ones that aren't finished, with a gap after them.
        let items = (peer?.timeline ?? []).slice(-newest);
        let hasOlder = peer?.hasOlder ?? false;
        for (;;) {
          lines.unshift(...items.flatMap((item) => (item.kind === 'chat' && !item.mine ? [item.text] : [])));
          const oldest = items[0]?.id;
          if (!hasOlder || !oldest) return lines;
          const reply: { ok: boolean; value?: { items: typeof items; hasOlder: boolean } } =
            await chrome.runtime.sendMessage({ target: 'offscreen', type: 'history-page', peerId, before: oldest });
          if (!reply.value) throw new Error('no older page');
          items = reply.value.items;
          hasOlder = reply.value.hasOlder;
        }
      },
      this.#peerId,
      SNAPSHOT_ITEMS,
    );
  }

  /** Tells the offscreen document something about the peer. */
  async acceptsFilesOf(sizeBytes: number): Promise<void> {
    await command(this.#page, 'peer-accept-files', { peerId: this.#peerId, upToBytes: sizeBytes });
  }

  async #wait<Given>(look: (given: Given) => number | null, given: Given, limitMs: number): Promise<number> {
    const options = { timeout: limitMs, polling: LOOK_AGAIN_MS };
    const found = await this.#page.waitForFunction(look as (given: unknown) => number | null, options, given);
    const atMs = await found.jsonValue();
    if (atMs === null) throw new Error('Found, and not there.');
    return atMs;
  }

  /** Closes the page; nothing can be asked any more. */
  close(): Promise<void> {
    return this.#page.close();
  }

  /** Where it stood around a moment, for whoever wonders why something took so long. */
  async told(sinceMs: number): Promise<string> {
    const standings = await this.standings(sinceMs).catch(() => []);
    const lines = standings.map(({ atMs, ...rest }) => `  ${atMs - sinceMs} ms ${JSON.stringify(rest)}`);
    const transfer = await this.#page.evaluate(() => globalThis.sessionLog?.files.at(-1)).catch(() => null);
    return [`${this.#name} was told:`, ...lines, `  of the last file ${JSON.stringify(transfer)}`].join('\n');
  }

  async #fails(what: string, cause: unknown): Promise<never> {
    const standings = await this.standings().catch(() => []);
    const sinceMs = standings.at(-12)?.atMs ?? standings[0]?.atMs ?? 0;
    throw new Error(`${this.#name} ${what}. ${await this.told(sinceMs)}`, { cause });
  }
}
