/** An address as others may have it: a name and password in it are for this person alone. */
export function withoutUser(href: string): string {
  if (!URL.canParse(href)) return href;
  const url = new URL(href);
  if (url.username === '' && url.password === '') return href;
  url.username = '';
  url.password = '';
  return url.href;
}
