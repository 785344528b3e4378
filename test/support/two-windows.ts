import { configFromEnvironment } from '../../peer-server/config.ts';
import { ListenError, type RunningServer, startServer } from '../../peer-server/server.ts';
import { type ExtensionBrowser, launchBrowser } from './browser.ts';
import { startPages } from './pages.ts';
import { createProfile } from './profile.ts';
import { applySettings } from './settings.ts';

const PEOPLE = ['Alice', 'Bob'] as const;
/** How many ports to try from the wanted one on, before the reason must be another one. */
const PORTS_TO_TRY = 20;

/**
 * Starts the signalling server and opens a window each for Alice and Bob, side by side.
 * Resolves when both are closed or the signal is aborted, with everything it started ended and removed.
 * @throws Error with one line for people when the server or a browser can't start.
 */
export async function openTwoWindows(signal: AbortSignal): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  try {
    const server = await startOnFreePort();
    closers.push(() => server.close());
    const pages = await startPages();
    closers.push(() => pages.close());
    const windows: ExtensionBrowser[] = [];
    for (const [index, name] of PEOPLE.entries()) {
      const profile = await createProfile();
      closers.push(() => profile.remove());
      const window = await launchBrowser({ headless: false, profile, signal });
      closers.push(() => window.close());
      windows.push(window);
      await prepare(window, index, { name, serverUrl: reachable(server.url) }, pages.url('hello', { me: name }));
    }
    console.log(`Two windows are open, Alice’s and Bob’s. The signalling server is at ${server.url}.`);
    console.log('1. In Alice’s window click the Pairwise icon in the toolbar, then “Show a code”.');
    console.log('2. In Bob’s window click the icon, then “Enter a code”, type what Alice sees, and let Alice confirm.');
    console.log('3. Write, send a link or a file, or share the tab. Ctrl-C here, or closing both windows, ends it.');
    await Promise.race([Promise.all(windows.map(untilClosed)), untilAborted(signal)]);
  } catch (error) {
    // Whatever an abort broke on its way is no error.
    if (!signal.aborted) throw error;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function startOnFreePort(): Promise<RunningServer> {
  const config = configFromEnvironment(process.env);
  // People read this terminal: what the server does at each turn is for LOG_LEVEL=info.
  const logLevel = process.env.LOG_LEVEL ? config.logLevel : 'warn';
  for (let port = config.port; ; port += 1) {
    try {
      return await startServer({ ...config, logLevel, port });
    } catch (error) {
      const isTaken = error instanceof ListenError && error.code === 'address-in-use';
      if (!isTaken || port + 1 === config.port + PORTS_TO_TRY || port === 65_535) throw error;
    }
  }
}

/** An address that means "all of this computer's" is for listening only. */
function reachable(serverUrl: string): string {
  return serverUrl.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

async function prepare(
  { browser, panel }: ExtensionBrowser,
  index: number,
  settings: { name: string; serverUrl: string },
  firstUrl: string,
): Promise<void> {
  const [blank] = await browser.pages();
  const page = await panel('/options.html');
  await applySettings(page, settings);
  await page.goto(firstUrl);
  await blank?.close();
  const session = await page.createCDPSession();
  const { windowId } = await session.send('Browser.getWindowForTarget');
  const [screenWidth, screenHeight] = await page.evaluate(() => [screen.availWidth, screen.availHeight] as const);
  const width = Math.floor(screenWidth / PEOPLE.length);
  const bounds = { left: index * width, top: 0, width, height: screenHeight };
  await session.send('Browser.setWindowBounds', { windowId, bounds });
  await session.detach();
}

/** Resolves when the person has closed the last tab. Some systems keep a browser without windows running: it is closed then. */
function untilClosed(window: ExtensionBrowser): Promise<void> {
  return new Promise((resolve) => {
    window.browser.once('disconnected', () => resolve());
    window.browser.on('targetdestroyed', () => {
      const isOpen = window.browser.targets().some((target) => target.type() === 'page');
      if (!isOpen) window.close().catch(() => undefined);
    });
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
