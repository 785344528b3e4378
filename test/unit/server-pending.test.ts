import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PendingMessages } from '../../peer-server/backplane/pending-messages.ts';
import { completeConfig } from '../../peer-server/config.ts';

const OVERHEAD_BYTES = 256;
const TIMEOUT_MS = 5000;
const expired: [string, string][] = [];

function pendingWith(limits: Parameters<typeof completeConfig>[0] = {}) {
  return new PendingMessages(completeConfig(limits), (src, dst) => expired.push([src, dst]));
}

function message(src: string, text = 'x', srcAddress = '192.0.2.1') {
  return { src, srcAddress, text };
}

beforeEach(() => {
  vi.useFakeTimers();
  expired.length = 0;
});
afterEach(() => vi.useRealTimers());

test('hands over what waited, oldest first, once', () => {
  const pending = pendingWith();
  for (const text of ['1', '2', '3']) expect(pending.add('bob', message('alice', text))).toBe(true);
  expect(pending.take('bob')).toEqual(['1', '2', '3']);
  expect(pending.take('bob')).toEqual([]);
  expect(pending.totalBytes).toBe(0);
  vi.advanceTimersByTime(TIMEOUT_MS * 2);
  expect(expired).toEqual([]);
});

test('tells every sender once when nobody came', () => {
  const pending = pendingWith();
  pending.add('bob', message('alice'));
  pending.add('bob', message('alice'));
  pending.add('bob', message('carol'));
  vi.advanceTimersByTime(TIMEOUT_MS - 1);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual([
    ['alice', 'bob'],
    ['carol', 'bob'],
  ]);
  expect(pending.totalBytes).toBe(0);
});

test('a later message waits its full time', () => {
  const pending = pendingWith();
  pending.add('bob', message('alice', 'early'));
  vi.advanceTimersByTime(TIMEOUT_MS - 1000);
  pending.add('bob', message('carol', 'late'));
  vi.advanceTimersByTime(1000);
  expect(expired).toEqual([['alice', 'bob']]);
  expect(pending.take('bob')).toEqual(['late']);
});

test('32 messages for each receiver', () => {
  const pending = pendingWith();
  for (let count = 0; count < 32; count++) expect(pending.add('bob', message('alice'))).toBe(true);
  expect(pending.add('bob', message('alice'))).toBe(false);
  expect(pending.add('dave', message('alice'))).toBe(true);
});

test('128 KiB for each receiver, what surrounds a message counted', () => {
  const pending = pendingWith();
  const half = 'x'.repeat(64 * 1024 - OVERHEAD_BYTES);
  expect(pending.add('bob', message('alice', half))).toBe(true);
  expect(pending.add('bob', message('alice', half))).toBe(true);
  expect(pending.add('bob', message('alice', ''))).toBe(false);
});

test('1 MiB from each address, so that one flood leaves room for others', () => {
  const pending = pendingWith();
  const large = 'x'.repeat(64 * 1024);
  let kept = 0;
  while (pending.add(`ghost-${kept}`, message('mallory', large))) kept++;
  expect(kept).toBe(15);
  expect(pending.add('bob', message('alice', large, '192.0.2.2'))).toBe(true);
});

test('8 MiB in all', () => {
  const pending = pendingWith();
  const large = 'x'.repeat(64 * 1024);
  let kept = 0;
  while (pending.add(`ghost-${kept}`, message('mallory', large, `192.0.2.${kept}`))) kept++;
  expect(kept).toBe(127);
  expect(pending.totalBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  vi.advanceTimersByTime(TIMEOUT_MS);
  expect(pending.totalBytes).toBe(0);
  expect(pending.add('bob', message('alice', large))).toBe(true);
});
