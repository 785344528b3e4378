import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExtensionBrowser, launchBrowser } from '../support/browser.ts';
import { ensureBuilt, PROJECT_DIR } from '../support/build.ts';

interface Manifest {
  name: string;
  permissions: string[];
  optional_permissions?: string[];
  optional_host_permissions?: string[];
  host_permissions?: string[];
  content_scripts?: unknown;
}

let manifest: Manifest;
let documented: Map<string, string>;
let browser: ExtensionBrowser;
let helperDir: string;

beforeAll(async () => {
  manifest = JSON.parse(await readFile(join(await ensureBuilt(), 'manifest.json'), 'utf8')) as Manifest;
  const text = await readFile(join(PROJECT_DIR, 'extension', 'ARCHITECTURE.md'), 'utf8');
  documented = new Map(
    [...text.matchAll(/^\| +`([\w.]+)` +\| .+ \| +([^|]+?) +\|$/gm)].map((row) => [row[1] ?? '', row[2] ?? '']),
  );
  browser = await launchBrowser();
  helperDir = await mkdtemp(join(tmpdir(), 'pairwise-warnings-'));
});
afterAll(async () => {
  await browser.close();
  await rm(helperDir, { recursive: true });
});

test('the manifest asks for what the document explains, and for no site and no script in pages', () => {
  expect([...documented.keys()].sort()).toEqual([...manifest.permissions, 'optional_host_permissions'].sort());
  // Nothing but the web can be asked for, and nothing of it is given at install.
  expect(manifest.optional_host_permissions).toEqual(['http://*/*', 'https://*/*']);
  expect(manifest.optional_permissions).toBeUndefined();
  expect(manifest.host_permissions).toBeUndefined();
  expect(manifest.content_scripts).toBeUndefined();
});

test('the document names exactly the warnings that the browser shows', async () => {
  // Only an extension with "management" may ask; ours doesn't need to.
  const asking = { manifest_version: 3, name: 'asks', version: '1', permissions: ['management'] };
  await writeFile(join(helperDir, 'asking.js'), '');
  await writeFile(
    join(helperDir, 'manifest.json'),
    JSON.stringify({ ...asking, background: { service_worker: 'asking.js' } }),
  );
  await browser.browser.installExtension(helperDir);
  const target = await browser.browser.waitForTarget(
    (found) => found.type() === 'service_worker' && found.url().endsWith('/asking.js'),
    { timeout: 60_000 },
  );
  const worker = await target.worker();
  if (!worker) throw new Error('the asking extension has no worker');
  const { permissions, optional_host_permissions } = manifest;
  const plain = { manifest_version: 3, name: 'Pairwise', version: '1', permissions, optional_host_permissions };
  const warnings = await worker.evaluate(
    (text) => chrome.management.getPermissionWarningsByManifest(text),
    JSON.stringify(plain),
  );
  expect(warnings.sort()).toEqual([...documented.values()].filter((warning) => warning !== 'none').sort());
});
