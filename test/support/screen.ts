import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';

const PROGRAMS = ['Xvfb', 'openbox', 'xdotool'] as const;
const START_LIMIT_MS = 10_000;
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

  /** Clicks with the right button on the middle of an element. */
  async rightClick(page: Page, selector: string): Promise<void> {
    const { x, y } = await page.$eval(selector, (element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const frame = (outerWidth - innerWidth) / 2;
      return {
        x: Math.round(screenX + frame + left + width / 2),
        y: Math.round(screenY + (outerHeight - innerHeight) - frame + top + height / 2),
      };
    });
    this.#do('mousemove', String(x), String(y), 'click', '3');
  }

  /** Presses keys, one after the other, as xdotool names them. */
  async presses(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#do('key', key);
      // A menu that is opening swallows what comes too fast.
      await delay(POLL_MS * 4);
    }
  }

  /** Idempotent. */
  close(): void {
    for (const program of this.#programs) program.kill();
  }

  #do(...args: readonly string[]): void {
    execFileSync('xdotool', args, { env: { ...process.env, DISPLAY: this.display } });
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
