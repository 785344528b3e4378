import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type PointerAction, PointerGate } from '../../extension/core/media/pointer-gate.ts';

let passed: PointerAction[];
let gate: PointerGate;

beforeEach(() => {
  vi.useFakeTimers();
  passed = [];
  gate = new PointerGate((action) => passed.push(action));
});
afterEach(() => {
  vi.useRealTimers();
});

const point = (x: number): PointerAction => ({ type: 'point', x, y: 0 });
const click: PointerAction = { type: 'click', x: 0.5, y: 0.5 };
const away: PointerAction = { type: 'away' };

test('the first point passes at once, of those that follow too soon the last', () => {
  for (const x of [0.1, 0.2, 0.3]) gate.take(point(x));
  expect(passed).toEqual([point(0.1)]);
  vi.advanceTimersByTime(16);
  expect(passed).toEqual([point(0.1), point(0.3)]);
  vi.advanceTimersByTime(1_000);
  expect(passed).toHaveLength(2);
});

test('a peer that never stops is heard about sixty times a second', () => {
  for (let ms = 0; ms < 1_000; ms++) {
    gate.take(point(ms / 1_000));
    gate.take(click);
    vi.advanceTimersByTime(1);
  }
  expect(passed.filter(({ type }) => type === 'point').length).toBeLessThanOrEqual(64);
  expect(passed.filter(({ type }) => type === 'click').length).toBeLessThanOrEqual(17);
});

test('a click stands where it was made: no point from before it comes after it', () => {
  gate.take(point(0.1));
  gate.take(point(0.2));
  gate.take(click);
  vi.advanceTimersByTime(1_000);
  expect(passed).toEqual([point(0.1), click]);
});

test('once away it stays away until it moves again, and is away only once', () => {
  gate.take(away);
  gate.take(point(0.1));
  gate.take(point(0.2));
  gate.take(away);
  gate.away();
  vi.advanceTimersByTime(1_000);
  expect(passed).toEqual([point(0.1), away]);
  gate.take(point(0.3));
  expect(passed.at(-1)).toEqual(point(0.3));
});
