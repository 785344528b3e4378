/*
 * Sizes, rates and times as the person's own language writes them. `locale` is for tests; without one the browser's is used.
 * Sizes are decimal, as file managers and drives count them.
 */

const SIZE_UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type SizeUnit = 'byte' | (typeof SIZE_UNITS)[number];

/** `512 bytes`, `48.3 MB`, `673 MB` */
export function size(bytes: number, locale?: string): string {
  const { value, unit } = scaled(bytes);
  return inUnit(value, unit, locale);
}

/** Two sizes in one unit, that of the whole: `417` and `673 MB`. */
export function sizeOf(bytes: number, totalBytes: number, locale?: string): { part: string; total: string } {
  const { value, unit, factor } = scaled(totalBytes);
  const part = new Intl.NumberFormat(locale, digits(value)).format(Math.min(bytes / factor, value));
  return { part, total: inUnit(value, unit, locale) };
}

/** `14.2 MB/s` */
export function rate(bytesPerSecond: number, locale?: string): string {
  const { value, unit } = scaled(bytesPerSecond);
  return inUnit(value, `${unit}-per-second`, locale, 'short');
}

/** Whole percent, never 100 before the end: `62`. */
export function percent(bytes: number, totalBytes: number, locale?: string): string {
  const whole = bytes >= totalBytes ? 100 : Math.min(99, Math.round((100 * bytes) / totalBytes));
  return new Intl.NumberFormat(locale).format(whole);
}

/** A number of things: `10,000`. */
export function count(things: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(things);
}

/** `00:18`, from an hour on `1:04:12` */
export function clock(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutesAndSeconds = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3_600 ? minutesAndSeconds : `${Math.floor(seconds / 3_600)}:${minutesAndSeconds}`;
}

/** `12 ms` */
export function milliseconds(durationMs: number): string {
  return `${Math.round(durationMs)} ms`;
}

/** The time left of a code: `3:51`. */
export function countdown(durationMs: number): string {
  return clock(Math.ceil(Math.max(0, durationMs) / 1_000) * 1_000).replace(/^0(?=\d:)/, '');
}

/** In words, for those who listen: `3 minutes, 51 seconds`. */
export function spokenDuration(durationMs: number, locale?: string): string {
  const seconds = Math.ceil(Math.max(0, durationMs) / 1_000);
  const parts = [
    { value: Math.floor(seconds / 60), unit: 'minute' },
    { value: seconds % 60, unit: 'second' },
  ].filter(({ value }) => value > 0);
  const spoken = parts.map(({ value, unit }) => inUnit(value, unit, locale, 'long'));
  return new Intl.ListFormat(locale, { type: 'unit' }).format(spoken);
}

/** How long something was: `12 min`, `1 hr, 5 min`, below a minute `40 sec`. */
export function duration(durationMs: number, locale?: string): string {
  if (durationMs < MINUTE_MS) return inUnit(Math.round(durationMs / 1_000), 'second', locale, 'short');
  const hours = Math.floor(durationMs / HOUR_MS);
  const parts = [
    { value: hours, unit: 'hour' },
    { value: Math.floor((durationMs % HOUR_MS) / MINUTE_MS), unit: 'minute' },
  ].filter(({ value }) => value > 0);
  const shown = parts.map(({ value, unit }) => inUnit(value, unit, locale, 'short'));
  return new Intl.ListFormat(locale, { type: 'unit' }).format(shown);
}

/** `14:20` or `2:20 PM` */
export function timeOfDay(atMs: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(atMs);
}

/** Whole days between two moments on this computer's calendar; a day of 23 or 25 hours counts as one. */
export function daysBetween(fromMs: number, toMs: number): number {
  return Math.round((startOfDay(toMs) - startOfDay(fromMs)) / DAY_MS);
}

/** A day that is neither today nor yesterday: its weekday within the last week, else its date. */
export function dayName(atMs: number, nowMs: number, locale?: string): string {
  const days = daysBetween(atMs, nowMs);
  if (days > 0 && days < 7) return new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(atMs);
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  const options: Intl.DateTimeFormatOptions = {
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  };
  return new Intl.DateTimeFormat(locale, options).format(atMs);
}

/** When somebody was last here: the time today, else the day as well. */
export function moment(atMs: number, nowMs: number, locale?: string): string {
  if (daysBetween(atMs, nowMs) === 0) return timeOfDay(atMs, locale);
  return `${dayName(atMs, nowMs, locale)}, ${timeOfDay(atMs, locale)}`;
}

function startOfDay(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}

function scaled(bytes: number): { value: number; unit: SizeUnit; factor: number } {
  let value = bytes;
  let unit: SizeUnit = 'byte';
  let factor = 1;
  for (const next of SIZE_UNITS) {
    // 999.5 would be rounded to 1000 of the smaller unit.
    if (value < 999.5) break;
    value /= 1_000;
    factor *= 1_000;
    unit = next;
  }
  return { value, unit, factor };
}

/** Three digits are what the eye can use. */
function digits(value: number): Intl.NumberFormatOptions {
  return { maximumFractionDigits: value < 99.95 ? 1 : 0, useGrouping: false };
}

function inUnit(value: number, unit: string, locale?: string, unitDisplay?: 'short' | 'long'): string {
  // "512 byte" is what the short form says in English.
  const display = unitDisplay ?? (unit === 'byte' ? 'long' : 'short');
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: display, ...digits(value) }).format(value);
}
