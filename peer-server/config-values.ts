import { isIP } from 'node:net';
import * as v from 'valibot';

// Kinds of settings. Each takes what the environment has, a text, and what code gives; its issue says what is expected.

export const MAX_ICE_URLS = 8;
const SECRET_EXPECTED = '16 to 256 characters of ASCII without spaces';

export function integer(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  const digits = v.pipe(v.string(), v.trim(), v.regex(/^\d{1,15}$/), v.transform(Number));
  const inRange = v.pipe(v.union([v.number(), digits], expected), v.integer(expected), v.minValue(min, expected));
  return v.pipe(inRange, v.maxValue(max, expected));
}

export function wholeNumber(fallback: number, min: number, max: number) {
  return v.optional(integer(min, max), fallback);
}

/** A list from the environment is separated by commas; from code it is an array. */
export function list(fallback: string[], isItem: (item: string) => boolean, expected: string) {
  const separated = v.pipe(
    v.string(),
    v.transform((text) => text.split(',').map((item) => item.trim())),
  );
  const items = v.pipe(v.union([separated, v.array(v.string())], expected), v.everyItem(isItem, expected));
  return v.optional(items, fallback);
}

/** From code a boolean, from the environment `true` or `false`. */
export function yesOrNo(fallback: boolean) {
  const expected = 'true or false';
  const word = v.pipe(
    v.string(),
    v.trim(),
    v.picklist(['true', 'false']),
    v.transform((text) => text === 'true'),
  );
  return v.optional(v.union([v.boolean(), word], expected), fallback);
}

/** Empty means none. Its value is shown to nobody, not even to whoever has mistyped it. */
export function secret() {
  return v.optional(v.pipe(v.string(SECRET_EXPECTED), v.regex(/^(?:[!-~]{16,256})?$/, SECRET_EXPECTED)), '');
}

/** As RFC 7064 and RFC 7065 write them, a few only: a browser asks all of them. */
export function iceUrls(pattern: RegExp, expected: string) {
  const host = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,198}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
  const isUrl = (item: string) => {
    const address = item.replace(/^\w+:/, '').replace(/\?.*$/, '');
    const port = Number(/:(\d+)$/.exec(address)?.[1] ?? 1);
    return pattern.test(item) && host.test(address) && port > 0 && port <= 65_535;
  };
  const urls = list([], isUrl, expected);
  return v.pipe(urls, v.maxLength(MAX_ICE_URLS, expected));
}

export function isPublicHost(item: string): boolean {
  return /^(?:[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(item);
}

export function isOriginRule(item: string): boolean {
  return item === '*' || item === 'none' || /^[a-z][a-z0-9+.-]*:\/\/[^\s/]*$/.test(item);
}

export function isAddressRange(item: string): boolean {
  const [address = '', prefix, ...rest] = item.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}
