import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchNetwork } from '../../extension/core/link/network-watch.ts';
import { SignsOfLife } from '../../extension/core/link/signs-of-life.ts';

const network = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', network.addEventListener.bind(network));
  vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a network that comes, goes, or was slept through is told of; an hour of work is not', () => {
  let changes = 0;
  const stop = watchNetwork(() => {
    changes += 1;
  });
  vi.advanceTimersByTime(3_600_000);
  expect(changes).toBe(0);
  network.dispatchEvent(new Event('offline'));
  network.dispatchEvent(new Event('online'));
  expect(changes).toBe(2);
  // The clock goes on while timers don't: the lid was closed.
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(2_000);
  expect(changes).toBe(3);
  stop();
  network.dispatchEvent(new Event('online'));
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(10_000);
  expect(changes).toBe(3);
});

test('a link is suspect after 5 s of silence or a second without an answer, and lost after 13 s', () => {
  const life = new SignsOfLife();
  vi.advanceTimersByTime(4_900);
  expect(life.isSuspect).toBe(false);
  vi.advanceTimersByTime(200);
  expect([life.isSuspect, life.isLost]).toEqual([true, false]);
  life.heard();
  expect(life.isSuspect).toBe(false);
  vi.advanceTimersByTime(100);
  life.asked();
  vi.advanceTimersByTime(900);
  expect(life.isSuspect).toBe(false);
  vi.advanceTimersByTime(200);
  expect(life.isSuspect).toBe(true);
  life.heard();
  expect(life.isSuspect).toBe(false);
  vi.advanceTimersByTime(13_100);
  expect(life.isLost).toBe(true);
});

test('a question that nobody answers is not put off by the next one', () => {
  const life = new SignsOfLife();
  vi.advanceTimersByTime(100);
  life.asked();
  vi.advanceTimersByTime(800);
  life.asked();
  vi.advanceTimersByTime(300);
  expect(life.isSuspect).toBe(true);
});

test('what was said and has no echo is a reason to ask; what has one, or was asked for already, is none', () => {
  const life = new SignsOfLife();
  life.said();
  // How long an echo takes is not known yet.
  expect(life.echoDueMs).toBe(null);
  life.heard();
  life.roundTrips.measured(40);
  expect(life.echoDueMs).toBe(null);
  life.said();
  vi.advanceTimersByTime(400);
  life.said();
  expect(life.echoDueMs).toBe(200);
  life.heard();
  expect(life.echoDueMs).toBe(null);
  life.said();
  vi.advanceTimersByTime(1_000);
  expect(life.echoDueMs).toBe(0);
  life.asked();
  expect(life.echoDueMs).toBe(null);
});

test('on a long way echo and answer may take longer', () => {
  const life = new SignsOfLife();
  life.roundTrips.measured(1_500);
  life.said();
  expect(life.echoDueMs).toBe(3_000);
  life.asked();
  vi.advanceTimersByTime(4_400);
  expect(life.isSuspect).toBe(false);
  life.heardBeside();
  vi.advanceTimersByTime(200);
  expect(life.isSuspect).toBe(true);
});

test('while something comes beside it an echo is not missed, and after that as soon as ever', () => {
  const life = new SignsOfLife();
  life.roundTrips.measured(40);
  life.heardBeside();
  expect(life.echoDueMs).toBe(null);
  life.said();
  for (let frame = 0; frame < 20; frame++) {
    vi.advanceTimersByTime(500);
    life.heardBeside();
    expect(life.echoDueMs).toBe(600);
    life.said();
  }
  vi.advanceTimersByTime(600);
  expect(life.echoDueMs).toBe(0);
});

test('a round trip that is long for once makes no dead path look slow', () => {
  const life = new SignsOfLife();
  for (const rttMs of [40, 2_000, 2_500]) life.roundTrips.measured(rttMs);
  expect(life.roundTrips.newestMs).toBe(2_500);
  life.said();
  expect(life.echoDueMs).toBe(600);
  life.roundTrips.measured(2_200);
  life.roundTrips.measured(2_100);
  expect(life.echoDueMs).toBe(4_000);
});
