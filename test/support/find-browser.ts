import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const LINUX_COMMANDS = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser',
  'brave',
];

const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];

const WINDOWS_PATHS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['BraveSoftware', 'Brave-Browser', 'Application', 'brave.exe'],
];

/**
 * The absolute path of a Chromium browser: `BROWSER_PATH`, else one installed in a usual place, else, as root on Debian,
 * Chromium freshly installed through apt.
 * @throws Error with one line that says how to get a browser.
 */
export function findBrowser(): string {
  const chosen = process.env.BROWSER_PATH;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new Error(`BROWSER_PATH is ${chosen}, but no program is there. Set it to a Chrome, Chromium, Edge or Brave.`);
  }
  const installed = installedBrowser();
  if (installed) return installed;
  if (isRootOnDebian()) {
    aptInstall(['chromium']);
    const fresh = installedBrowser();
    if (fresh) return fresh;
  }
  throw new Error('No browser found. Install Chrome, Chromium, Edge or Brave, or set BROWSER_PATH to one.');
}

function installedBrowser(): string | undefined {
  return candidates().find(isExecutable);
}

function candidates(): string[] {
  if (process.platform === 'darwin') {
    return MAC_APPS.flatMap((app) =>
      ['/Applications', join(homedir(), 'Applications')].map((dir) =>
        join(dir, `${app}.app`, 'Contents', 'MacOS', app),
      ),
    );
  }
  if (process.platform === 'win32') {
    const roots = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];
    return WINDOWS_PATHS.flatMap((path) =>
      roots.filter((root) => root !== undefined).map((root) => join(root, ...path)),
    );
  }
  // Snap puts its programs outside the PATH of root and of services.
  const dirs = [...(process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== ''), '/usr/bin', '/snap/bin'];
  return LINUX_COMMANDS.flatMap((command) => dirs.map((dir) => join(dir, command)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Ubuntu is left out on purpose: its `chromium` package only points to a snap. */
function isRootOnDebian(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get') || !existsSync('/etc/os-release')) return false;
  return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function aptInstall(packages: readonly string[]): void {
  console.log(`No browser found: installing ${packages.join(', ')} through apt.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', ...packages]]) {
    const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) {
      throw new Error(
        `"apt-get ${args.join(' ')}" failed. Install Chromium by hand, or set BROWSER_PATH to a browser.`,
      );
    }
  }
}
