import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/*
 * The layer rule of extension/ARCHITECTURE.md: a file may import from its own layer and from those below it. Type-only imports
 * count too: a type is a dependency.
 */
const EXTENSION = resolve(import.meta.dirname, '../../extension');

/** Lowest first. Layers of the same level don't know each other. */
const LEVELS: string[][] = [
  ['core/shared'],
  ['core/crypto'],
  ['core/link-types'],
  ['core/protocol'],
  ['core/link'],
  ['core/signalling'],
  ['core/pairing', 'core/files', 'core/media', 'core/doctor'],
  ['core/session'],
  ['messaging', 'platform'],
  ['ui'],
  ['entrypoints'],
];
/** The interface that the protocol is written against stands below it, its implementations above. */
const EXCEPTIONS: Record<string, string> = { 'core/link/link.ts': 'core/link-types' };

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(EXTENSION, join(entry.parentPath, entry.name)));
}

function layerOf(file: string): string {
  const found = EXCEPTIONS[file] ?? LEVELS.flat().find((layer) => file.startsWith(`${layer}/`));
  if (!found) throw new Error(`${file} stands in no layer`);
  return found;
}

const levelOf = (layer: string) => LEVELS.findIndex((level) => level.includes(layer));

function importsOf(file: string): string[] {
  const text = readFileSync(join(EXTENSION, file), 'utf8');
  return [...text.matchAll(/(?:from|import|import\(|new URL\()\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

const files = sources(EXTENSION);

test('there is something to check', () => {
  expect(files.length).toBeGreaterThan(40);
});

test('every import goes to the same layer or one below', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => target.startsWith('.'))
      .map((target) => relative(EXTENSION, resolve(EXTENSION, dirname(file), target)))
      .filter((target) => /\.tsx?$/.test(target) && !target.startsWith('..'))
      .filter((target) => {
        const [from, to] = [layerOf(file), layerOf(target)];
        return from !== to && levelOf(to) >= levelOf(from);
      })
      .map((target) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('the core knows no extension, no views and no test', () => {
  const wrong = files
    .filter((file) => file.startsWith('core/'))
    .filter(
      (file) =>
        importsOf(file).some((target) => /^(wxt|webextension-polyfill|preact|@preact\/signals$)/.test(target)) ||
        /\b(chrome|browser)\.[a-z]+/.test(withoutComments(file)),
    );
  expect(wrong).toEqual([]);
});

test('only platform, messaging, the worker and the views’ wiring touch the browser', () => {
  const wrong = files
    .filter((file) => file.startsWith('ui/'))
    .filter((file) => /\b(chrome|browser)\.(?!i18n\b)[a-z]+/.test(withoutComments(file)));
  expect(wrong.filter((file) => !file.endsWith('browser-backend.ts'))).toEqual([]);
});

test('nothing the offscreen document imports touches a namespace other than runtime', () => {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const target of importsOf(file)) {
      if (!target.startsWith('.')) continue;
      const path = relative(EXTENSION, resolve(EXTENSION, dirname(file), target));
      if (/\.tsx?$/.test(path)) visit(path);
    }
  };
  visit('entrypoints/offscreen/main.ts');
  expect(seen.size).toBeGreaterThan(30);
  const wrong = [...seen].filter((file) => /\b(chrome|browser)\.(?!runtime\b)[a-z]+/.test(withoutComments(file)));
  expect(wrong).toEqual([]);
});

function withoutComments(file: string): string {
  return readFileSync(join(EXTENSION, file), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '');
}
