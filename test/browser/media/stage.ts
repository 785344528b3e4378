import { createServer } from 'node:http';
import { join } from 'node:path';
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';
import { build } from 'vite';
import { expect } from 'vitest';
import type { Signal } from '../../../extension/core/protocol/messages.ts';
import { patient } from '../../support/browser.ts';
import { findBrowser } from '../../support/find-browser.ts';
import type { PageEvent } from './page.ts';
import type { Source } from './source.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** What a test does to signals on their way: null drops one. */
export type Interference = (signal: Signal) => Signal | null | Promise<Signal | null>;

/** Video loses some colour on the way. */
const COLOUR_TOLERANCE = 24;
const TONE_TOLERANCE_HZ = 12;
const ARRIVAL_TIMEOUT_MS = 60_000;
/** For a browser to start, and for one command to it: longer than anything that a page itself waits for. */
const START_LIMIT_MS = 120_000;
const PROTOCOL_LIMIT_MS = 120_000;
/** What is on its way arrives in less, again and again. */
const CALM_LOOKS = 3;
const CALM_LOOK_MS = 300;

/** One side of a media test, in a window of its own, so that neither is throttled as a background tab. */
export class Side {
  readonly page: Page;
  readonly events: PageEvent[] = [];
  #listeners = new Set<() => void>();

  constructor(page: Page) {
    this.page = page;
  }

  arrived(event: PageEvent): void {
    this.events.push(event);
    for (const listener of this.#listeners) listener();
  }

  /** Resolves with the first event, past or to come, that fits. */
  async event(fits: (event: PageEvent) => boolean): Promise<PageEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(
          new Error(
            `Only these events arrived: ${JSON.stringify(this.events.filter(({ kind }) => kind !== 'signal'))}`,
          ),
        );
      }, ARRIVAL_TIMEOUT_MS);
      const look = () => {
        const found = this.events.find(fits);
        if (!found) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** Waits until the newest state is `connected` again. */
  async backToConnected(): Promise<void> {
    const newest = () => this.events.findLast((event) => event.kind === 'state');
    await expect.poll(newest, { timeout: ARRIVAL_TIMEOUT_MS }).toEqual({ kind: 'state', state: 'connected' });
  }

  /** Waits until what is told beside picture and sound is heard: that may begin after the picture. */
  async canTell(): Promise<void> {
    await this.page.waitForFunction(() => media.canTell());
  }

  /** Waits until the picture has this colour. */
  async sees(colour: Colour): Promise<void> {
    const near = (seen: Colour | null) =>
      seen?.every((part, i) => Math.abs(part - (colour[i] ?? 0)) <= COLOUR_TOLERANCE);
    await expect
      .poll(async () => near(await this.page.evaluate(() => media.seen())) ?? false, { timeout: ARRIVAL_TIMEOUT_MS })
      .toBe(true);
  }

  /** Waits until the strongest tone is this one, or what is heard left and right is. Null: silence. */
  async hears(leftHz: number | null, rightHz = leftHz): Promise<void> {
    await this.#hears(() => this.page.evaluate(() => media.heard()), leftHz, rightHz);
  }

  /** The same of the sharer's voice. */
  async hearsVoice(toneHz: number | null): Promise<void> {
    await this.#hears(() => this.page.evaluate(() => media.voiceHeard()), toneHz, toneHz);
  }

  /** The same of the viewer's voice. */
  async hearsPeer(toneHz: number | null): Promise<void> {
    await this.#hears(() => this.page.evaluate(() => media.peerHeard()), toneHz, toneHz);
  }

  async #hears(
    listen: () => Promise<readonly (number | null)[]>,
    ...wanted: readonly (number | null)[]
  ): Promise<void> {
    const near = (hz: number | null | undefined, i: number) => {
      const want = wanted[i] ?? null;
      return want === null || hz === null || hz === undefined
        ? (hz ?? null) === want
        : Math.abs(hz - want) < TONE_TOLERANCE_HZ;
    };
    const heard = async () => {
      const sides = await listen();
      return sides.every(near) ? 'as wanted' : sides;
    };
    await expect.poll(heard, { timeout: ARRIVAL_TIMEOUT_MS }).toBe('as wanted');
  }

  /** Waits until a picture arrives that wasn't there at the call. */
  async seesMotion(): Promise<void> {
    const before = await this.page.evaluate(() => media.framesSeen());
    await expect
      .poll(() => this.page.evaluate(() => media.framesSeen()), { timeout: ARRIVAL_TIMEOUT_MS })
      .toBeGreaterThan(before);
  }

  /** Waits until no more pictures arrive. @returns how many have. */
  async standsStill(): Promise<number> {
    let before = -1;
    let unchanged = 0;
    const looks = async () => {
      const now = await this.page.evaluate(() => media.framesSeen());
      unchanged = now === before ? unchanged + 1 : 0;
      before = now;
      return unchanged;
    };
    await expect
      .poll(looks, { timeout: ARRIVAL_TIMEOUT_MS, interval: CALM_LOOK_MS })
      .toBeGreaterThanOrEqual(CALM_LOOKS);
    return before;
  }
}

