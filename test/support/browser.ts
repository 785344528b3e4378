import puppeteer, { type Browser, type Extension, type Page, type Target, type WebWorker } from 'puppeteer-core';
import { ensureBuilt } from './build.ts';
import { findBrowser } from './find-browser.ts';
import { collectProblems, type Problem } from './problems.ts';
import { createProfile, EXTENSION_ID, type Profile } from './profile.ts';
import { resumeWorkers } from './resume-workers.ts';

export interface LaunchOptions {
  /** Default true. */
  readonly headless?: boolean;
  /** The display to show windows on, `:90`, instead of the one this process has. */
  readonly display?: string;
  /** The PulseAudio server to play at, `unix:PATH`, instead of the one this process has. */
  readonly soundServer?: string;
  /** A profile to start again with. Without one a fresh profile is made, and removed by `close`. */
  readonly profile?: Profile;
  /** An unpacked extension other than the built one. */
  readonly extensionDir?: string;
  /** The program that starts the browser, with the browser's arguments. Default the browser itself. */
  readonly executablePath?: string;
  /** Switches besides the usual ones: a microphone that plays tones, what the picker chooses. */
  readonly args?: readonly string[];
  /** Closes the browser when aborted, also while it starts. */
  readonly signal?: AbortSignal;
  /** Time limit for one command to the browser: a capture that never answers must not hang a test for ever. Default a minute. */
  readonly protocolTimeoutMs?: number;
}

