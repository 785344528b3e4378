import { expect, test } from 'vitest';
import { HeldCounter, TokenBucket } from '../../peer-server/limits.ts';

function takenAt(bucket: TokenBucket, nowMs: number): number {
  let taken = 0;
  while (taken < 1000 && bucket.take(nowMs)) taken++;
  return taken;
}

test('a bucket gives its burst at once and then its rate', () => {
  const bucket = new TokenBucket(30, 120, 0);
  expect(takenAt(bucket, 0)).toBe(120);
  expect(takenAt(bucket, 1000)).toBe(30);
  expect(takenAt(bucket, 1000)).toBe(0);
  expect(takenAt(bucket, 1500)).toBe(15);
});

test('a bucket never saves up more than its burst', () => {
  const bucket = new TokenBucket(30, 120, 0);
  expect(takenAt(bucket, 3_600_000)).toBe(120);
});

test('held places are given up to the limit for each key, and again when released', () => {
  const counter = new HeldCounter(2);
  const first = counter.hold('a');
  expect(counter.hold('a')).toBeDefined();
  expect(counter.hold('a')).toBeUndefined();
  expect(counter.hold('b')).toBeDefined();
  first?.();
  first?.();
  expect(counter.hold('a')).toBeDefined();
  expect(counter.hold('a')).toBeUndefined();
});
