import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';

const PROGRAMS = ['Xvfb', 'openbox', 'xdotool'] as const;
const START_LIMIT_MS = 60_000;
const OPEN_LIMIT_MS = 60_000;
const POLL_MS = 50;
const SIZE = '1280x900x24';

/** Whether this computer can show windows that nobody sees, and type and click in them. */
export function hasScreen(): boolean {
  return process.platform === 'linux' && PROGRAMS.every((name) => spawnSync('which', [name]).status === 0);
}

/** A screen of its own, with a window manager and someone at mouse and keyboard: what a browser hides from its own protocol. */
export class Screen {
  readonly display: string;
  readonly #programs: readonly ChildProcess[];

  private constructor(display: string, programs: readonly ChildProcess[]) {
    this.display = display;
    this.#programs = programs;
  }

  static async open(): Promise<Screen> {
    const display = `:${freeDisplay()}`;
    const server = spawn('Xvfb', [display, '-screen', '0', SIZE, '-nolisten', 'tcp'], { stdio: 'ignore' });
    await exists(`/tmp/.X11-unix/X${display.slice(1)}`);
    const manager = spawn('openbox', [], { stdio: 'ignore', env: { ...process.env, DISPLAY: display } });
    return new Screen(display, [manager, server]);
  }

  /** Opens the menu of an element with the right button, and waits until it is there. */
  async opensMenu(page: Page, selector: string): Promise<void> {
    const { x, y } = await page.$eval(selector, (element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const frame = (outerWidth - innerWidth) / 2;
      return {
        x: Math.round(screenX + frame + left + width / 2),
        y: Math.round(screenY + (outerHeight - innerHeight) - frame + top + height / 2),
      };
    });
    // To the system a menu is a window.
    const before = this.#windows();
    this.#do('mousemove', String(x), String(y), 'click', '3');
    const deadlineMs = performance.now() + OPEN_LIMIT_MS;
    while (this.#windows() <= before) {
      if (performance.now() > deadlineMs) throw new Error('No menu opens.');
      await delay(POLL_MS);
    }
  }

  /** Presses keys, one after the other, as xdotool names them. */
  presses(...keys: readonly string[]): void {
    this.#do('key', ...keys);
  }

  /** Idempotent. */
  close(): void {
    for (const program of this.#programs) program.kill();
  }

  #windows(): number {
    return this.#do('search', '--onlyvisible', '--class', '.*').trim().split('\n').length;
  }

  #do(...args: readonly string[]): string {
    return execFileSync('xdotool', args, { encoding: 'utf8', env: { ...process.env, DISPLAY: this.display } });
  }
}

function freeDisplay(): number {
  for (let number = 90; number < 200; number += 1) if (!existsSync(`/tmp/.X${number}-lock`)) return number;
  throw new Error('There is no free display.');
}

async function exists(path: string): Promise<void> {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (!existsSync(path)) {
    if (performance.now() > deadlineMs) throw new Error(`${path} does not come.`);
    await delay(POLL_MS);
  }
}
