import { describe, expect, test } from 'vitest';
import * as words from '../../extension/core/pairing/code.ts';
import { formatPairingSecret, makePairingSecret } from '../../extension/core/pairing/secret-text.ts';
import { newId } from '../../extension/core/shared/ids.ts';
import { findCode, readEntry, takeWord } from '../../extension/ui/models/code-entry.ts';

/** A whole one: version 1, a host id, a secret and half a session id. */
const SECRET = formatPairingSecret(makePairingSecret(newId()));

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
    ['4821–ACID–ZEBRA', 'done done done'],
    ['4821-acid-zebra-', 'done done done current'],
    ['4821-acid-zebra-zo', 'done done done current'],
    ['4821 acid zebra zoo', 'done done done done'],
    [SECRET, ''],
  ])('%j: %s', (text, parts) => {
    expect(readEntry(text, words).parts.join(' ')).toBe(parts);
  });

  test('two words are a code, also while a third one may come', () => {
    expect(readEntry('4821-acid-zebra-', words).code).toBe('4821-acid-zebra');
    expect(readEntry('4821-acid-zebra-zo', words).code).toBeNull();
    expect(readEntry('4821-acid-zebra-zoo', words).code).toBe('4821-acid-zebra-zoo');
    expect(readEntry('4821-acid-zebra-zoo-zone', words).code).toBeNull();
  });

  test('a long secret is whole, with the list of words and without', () => {
    expect(readEntry(` ${SECRET}\n`, null)).toMatchObject({ code: SECRET, isSecret: true, options: [] });
    expect(readEntry(SECRET.slice(0, -1), words)).toMatchObject({ code: null, isSecret: false });
    expect(readEntry(`${SECRET}A`, words)).toMatchObject({ code: null, isSecret: false });
    expect(readEntry(SECRET.replace('pairwise1', 'pairwise2'), words).code).toBeNull();
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
    expect(readEntry('4821-acid-zebra-zoo', words).options).toEqual([]);
    expect(readEntry('4821-acid-zebra-zoo-ac', words).options).toEqual([]);
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
      isSecret: false,
    });
  });

  test('taking a word leads on to the next', () => {
    expect(takeWord('4821-ac', 'acid')).toBe('4821-acid-');
    expect(takeWord('4821 acid zeb', 'zebra')).toBe('4821 acid zebra');
    expect(takeWord('4821-acid-zebra-zo', 'zoo')).toBe('4821-acid-zebra-zoo');
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

  test.each(['4821-acid-zebra-zoo', 'It is 4821-Acid-Zebra-Zoo.', '4821 acid zebra zoo'])(
    'three words are found in %j',
    (text) => {
      expect(findCode(text, words)).toBe('4821-acid-zebra-zoo');
    },
  );

  test('a sentence that goes on is no third word', () => {
    expect(findCode('The code 4821 acid zebra about tomorrow', words)).toBe('4821-acid-zebra');
    expect(findCode('The code 4821-acid-zebra-ish thing', words)).toBe('4821-acid-zebra');
  });

  test('a long secret is found in a message, before the list of words is there', () => {
    expect(findCode(`Paste this: ${SECRET} (good for five minutes)`, null)).toBe(SECRET);
    expect(findCode(`https://evil.example/#${SECRET.slice(0, -2)}`, null)).toBeNull();
  });

  test.each(['', 'hello', '4821', '482-acid-zebra', '4821-acid', 'Room 4821 and then something'])(
    'none is found in %j',
    (text) => {
      expect(findCode(text, words)).toBeNull();
    },
  );
});
