import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFolder } from '../../extension/core/files/safe-folder.ts';
import { safeName } from '../../extension/core/files/safe-name.ts';
import { errorCode } from '../../extension/core/shared/errors.ts';

const codeOf = (written: string) => {
  try {
    return parseFolder(written);
  } catch (error) {
    return errorCode(error);
  }
};

describe('the folder below Downloads', () => {
  test.each([
    ['', ''],
    ['  ', ''],
    ['/', ''],
    ['Pairwise', 'Pairwise'],
    ['/From friends/Bob/', 'From friends/Bob'],
    ['a / b', 'a/b'],
    ['Ærø/🏖', 'Ærø/🏖'],
  ])('%j is %j', (written, folder) => expect(parseFolder(written)).toBe(folder));

  test.each([
    '..',
    'a/../../b',
    'a//b',
    'C:',
    'a\\b',
    'CON',
    'a/nul.txt',
    'dot.',
    '.hidden',
    'a\u202eb',
    'x'.repeat(300),
    'a/\0',
  ])('%j is refused', (written) => expect(codeOf(written)).toBe('folder-name'));

  test('whatever is written, each name of the result is safe, and reading it again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', '/', '.', ' ', '\\', ':', '~', '\u202e', 'é') }),
        (written) => {
          const folder = codeOf(written);
          if (folder === 'folder-name') return;
          expect(parseFolder(folder)).toBe(folder);
          if (folder !== '') for (const name of folder.split('/')) expect(safeName(name)).toBe(name);
        },
      ),
    );
  });
});
