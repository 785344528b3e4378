import { describe, expect, test } from 'vitest';
import * as words from '../../extension/core/pairing/code.ts';
import { findCode, readEntry, takeWord } from '../../extension/ui/models/code-entry.ts';

describe('how far a typed code has come', () => {
  test.each([
    ['', 'current to-come to-come'],
    ['48', 'current to-come to-come'],
    ['4821', 'done current to-come'],
    ['4821-', 'done current to-come'],
    ['4821-ac', 'done current to-come'],
    ['4821-acid', 'done current to-come'],
    ['4821-acid-', 'done done current'],
    ['4821 acid zebr', 'done done current'],
    ['4821-acid-zebra', 'done done done'],
    ['4821acid zebra', 'done done done'],
    [' 4821 – ACID – ZEBRA', 'done done done'],
  ])('%j: %s', (text, parts) => {
    expect(readEntry(text, words).parts.join(' ')).toBe(parts);
  });

  test('four letters are a code already', () => {
    expect(readEntry('4821-acid-zebr', words).code).toBe('4821-acid-zebra');
    expect(readEntry('4821-acid-zeb', words).code).toBe('4821-acid-zebra');
    expect(readEntry('4821-acid-z', words).code).toBeNull();
    expect(readEntry('4821-acid-xyzw', words).code).toBeNull();
  });
});

describe('completion', () => {
  test('the one possible word stands behind the cursor', () => {
    expect(readEntry('4821-acid-zebr', words)).toMatchObject({ ghost: 'a', options: ['zebra'] });
    expect(readEntry('4821-ACI', words)).toMatchObject({ ghost: 'd', options: ['acid'] });
  });

  test('while several are possible, they are listed and none is pushed', () => {
    const entry = readEntry('4821-ac', words);
    expect(entry.ghost).toBe('');
    expect(entry.options).toHaveLength(4);
    for (const option of entry.options) expect(option).toMatch(/^ac/);
  });

  test('a word that is finished, and what is no word, offer nothing', () => {
    expect(readEntry('4821-acid', words).options).toEqual([]);
    expect(readEntry('4821-acid-', words).options).toEqual([]);
    expect(readEntry('4821-xyz', words).options).toEqual([]);
    expect(readEntry('4821-acid-zebra-more', words).options).toEqual([]);
  });

  test('a word that begins another one offers both', () => {
    expect(readEntry('4821-act', words).options).toContain('act');
    expect(readEntry('4821-act', words).options).toContain('action');
  });

  test('without the list nothing is offered and nothing breaks', () => {
    expect(readEntry('4821-acid-zebra', null)).toEqual({
      parts: ['done', 'done', 'current'],
      ghost: '',
      options: [],
      code: null,
    });
  });

  test('taking a word leads on to the next', () => {
    expect(takeWord('4821-ac', 'acid')).toBe('4821-acid-');
    expect(takeWord('4821 acid zeb', 'zebra')).toBe('4821 acid zebra');
    expect(takeWord('4821AC', 'acid')).toBe('4821acid-');
  });
});

describe('pasting', () => {
  test.each(['4821-acid-zebra', '4821 Acid Zebra\n', 'My code is 4821-acid-zebra, be quick.', '«4821 - acid - zebra»'])(
    'the code is found in %j',
    (text) => {
      expect(findCode(text, words)).toBe('4821-acid-zebra');
    },
  );

  test.each(['', 'hello', '4821', '482-acid-zebra', '4821-acid', 'Room 4821 and then something'])(
    'none is found in %j',
    (text) => {
      expect(findCode(text, words)).toBeNull();
    },
  );
});
