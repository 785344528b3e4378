import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ensureBuilt } from '../support/build.ts';

/** What a popup may load before it can be used, so that a click on the icon feels immediate. */
const MAX_GZIPPED_BYTES = 45_000;

test('the popup loads little before it can be used', async () => {
  const folder = await ensureBuilt();
  const page = await readFile(join(folder, 'popup.html'), 'utf8');
  const scripts = [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path = '']) => path);
  expect(scripts.length).toBeGreaterThan(1);
  const codes = await Promise.all(scripts.map((path) => readFile(join(folder, path))));
  const gzippedBytes = codes.reduce((sum, code) => sum + gzipSync(code).length, 0);
  console.log(`The popup loads ${gzippedBytes} bytes of JavaScript, gzipped.`);
  expect(gzippedBytes).toBeLessThanOrEqual(MAX_GZIPPED_BYTES);
});
