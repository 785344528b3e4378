import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { makeTemporaryDir, type TemporaryDir } from '../network/temporary-dir.ts';
import { end, hasPrograms, makes, withParent } from './programs.ts';

const PROGRAMS = ['Xvfb', 'openbox', 'xdotool'] as const;
const OPEN_LIMIT_MS = 60_000;
const POLL_MS = 50;
const SIZE = '1280x900x24';

/** Narrower than a button of the browser's questions. */
const MIN_RUN = 100;

/** A point of the screen, in pixels from its upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Place {
  readonly width: number;
  readonly height: number;
}

/** Whether this computer can show windows that nobody sees, and type and click in them. */
export function hasScreen(): boolean {
  return hasPrograms(PROGRAMS);
}

/** A screen of its own, with a window manager and someone at mouse and keyboard: what a browser hides from its own protocol. */
export class Screen {
  readonly display: string;
  readonly #programs: readonly ChildProcess[];
  /** Where the server keeps what is on the screen. */
  readonly #pictureDir: TemporaryDir;

  private constructor(display: string, programs: readonly ChildProcess[], pictureDir: TemporaryDir) {
    this.display = display;
    this.#programs = programs;
    this.#pictureDir = pictureDir;
  }

  /** @throws Error when the screen doesn't start. */
  static async open(): Promise<Screen> {
    const display = `:${freeDisplay()}`;
    const pictureDir = await makeTemporaryDir('screen');
    const args = [display, '-screen', '0', SIZE, '-nolisten', 'tcp', '-fbdir', pictureDir.path];
    const [xvfb, ...tied] = withParent('Xvfb');
    const server = spawn(xvfb, [...tied, ...args], { stdio: 'ignore' });
    try {
      await makes(server, `/tmp/.X11-unix/X${display.slice(1)}`);
    } catch (error) {
      await end(server, 'SIGTERM');
      await pictureDir.remove();
      throw error;
    }
    const [openbox, ...before] = withParent('openbox');
    const manager = spawn(openbox, before, { stdio: 'ignore', env: { ...process.env, DISPLAY: display } });
    return new Screen(display, [manager, server], pictureDir);
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

  /** Brings the window with this in its title to the front. */
  brings(title: string): void {
    this.#do('search', '--onlyvisible', '--name', title, 'windowactivate');
  }

  /** Minimises that window, and waits until it is. Returns the function that brings it back. */
  minimises(title: string): () => void {
    const id = this.#do('search', '--onlyvisible', '--name', title).trim().split('\n')[0] ?? '';
    this.#do('windowminimize', '--sync', id);
    return () => this.#do('windowmap', id, 'windowactivate', id);
  }

  /** Presses keys, one after the other, as xdotool names them. */
  presses(...keys: readonly string[]): void {
    this.#do('key', ...keys);
  }

  /**
   * The middle of the topmost row of at least 100 pixels of one colour within a part of the screen; null where there is none. For what
   * the browser shows beside its pages.
   */
  finds(colour: readonly [red: number, green: number, blue: number], within: Area): Place | null {
    const picture = readFileSync(join(this.#pictureDir.path, 'Xvfb_screen0'));
    // XWD: numbers of 32 bits, big-endian; then the table of colours, then rows of blue, green, red and a byte that fills up.
    const rowBytes = picture.readUInt32BE(12 * 4);
    const start = picture.readUInt32BE(0) + picture.readUInt32BE(19 * 4) * 12;
    const wanted = Buffer.from([...colour].reverse());
    const [left, right] = [Math.max(0, within.x), within.x + within.width];
    for (let y = Math.max(0, within.y); y < within.y + within.height; y += 1) {
      let run = 0;
      for (let x = left; x < right; x += 1) {
        const at = start + y * rowBytes + x * 4;
        const isWanted = picture.subarray(at, at + 3).equals(wanted);
        if (!isWanted && run >= MIN_RUN) return { x: Math.round(x - run / 2), y };
        run = isWanted ? run + 1 : 0;
      }
    }
    return null;
  }

  clicks({ x, y }: Place): void {
    this.#do('mousemove', String(x), String(y), 'click', '1');
  }

  /** Idempotent. */
  async close(): Promise<void> {
    // Not at once: the server takes its socket and its lock with it.
    await Promise.all(this.#programs.map((program) => end(program, 'SIGTERM')));
    await this.#pictureDir.remove();
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
