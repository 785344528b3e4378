import { wordlist } from '@scure/bip39/wordlists/english.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  completeWord,
  formatCode,
  makeCode,
  normaliseCode,
  parseCode,
  suggestWords,
} from '../../extension/core/pairing/code.ts';

describe('a code is read however it is typed', () => {
  test.each([
    ['4821-acid-zebra', '4821-acid-zebra'],
    ['4821 acid zebra', '4821-acid-zebra'],
    ['  4821 - ACID – Zebra ', '4821-acid-zebra'],
    ['4821acid zebra', '4821-acid-zebra'],
    ['4821-acid-zebr', '4821-acid-zebra'],
    ['0007.acid.zoo', '0007-acid-zoo'],
    ['４８２１ acid zebra', '4821-acid-zebra'],
    ['4821-act-add', '4821-act-add'],
    // Three words while somebody is guessing on the server.
    ['4821 acid zebra zoo', '4821-acid-zebra-zoo'],
  ])('%j', (typed, code) => expect(normaliseCode(typed)).toBe(code));

  test.each([
    [''],
    ['4821'],
    ['4821-acid'],
    ['482-acid-zebra'],
    ['48210-acid-zebra'],
    ['4821-acid-zebra-zoo-able'],
    ['4821-acid-zzzz'],
    ['acid-zebra-4821'],
    ['4821-ac-zebra'],
    ['4821-__proto__-zebra'],
  ])('%j is none', (typed) => expect(normaliseCode(typed)).toBeNull());

  test('whatever is typed, reading never throws and what it gives is stable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (typed) => {
        const code = normaliseCode(typed);
        if (code !== null) expect(normaliseCode(code)).toBe(code);
      }),
    );
  });
});

test('every code that is made is read back', () => {
  for (let index = 0; index < 500; index++) {
    const code = makeCode(index % 2 === 0 ? 2 : 3);
    expect(parseCode(formatCode(code))).toEqual(code);
  }
});

test('codes differ: of 2,000 no two are the same and every first digit occurs', () => {
  const codes = Array.from({ length: 2_000 }, () => formatCode(makeCode()));
  expect(new Set(codes).size).toBe(codes.length);
  expect(new Set(codes.map((code) => code[0])).size).toBe(10);
});

describe('completion', () => {
  test('four letters decide every word of four letters or more', () => {
    for (const word of wordlist.filter((entry) => entry.length > 4)) expect(completeWord(word.slice(0, 4))).toBe(word);
  });
  test('a whole word completes to itself even where longer ones begin with it', () => {
    for (const word of wordlist.filter((entry) => entry.length >= 4)) expect(completeWord(word)).toBe(word);
  });
  test.each([
    ['zeb', 'zebra'],
    ['z', null],
    ['', null],
    ['ac', null],
    ['qqqq', null],
    ['ZEBR', 'zebra'],
  ])('%j → %j', (prefix, word) => expect(completeWord(prefix)).toBe(word));
  test('suggestions come in order and no more than asked for', () => {
    expect(suggestWords('ze', 5)).toEqual(['zebra', 'zero']);
    expect(suggestWords('a', 3)).toEqual(['abandon', 'ability', 'able']);
  });
});