/** A browser with pages that share and watch; signals between them pass through the test. */
export class Stage {
  readonly #browser: Browser;
  readonly #script: string;
  #interfere: Interference = (signal) => signal;
  #sharer: Side | undefined;
  readonly #viewers = new Map<string, Side>();
  #wire: Promise<unknown> = Promise.resolve();

  private constructor(browser: Browser, script: string) {
    this.#browser = browser;
    this.#script = script;
  }

  static async open(): Promise<Stage> {
    const script = await bundle(join(import.meta.dirname, 'page.ts'));
    return new Stage(await launchPlainBrowser(), script);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** From now on every signal passes through here. */
  interfere(interference: Interference): void {
    this.#interfere = interference;
  }

  async sharer(source: Source): Promise<Side> {
    const side = await this.#side((event) => {
      if (event.kind !== 'signal') return;
      this.#carry(event.signal, (signal) =>
        this.#viewers.get(event.viewer)?.page.evaluate((signal) => media.toWatcher(signal), signal),
      );
    });
    this.#sharer = side;
    await side.page.evaluate((source) => media.share(source), source);
    return side;
  }

  /** Opens a viewer page and tells the sharer. */
  async viewer(id: string): Promise<Side> {
    const side = await this.#side((event) => {
      if (event.kind !== 'signal') return;
      this.#carry(event.signal, (signal) =>
        this.#sharer?.page.evaluate((id, signal) => media.toSharer(id, signal), id, signal),
      );
    });
    this.#viewers.set(id, side);
    await side.page.evaluate((id) => media.watch(id), id);
    await this.#sharer?.page.evaluate((id) => media.viewerCame(id), id);
    return side;
  }

  /** A page without a role. */
  async page(): Promise<Page> {
    return (await this.#side(() => undefined)).page;
  }

  /** In order, like the session's channel. */
  #carry(signal: Signal, deliver: (signal: Signal) => Promise<unknown> | undefined): void {
    this.#wire = this.#wire.then(async () => {
      const changed = await this.#interfere(signal);
      // A page that was closed in the meantime hears nothing any more.
      if (changed) deliver(changed)?.catch(() => undefined);
    });
  }

  async #side(onEvent: (event: PageEvent) => void): Promise<Side> {
    const context = await this.#browser.createBrowserContext();
    const page = await openPlainPage(context);
    const side = new Side(page);
    await page.exposeFunction('emit', (event: PageEvent) => {
      side.arrived(event);
      onEvent(event);
    });
    await page.addScriptTag({ content: this.#script, type: 'module' });
    await page.waitForFunction(() => 'media' in globalThis);
    return side;
  }
}

/**
 * An empty page of this computer, a secure context that may use WebRTC: where there is nothing but loopback, a page without the
 * permission to capture, or without an origin that could have it, gets no candidates at all.
 */
export async function openPlainPage(where: Browser | BrowserContext): Promise<Page> {
  const page = patient(await where.newPage());
  await page.goto(await plainPageUrl());
  return page;
}

let serving: Promise<string> | undefined;

function plainPageUrl(): Promise<string> {
  serving ??= new Promise((resolve, reject) => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
      response.end('<!doctype html><html lang="en"><body></body></html>');
    });
    // It serves until the tests' process ends, and doesn't keep that alive.
    server.unref().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the page server has no port'));
      else resolve(`http://127.0.0.1:${address.port}/`);
    });
  });
  return serving;
}

/**
 * A browser without the extension, for pages that host a part of it.
 * @param options.tabToCapture the title of the tab that every page gets that asks to capture something; such a page still needs leave to
 * use the microphone, see `openPlainPage`.
 * @param options.executablePath what starts the browser, if that isn't the browser itself.
 */
export function launchPlainBrowser({ autoplay = true, tabToCapture = '', executablePath = '' } = {}): Promise<Browser> {
  return puppeteer.launch({
    executablePath: executablePath || findBrowser(),
    headless: true,
    pipe: true,
    ignoreDefaultArgs: ['--mute-audio'],
    timeout: START_LIMIT_MS,
    protocolTimeout: PROTOCOL_LIMIT_MS,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      // The latter says yes to every question of a page, see openPlainPage, but offers no tab.
      tabToCapture ? `--auto-select-tab-capture-source-by-title=${tabToCapture}` : '--use-fake-ui-for-media-stream',
      ...(autoplay ? ['--autoplay-policy=no-user-gesture-required'] : []),
      '--allow-loopback-in-peer-connection',
      // Plain addresses, as an extension's page has them.
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}

/** One script of a module and all that it imports. */
export async function bundle(entry: string): Promise<string> {
  return (await bundleView(entry)).script;
}

/** The same with the style sheets that it imports; texts come from `_locales`. */
export async function bundleView(entry: string): Promise<{ script: string; style: string }> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { 'wxt/browser': join(import.meta.dirname, 'texts.ts') } },
    build: { write: false, minify: false, target: 'esnext', lib: { entry, formats: ['es'], fileName: 'page' } },
  });
  const [result] = Array.isArray(output) ? output : [output];
  if (!result || !('output' in result)) throw new Error('The test page was not bundled.');
  const style = result.output.find((part) => part.type === 'asset' && part.fileName.endsWith('.css'));
  return { script: result.output[0].code, style: style?.type === 'asset' ? String(style.source) : '' };
}
