import { EXTENSION_DIR, ensureBuilt } from './build.ts';
import { findBrowser } from './find-browser.ts';
import { runSelfTest } from './self-test.ts';
import { openTwoWindows } from './two-windows.ts';

const PARENT_CHECK_MS = 500;

/** `npm start`: two windows to try Pairwise in. `npm start -- --self-test`, or no display: the main job by itself, headless. */
async function main(signal: AbortSignal): Promise<number> {
  const args = process.argv.slice(2);
  const unknown = args.filter((arg) => arg !== '--self-test');
  if (unknown.length > 0) throw new Error(`Unknown option ${unknown.join(' ')}. There is only --self-test.`);
  console.log(`Browser: ${findBrowser()}`);
  await ensureBuilt();
  if (args.includes('--self-test')) return runSelfTest(signal);
  if (hasDisplay()) {
    await openTwoWindows(signal);
    return 0;
  }
  console.log('There is no display to open windows on, so the self-test runs instead.');
  const code = await runSelfTest(signal);
  console.log(
    'To use Pairwise by hand, open chrome://extensions in a browser with a display, switch on "Developer mode",',
  );
  console.log(`click "Load unpacked", choose ${EXTENSION_DIR} and start the signalling server with "npm run server".`);
  return code;
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Asked twice: someone is in a hurry.
    if (controller.signal.aborted) process.exit(1);
    controller.abort();
  });
}

// npm that is told to stop ends only the shell it started us with.
const starter = process.ppid;
setInterval(() => {
  if (process.ppid !== starter) controller.abort();
}, PARENT_CHECK_MS).unref();

main(controller.signal).then(
  // The server's library keeps a timer that can't be reached: without `exit` the process would stay.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
