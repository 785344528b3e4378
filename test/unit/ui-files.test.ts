import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineText } from '../../extension/ui/models/display-text.ts';
import { partsOfFileName } from '../../extension/ui/models/file-name.ts';
import { totalOf } from '../../extension/ui/models/transfer-total.ts';
import { chat, file, moving } from '../browser/ui/states.ts';

describe('several transfers at once', () => {
  const at = (index: number, mine: boolean, megabytes: number, change = {}) =>
    file(index, mine, `${index}.bin`, megabytes, { ...moving, bytes: 50e6, bytesPerSecond: 10e6, ...change });

  test('one says all of it on its own card', () => {
    const waiting = file(2, true, 'later.bin', 5, { state: 'waiting' });
    expect(totalOf([])).toBeNull();
    expect(totalOf([at(1, true, 100), waiting, chat(3, true, 'Hi')])).toBeNull();
  });

  test('both directions are taken together, whatever does not move is left out', () => {
    const held = file(3, true, 'held.bin', 500, { state: 'paused', bytes: 1, byMe: true, byPeer: false });
    expect(totalOf([at(1, true, 100), at(2, false, 150), held])).toEqual({
      count: 2,
      bytes: 100e6,
      sizeBytes: 250e6,
      bytesPerSecond: 20e6,
      secondsLeft: 7.5,
    });
  });

  test('without a speed there is no time left', () => {
    const slow = { bytesPerSecond: 0 };
    expect(totalOf([at(1, true, 100, slow), at(2, true, 100, slow)])?.secondsLeft).toBeNull();
  });
});

describe('a name in two parts', () => {
  test.each([
    ['boat-hire.pdf', 'boat-hire.pdf', ''],
    ['twenty-characters.pd', 'twenty-characters.pd', ''],
    ['a-very-long-name-for-a-report-2026-final.pdf', 'a-very-long-name-for-a-report-2026', '-final.pdf'],
    [`${'👩‍👧'.repeat(20)}.png`, '👩‍👧'.repeat(14), `${'👩‍👧'.repeat(6)}.png`],
  ])('%s', (name, head, tail) => {
    expect(partsOfFileName(name)).toEqual({ head, tail });
  });

  test('is the whole name, and never a type alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
        const { head, tail } = partsOfFileName(name);
        expect(head + tail).toBe(lineText(name));
        expect(head === '' && tail !== '').toBe(false);
      }),
    );
  });
});