/** A running browser with the extension. */
export interface ExtensionBrowser {
  readonly browser: Browser;
  readonly profile: Profile;
  /** Complaints of every context so far. */
  readonly problems: readonly Problem[];
  worker(): Promise<WebWorker>;
  /** Ends the service worker, as the browser does with an idle one. */
  stopWorker(): Promise<void>;
  /** Clicks the toolbar icon on a page: opens the real popup and grants `activeTab` for that page. */
  popup(page: Page): Promise<Page>;
  offscreen(): Promise<Page>;
  /** Opens a page of the extension in a tab, `/popup.html` for example. */
  panel(path: string): Promise<Page>;
  /** A page of the extension, already open or about to be, whose path is this. */
  waitForPanel(path: string): Promise<Page>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** How long to wait for a context that should be there at once, on two busy cores. */
const TARGET_TIMEOUT_MS = 60_000;
/** Until a browser runs: two start at once, and read all of their program from the disk. */
const START_LIMIT_MS = 120_000;
const PROTOCOL_TIMEOUT_MS = 120_000;
const LOOK_AGAIN_MS = 50;

const WINDOW_SIZE = '1280,800';

/**
 * Starts a browser with the extension loaded over the debugging pipe: the only way that Google's own builds still allow.
 * @throws Error when no browser is found, the build fails or the extension does not start.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<ExtensionBrowser> {
  const headless = options.headless ?? true;
  const executablePath = options.executablePath ?? findBrowser();
  const extensionDir = options.extensionDir ?? (await ensureBuilt());
  const profile = options.profile ?? (await createProfile());
  const browser = await puppeteer.launch({
    executablePath,
    headless,
    pipe: true,
    enableExtensions: [extensionDir],
    userDataDir: profile.dir,
    args: [...browserArgs(headless), ...(options.args ?? [])],
    // Muted, captured sound is all zero. "Controlled by automated software" has no place above a newcomer's first look.
    ignoreDefaultArgs: headless ? ['--mute-audio'] : ['--mute-audio', '--enable-automation'],
    // An emulated size would also be forced on the popup.
    defaultViewport: null,
    timeout: START_LIMIT_MS,
    protocolTimeout: options.protocolTimeoutMs ?? PROTOCOL_TIMEOUT_MS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ...(options.signal && { signal: options.signal }),
    env: {
      ...process.env,
      ...(options.display && { DISPLAY: options.display }),
      ...(options.soundServer && { PULSE_SERVER: options.soundServer }),
    },
  });
  await resumeWorkers(browser);
  const problems = collectProblems(browser);
  let closing: Promise<void> | undefined;
  const close = async () => {
    await browser.close();
    if (!options.profile) await profile.remove();
  };
  const running: ExtensionBrowser = {
    browser,
    profile,
    problems,
    worker: () => waitForWorker(browser),
    stopWorker: async () => (await waitForWorker(browser)).close(),
    popup: (page) => openPopup(browser, page),
    offscreen: async () => asPage(await waitFor(browser, (target) => target.type() === 'background_page')),
    panel: async (path) => {
      const page = patient(await browser.newPage());
      await page.goto(extensionUrl(path));
      return page;
    },
    waitForPanel: async (path) => openedAt(path, await waitFor(browser, (target) => isPanel(target, path))),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
  try {
    await running.worker();
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}

function browserArgs(headless: boolean): string[] {
  const args = [
    '--disable-quic',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Without it two browsers on a computer without a network have no candidate for each other.
    '--allow-loopback-in-peer-connection',
  ];
  if (headless) {
    args.push('--disable-gpu', `--window-size=${WINDOW_SIZE}`, '--autoplay-policy=no-user-gesture-required');
  }
  // Debian's Chromium refuses root otherwise; everywhere else the sandbox stays on.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return args;
}

async function openPopup(browser: Browser, page: Page): Promise<Page> {
  const before = new Set(browser.targets());
  await page.triggerExtensionAction(await pairwise(browser));
  const isPopup = (target: Target) => !before.has(target) && isPanel(target, '/popup.html');
  return openedAt('/popup.html', await waitFor(browser, isPopup));
}

/** @throws Error when the browser has switched the extension off: its icon must not be clicked then, the browser would die. */
async function pairwise(browser: Browser): Promise<Extension> {
  const extension = (await browser.extensions()).get(EXTENSION_ID);
  if (!extension?.enabled) throw new Error('The browser has switched the extension off.');
  return extension;
}

async function waitForWorker(browser: Browser): Promise<WebWorker> {
  const isWorker = (target: Target) => target.type() === 'service_worker' && target.url().startsWith(extensionUrl('/'));
  const worker = await (await waitFor(browser, isWorker)).worker();
  if (!worker) throw new Error('The service worker has no debugging session.');
  return worker;
}

function waitFor(browser: Browser, predicate: (target: Target) => boolean): Promise<Target> {
  return browser.waitForTarget(predicate, { timeout: TARGET_TIMEOUT_MS });
}

async function asPage(target: Target): Promise<Page> {
  return patient(await target.asPage());
}

/**
 * The page, once it is there: the browser names a new tab or popup by where it is going, and until then its document is an empty one that takes
 * with it whatever was asked of it.
 */
async function openedAt(path: string, target: Target): Promise<Page> {
  const page = await asPage(target);
  await page.waitForFunction((wanted) => location.pathname === wanted && document.readyState === 'complete', {}, path);
  return page;
}

/** Pages that are patient already: asked for again, a target gives the same one. */
const patientPages = new WeakSet<Page>();

/**
 * A page whose waits are as long as those for targets, unless they say otherwise, and go on while nobody sees it: puppeteer looks again
 * when the page is drawn, and one in the background never is. Reading an element waits for it: what is shown seldom is loaded first.
 */
export function patient(page: Page): Page {
  if (patientPages.has(page)) return page;
  patientPages.add(page);
  page.setDefaultTimeout(TARGET_TIMEOUT_MS);
  const read: Page['$eval'] = page.$eval.bind(page);
  page.$eval = (async (selector, ...rest) => {
    await page.waitForSelector(selector);
    return read(selector, ...rest);
  }) as Page['$eval'];
  const waitForFunction: Page['waitForFunction'] = page.waitForFunction.bind(page);
  page.waitForFunction = (condition, options, ...given) =>
    waitForFunction(condition, { polling: LOOK_AGAIN_MS, ...options }, ...given);
  return page;
}

function isPanel(target: Target, path: string): boolean {
  return target.type() === 'page' && target.url().split(/[?#]/)[0] === extensionUrl(path);
}

function extensionUrl(path: string): string {
  return `chrome-extension://${EXTENSION_ID}${path}`;
}
