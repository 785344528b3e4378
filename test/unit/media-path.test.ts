import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from '../../extension/core/media/pace.ts';
import { MediaPath } from '../../extension/core/session/media-path.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(): { path: MediaPath; session: { relayed: boolean }; missed: () => number } {
  const session = { relayed: true };
  let missed = 0;
  const path = new MediaPath({ isRelayed: () => session.relayed, onMissing: () => (missed += 1) });
  return { path, session, missed: () => missed };
}

test('a picture that has found no way while the session has only the relay is given up after eight seconds, once', () => {
  const { path, missed } = watched();
  path.setHealth('connecting');
  path.answered();
  // Further attempts are no reason to begin to count anew.
  vi.advanceTimersByTime(5_000);
  path.answered();
  vi.advanceTimersByTime(2_999);
  expect(missed()).toBe(0);
  vi.advanceTimersByTime(1);
  vi.advanceTimersByTime(60_000);
  expect(missed()).toBe(1);
});

test.each(['connecting', 'reconnecting'] as const)('a peer that says nothing while %s is another matter', (health) => {
  const { path, missed } = watched();
  path.setHealth('connecting');
  path.answered();
  path.setHealth('connected');
  path.setHealth(health);
  vi.advanceTimersByTime(60_000);
  expect(missed()).toBe(0);
  path.answered();
  vi.advanceTimersByTime(8_000);
  expect(missed()).toBe(1);
});

test('a session with a better path gives the picture the time that it needs; from the relay on it counts', () => {
  const { path, session, missed } = watched();
  session.relayed = false;
  path.setHealth('connecting');
  path.answered();
  vi.advanceTimersByTime(60_000);
  session.relayed = true;
  path.look();
  vi.advanceTimersByTime(7_000);
  session.relayed = false;
  path.look();
  vi.advanceTimersByTime(60_000);
  expect(missed()).toBe(0);
  session.relayed = true;
  path.look();
  vi.advanceTimersByTime(8_000);
  expect(missed()).toBe(1);
});

test.each([
  ['the picture is there', (path: MediaPath) => path.setHealth('connected')],
  ['nobody watches any more', (path: MediaPath) => path.setHealth(null)],
  ['the share is over', (path: MediaPath) => path.close()],
])('nothing is missing once %s', (_, happens) => {
  const { path, missed } = watched();
  path.setHealth('connecting');
  path.answered();
  vi.advanceTimersByTime(7_000);
  happens(path);
  vi.advanceTimersByTime(60_000);
  expect(missed()).toBe(0);
});

test('what is paced runs at once, and of many wishes in the pause one more', () => {
  let runs = 0;
  const pace = new Pace(() => (runs += 1), 1_000);
  pace.ask();
  expect(runs).toBe(1);
  for (let n = 0; n < 100; n++) pace.ask();
  expect(runs).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(runs).toBe(2);
  vi.advanceTimersByTime(10_000);
  expect(runs).toBe(2);
  pace.ask();
  pace.ask();
  pace.close();
  vi.advanceTimersByTime(10_000);
  expect(runs).toBe(3);
});
