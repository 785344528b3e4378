import * as v from 'valibot';
import { ERROR_CODES } from './errors.ts';
import * as limits from './limits.ts';

/** 22 characters of base64url: 16 bytes, as RFC 4648 section 5 writes them without padding. */
export const PeerId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));
/** The same shape names timeline items, transfers and shares. */
export const ItemId = PeerId;
/** Milliseconds since 1970, whole, until the year 5138. */
export const TimeMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e14));
export const ErrorCodeSchema = v.picklist(ERROR_CODES);

/** Plain text of 1 to `max` code units. */
export const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
/** Text that may be empty. */
export const maybeText = (max: number) => v.pipe(v.string(), v.maxLength(max));

export const Name = text(limits.MAX_NAME_LENGTH);
export const FileName = text(limits.MAX_FILE_NAME_LENGTH);
/** `file`: one file. `folder`: a tree below a name. `files`: several files, or trees, without a common folder. */
export const TransferForm = v.picklist(['file', 'folder', 'files']);
export const SizeBytes = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.MAX_FILE_BYTES));

/** An absolute http or https URL without embedded credentials: the only links that are sent, shown and opened. */
export const HttpUrl = v.pipe(text(limits.MAX_URL_LENGTH), v.check(isHttpUrl));

/** Whether `text` is an absolute http or https URL that names no user. */
export function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '';
}
