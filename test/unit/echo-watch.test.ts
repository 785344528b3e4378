import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EchoWatch } from '../../extension/core/link/echo-watch.ts';
import { SignsOfLife } from '../../extension/core/link/signs-of-life.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A link of so long a round trip, and what its watch has called for, each with its time in ms. */
function start(rttMs: number) {
  const life = new SignsOfLife();
  life.roundTrips.measured(rttMs);
  const startedAt = performance.now();
  const calls: [what: 'asks' | 'doubts' | 'suspects', atMs: number][] = [];
  const note = (what: (typeof calls)[number][0]) => calls.push([what, Math.round(performance.now() - startedAt)]);
  const watch = new EchoWatch(life, {
    ask: () => note('asks'),
    onDoubt: () => note('doubts'),
    onSuspect: () => note('suspects'),
  });
  return { life, watch, calls };
}

test.each([
  [40, 600, 1_000, 1_601],
  [1_500, 3_000, 4_800, 7_501],
])('on a way of %d ms what has no echo is asked about, then doubted, then suspect', (rttMs, asks, doubts, suspects) => {
  const { watch, calls } = start(rttMs);
  watch.said();
  vi.advanceTimersByTime(10_000);
  expect(calls).toEqual([
    ['asks', asks],
    ['doubts', doubts],
    ['suspects', suspects],
  ]);
});

test('one that only acknowledges, and so never has an echo, is asked and left in peace', () => {
  const { life, watch, calls } = start(40);
  for (let line = 0; line < 5; line++) {
    watch.said();
    vi.advanceTimersByTime(640);
    life.heard();
    vi.advanceTimersByTime(200);
  }
  vi.advanceTimersByTime(3_000);
  expect(calls.map(([what]) => what)).toEqual(['asks', 'asks', 'asks', 'asks', 'asks']);
});

test('a question that nobody answers is late at its own time, however soon it follows one that had an answer', () => {
  const { life, watch, calls } = start(40);
  watch.said();
  vi.advanceTimersByTime(640);
  life.heard();
  vi.advanceTimersByTime(60);
  watch.said();
  vi.advanceTimersByTime(3_000);
  expect(calls.slice(1)).toEqual([
    ['asks', 1_300],
    ['doubts', 1_700],
    ['suspects', 2_301],
  ]);
});

test('while a file comes in nothing is asked, and where it stops all is as soon as ever', () => {
  const { life, watch, calls } = start(40);
  for (let frame = 0; frame < 20; frame++) {
    watch.said();
    vi.advanceTimersByTime(500);
    life.heardBeside();
  }
  vi.advanceTimersByTime(3_000);
  expect(calls).toEqual([
    ['asks', 10_600],
    ['doubts', 11_000],
    ['suspects', 11_601],
  ]);
});

test('one that has stopped calls for nothing and has no timers', () => {
  const { watch, calls } = start(40);
  watch.said();
  vi.advanceTimersByTime(700);
  watch.stop();
  watch.said();
  watch.stop();
  vi.advanceTimersByTime(5_000);
  expect(calls).toEqual([['asks', 600]]);
  expect(vi.getTimerCount()).toBe(0);
});
