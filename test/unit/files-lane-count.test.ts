import { expect, test } from 'vitest';
import { LaneCount } from '../../extension/core/files/lane-count.ts';

const STEP_MS = 250;

/** Sends over a line for so long; `rateOf` says what so many lanes carry. */
function sending(max: number) {
  const lanes = new LaneCount(max);
  let nowMs = 0;
  return {
    lanes,
    run(seconds: number, rateOf: (count: number) => number, isBusy = true, isHeldBack = true): number[] {
      const counts: number[] = [];
      for (const endMs = nowMs + seconds * 1_000; nowMs < endMs; nowMs += STEP_MS) {
        lanes.measure(nowMs, rateOf(lanes.count), isBusy, isHeldBack);
        if (counts.at(-1) !== lanes.count) counts.push(lanes.count);
      }
      return counts;
    },
  };
}

/** Each lane gets as much again, as where packets get lost. */
const each = (count: number) => count * 250_000;
/** One lane is enough. */
const full = () => 300_000;
/** The same, on a line so fast that more lanes cost nothing. */
const fast = () => 10_000_000;

test('where each lane brings as much again, all of them run within ten seconds', () => {
  const { run } = sending(4);
  expect(run(10, each)).toEqual([1, 2, 4]);
  expect(run(600, each)).toEqual([4]);
});

test('where one lane fills a slow line a second one is tried, given up, and tried again only much later', () => {
  const { run } = sending(4);
  expect(run(10, full)).toEqual([1, 2, 1]);
  expect(run(20, full)).toEqual([1]);
  expect(run(60, full)).toEqual([1, 2, 1]);
  expect(run(900, full).length).toBeLessThan(12);
});

test('where each lane brings a little, one after the other is tried', () => {
  expect(sending(4).run(20, (count) => 1_000_000 * 1.2 ** count)).toEqual([1, 2, 3, 4]);
});

test('where lanes bring nothing and cost nothing they stay; where they cost something they go', () => {
  expect(sending(4).run(30, fast)).toEqual([1, 2, 3, 4]);
  expect(sending(4).run(20, (count) => 10_000_000 / count)).toEqual([1, 2, 1]);
});

test('where two lanes fill the line it stays at two', () => {
  const { run, lanes } = sending(4);
  expect(run(20, (count) => Math.min(2, count) * 150_000)).toEqual([1, 2, 4, 2]);
  expect(lanes.count).toBe(2);
});

test('nothing is tried while the transport lets everything go at once', () => {
  expect(sending(4).run(60, each, true, false)).toEqual([1]);
});

test('it never uses more lanes than there are', () => {
  expect(sending(2).run(60, each)).toEqual([1, 2]);
  expect(sending(1).run(60, each)).toEqual([1]);
});

test('nothing is tried while the line is not busy, or only for moments', () => {
  const { run } = sending(4);
  expect(run(60, each, false)).toEqual([1]);
  for (let round = 0; round < 20; round++) {
    expect(run(1, each)).toEqual([1]);
    expect(run(1, each, false)).toEqual([1]);
  }
});

test('a pause in a trial decides nothing', () => {
  const { run } = sending(4);
  expect(run(3, each)).toEqual([1, 2]);
  expect(run(30, () => 0, false)).toEqual([2]);
  expect(run(20, each)).toEqual([2, 4]);
});

test('time in which nobody measured counts for nothing', () => {
  const lanes = new LaneCount(4);
  for (let nowMs = 0; nowMs < 1_600_000; nowMs += 10_000) lanes.measure(nowMs, 1_000_000, true, true);
  expect(lanes.count).toBe(1);
});
