import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';
import { build } from 'vite';
import type { AppState } from '../../../extension/core/session/state.ts';
import type { View } from '../../../extension/ui/models/backend.ts';
import { patient } from '../../support/browser.ts';
import { findBrowser } from '../../support/find-browser.ts';
import { NOW } from './states.ts';

export interface Look {
  readonly view?: View;
  readonly theme?: 'light' | 'dark';
  readonly forcedColors?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** Pixels of the screen in one of the page. */
  readonly scale?: number;
}

/** A popup's. */
const SIZE = { width: 380, height: 600 };
/** For a browser to start on two busy cores. */
const START_LIMIT_MS = 120_000;

/** A browser that shows the interface in plain pages, in British English and UTC, at a clock that stands until it is moved. */
export class UiStage {
  readonly #browser: Browser;
  readonly #url: string;
  readonly #close: () => void;
  readonly #contexts: BrowserContext[] = [];

  private constructor(browser: Browser, url: string, close: () => void) {
    this.#browser = browser;
    this.#url = url;
    this.#close = close;
  }

  static async open(): Promise<UiStage> {
    const files = await bundle();
    // Served, since the clipboard is for secure origins, and this computer's own address is one.
    const server = createServer((request, response) => {
      const found = files.get(request.url ?? '/');
      response.writeHead(found ? 200 : 404, { 'content-type': found?.type ?? 'text/plain' }).end(found?.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const browser = await puppeteer.launch({
      executablePath: findBrowser(),
      env: { ...process.env, TZ: 'UTC' },
      timeout: START_LIMIT_MS,
      args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    });
    return new UiStage(browser, `http://127.0.0.1:${port}/`, () => server.close());
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#close();
  }

  /** Closes every page that was shown. */
  async clear(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  /** A page that shows the interface in this state. */
  async show(state: AppState | null, look: Look = {}): Promise<Page> {
    const {
      view = 'popup',
      theme = 'light',
      forcedColors = false,
      width = SIZE.width,
      height = SIZE.height,
      scale = 1,
    } = look;
    // A context of its own: what one page remembers is no business of the next.
    const context = await this.#browser.createBrowserContext();
    this.#contexts.push(context);
    const page = patient(await context.newPage());
    const session = await page.createCDPSession();
    await session.send('Emulation.setLocaleOverride', { locale: 'en-GB' });
    await page.setViewport({ width, height, deviceScaleFactor: scale });
    const features = [
      { name: 'prefers-color-scheme', value: theme },
      { name: 'forced-colors', value: forcedColors ? 'active' : 'none' },
    ];
    await session.send('Emulation.setEmulatedMedia', { features });
    await page.evaluateOnNewDocument((now) => {
      Date.now = () => now;
      // Tests run where there is nothing but this computer's own address.
      Object.defineProperty(navigator, 'onLine', { value: true });
      // What is shown for seconds stays until a test has seen it: a busy computer is slow at looking.
      const { setTimeout: wait } = window;
      window.setTimeout = ((run: TimerHandler, ms = 0, ...rest: unknown[]) =>
        wait(run, ms < 2_000 ? ms : 100 * ms, ...rest)) as typeof window.setTimeout;
    }, NOW);
    await page.goto(this.#url);
    await page.evaluate((shownView, shown) => ui.open(shownView, shown), view, state);
    // Some screens are loaded only when they are shown.
    if (state) await page.waitForFunction(() => document.querySelector('main')?.firstElementChild);
    return page;
  }
}

interface Served {
  readonly type: string;
  readonly body: string | Uint8Array;
}

async function bundle(): Promise<Map<string, Served>> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { 'wxt/browser': join(import.meta.dirname, '..', 'media', 'texts.ts') } },
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      lib: { entry: join(import.meta.dirname, 'page.tsx'), formats: ['es'], fileName: 'page', cssFileName: 'page' },
    },
  });
  const [result] = Array.isArray(output) ? output : [output];
  if (!result || !('output' in result)) throw new Error('The test page was not bundled.');
  const files = new Map<string, Served>();
  for (const part of result.output) {
    const type = part.fileName.endsWith('.css') ? 'text/css' : 'text/javascript';
    files.set(`/${part.fileName}`, { type, body: part.type === 'asset' ? part.source : part.code });
  }
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="stylesheet" href="/page.css">
    <body><div id="root"></div><script type="module" src="/page.js"></script></body></html>`;
  files.set('/', { type: 'text/html', body: html });
  return files;
}
