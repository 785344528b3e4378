import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SendPace } from '../../extension/core/signalling/send-pace.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A socket to a server that takes 40 at once and 20 a second. */
function start() {
  const sent: unknown[] = [];
  const pace = new SendPace((message) => sent.push(message));
  pace.start({ burst: 40, perSecond: 20 });
  return { pace, sent };
}

test('what is said at once goes out in order, no faster than the server takes', () => {
  const { pace, sent } = start();
  for (let n = 0; n < 100; n++) expect(pace.send(n)).toBe(true);
  expect(sent).toHaveLength(30);
  vi.advanceTimersByTime(1_000);
  expect(sent.length).toBeGreaterThan(45);
  expect(sent.length).toBeLessThanOrEqual(48);
  vi.advanceTimersByTime(4_000);
  expect(sent).toEqual(Array.from({ length: 100 }, (_, n) => n));
  expect(vi.getTimerCount()).toBe(0);
});

test('a sign of life waits for nothing, and counts', () => {
  const { pace, sent } = start();
  for (let n = 0; n < 40; n++) pace.send(n);
  pace.sendNow('ping');
  expect(sent.at(-1)).toBe('ping');
  expect(sent).toHaveLength(31);
  vi.advanceTimersByTime(80);
  expect(sent).toHaveLength(31);
  vi.advanceTimersByTime(60);
  expect(sent).toHaveLength(32);
});

test('takes no more than can still be of use, and forgets it with its socket', () => {
  const { pace, sent } = start();
  let taken = 0;
  while (pace.send(taken) && taken < 10_000) taken++;
  expect(taken).toBe(530);
  pace.stop();
  vi.advanceTimersByTime(60_000);
  expect(sent).toHaveLength(30);
  pace.start({ burst: 1, perSecond: 1 });
  pace.send('a');
  pace.send('b');
  expect(sent.slice(30)).toEqual(['a']);
  vi.advanceTimersByTime(1_200);
  expect(sent.slice(30)).toEqual(['a', 'b']);
});
