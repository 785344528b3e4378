import { AppError } from './errors.ts';
import { MAX_URL_LENGTH } from './limits.ts';
import { isHttpUrl } from './schemas.ts';

/** An address as others may have it: a name and password in it are for this person alone. */
export function withoutUser(href: string): string {
  if (!URL.canParse(href)) return href;
  const url = new URL(href);
  if (url.username === '' && url.password === '') return href;
  url.username = '';
  url.password = '';
  return url.href;
}

/** The address of a page as a link that can be sent. @throws AppError `message-too-large`, `link-not-http` */
export function linkToSend(href: string): string {
  const url = withoutUser(href);
  if (url.length > MAX_URL_LENGTH) throw new AppError('message-too-large');
  if (!isHttpUrl(url)) throw new AppError('link-not-http');
  return url;
}
