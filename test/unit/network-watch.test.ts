import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { answers } from '../../extension/core/link/answers.ts';
import { watchNetwork } from '../../extension/core/link/network-watch.ts';
import { SignsOfLife } from '../../extension/core/link/signs-of-life.ts';
import { createMemoryLinks } from '../support/memory-link.ts';

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

test('a link that is asked answers, keeps silent, or has gone', async () => {
  const { a } = createMemoryLinks();
  const answered = answers(a, 1_500);
  a.measured('direct', 12);
  expect(await answered).toBe(true);
  const silent = answers(a, 1_500);
  await vi.advanceTimersByTimeAsync(1_600);
  expect(await silent).toBe(false);
  const gone = answers(a, 1_500);
  a.close('bye');
  expect(await gone).toBe(false);
});
