/**
 * Draws the icons of the extension from the mark, in a real browser: `npx tsx test/support/draw-icons.ts`. The PNGs are committed; run it
 * again only when the mark changes.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { findBrowser } from './find-browser.ts';

const EXTENSION = join(import.meta.dirname, '..', '..', 'extension');
const MARK_DIR = join(EXTENSION, 'ui', 'mark');
const ICON_DIR = join(EXTENSION, 'public', 'icon');
/** What toolbars, menus, the extension page and notifications ask for. */
const SIZES_PX = [16, 24, 32, 48, 128];
/** `idle` is the plain name, which the manifest refers to. */
const PREFIXES = { idle: '', live: 'live-' };

const browser = await puppeteer.launch({
  executablePath: findBrowser(),
  args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : [],
});
try {
  await mkdir(ICON_DIR, { recursive: true });
  const page = await browser.newPage();
  for (const [mark, prefix] of Object.entries(PREFIXES)) {
    const svg = await readFile(join(MARK_DIR, `${mark}.svg`), 'utf8');
    for (const size of SIZES_PX) {
      await page.setViewport({ width: size, height: size });
      await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
      const png = await page.screenshot({ omitBackground: true });
      await writeFile(join(ICON_DIR, `${prefix}${size}.png`), png);
    }
  }
} finally {
  await browser.close();
}
