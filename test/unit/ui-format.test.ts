import { expect, test } from 'vitest';
import {
  clock,
  count,
  countdown,
  dayName,
  daysBetween,
  duration,
  milliseconds,
  moment,
  percent,
  rate,
  size,
  sizeOf,
  spokenDuration,
} from '../../extension/ui/models/format.ts';

const LOCALE = 'en-GB';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [1_500, '1.5 kB'],
  [99_949, '99.9 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [48_300_000, '48.3 MB'],
  [673_000_000, '673 MB'],
  [1_300_000_000, '1.3 GB'],
  [2 ** 40, '1.1 TB'],
])('%d bytes are shown as %s', (bytes, shown) => {
  expect(size(bytes, LOCALE)).toBe(shown);
});

test('sizes are written as the language has it', () => {
  expect(size(48_300_000, 'de')).toBe('48,3 MB');
});

test('a part of a file is counted in the unit of the whole', () => {
  expect(sizeOf(417_000_000, 673_000_000, LOCALE)).toEqual({ part: '417', total: '673 MB' });
  expect(sizeOf(1_000, 1_800_000, LOCALE)).toEqual({ part: '0', total: '1.8 MB' });
  expect(sizeOf(2_000_000, 1_800_000, LOCALE)).toEqual({ part: '1.8', total: '1.8 MB' });
});

test('a rate is a size a second', () => {
  expect(rate(14_200_000, LOCALE)).toBe('14.2 MB/s');
  expect(rate(0, LOCALE)).toBe('0 byte/s');
});

test.each([
  [0, 100, '0'],
  [61.96, 100, '62'],
  [99.9, 100, '99'],
  [100, 100, '100'],
  [0, 0, '100'],
])('%d of %d is %s percent: 100 is said only at the end', (bytes, total, shown) => {
  expect(percent(bytes, total, LOCALE)).toBe(shown);
});

test.each([
  [0, '00:00'],
  [18_000, '00:18'],
  [59_999, '00:59'],
  [60_000, '01:00'],
  [252_999, '04:12'],
  [3_599_000, '59:59'],
  [3_600_000, '1:00:00'],
  [3_852_000, '1:04:12'],
  [36_061_000, '10:01:01'],
  [-5, '00:00'],
])('%d ms run as %s', (durationMs, shown) => {
  expect(clock(durationMs)).toBe(shown);
});

test('a round trip is told in whole milliseconds, a number of files in groups', () => {
  expect(milliseconds(11.6)).toBe('12 ms');
  expect(count(10_000, LOCALE)).toBe('10,000');
});

test('a countdown reaches zero only when nothing is left', () => {
  expect(countdown(231_000)).toBe('3:51');
  expect(countdown(600_000)).toBe('10:00');
  expect(countdown(1)).toBe('0:01');
  expect(countdown(0)).toBe('0:00');
  expect(countdown(-1)).toBe('0:00');
});

test('durations in words', () => {
  expect(spokenDuration(231_000, LOCALE)).toBe('3 minutes, 51 seconds');
  expect(spokenDuration(60_000, LOCALE)).toBe('1 minute');
  expect(spokenDuration(10_000, LOCALE)).toBe('10 seconds');
  expect(duration(40_000, LOCALE)).toBe('40 secs');
  expect(duration(12 * 60_000 + 59_000, LOCALE)).toBe('12 mins');
  expect(duration(65 * 60_000, LOCALE)).toBe('1 hr, 5 mins');
});

const at = (month: number, day: number, hour = 12, year = 2026) => new Date(year, month - 1, day, hour).getTime();

test('days are counted by the calendar, whatever the hour', () => {
  expect(daysBetween(at(11, 13, 23), at(11, 14, 0))).toBe(1);
  expect(daysBetween(at(11, 14, 0), at(11, 14, 23))).toBe(0);
  // A day in spring has 23 hours in many places.
  expect(daysBetween(at(3, 28, 12), at(3, 30, 12))).toBe(2);
});

test('a day has its weekday within a week, then its date, then its year', () => {
  expect(dayName(at(11, 8), at(11, 14), LOCALE)).toBe('Sunday');
  expect(dayName(at(11, 7), at(11, 14), LOCALE)).toBe('7 November');
  expect(dayName(at(11, 7, 12, 2025), at(11, 14), LOCALE)).toBe('7 November 2025');
  // A clock that was set back: no weekday for what is still to come.
  expect(dayName(at(11, 16), at(11, 14), LOCALE)).toBe('16 November');
});

test('a moment names its day unless that is today', () => {
  expect(moment(at(11, 14, 8), at(11, 14, 9), LOCALE)).toBe('08:00');
  expect(moment(at(11, 12, 8), at(11, 14, 9), LOCALE)).toBe('Thursday, 08:00');
});
