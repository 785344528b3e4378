/** Second-level names that registries of countries give away below themselves: `co.uk`, `com.au`. */
const SHARED_SECOND_LEVEL = /^(ac|co|com|edu|gov|mil|net|or|org|ne|go|gob|gouv)$/;

/** The host of a URL as the network sees it, split before the part that somebody had to register. */
export interface Host {
  readonly before: string;
  readonly registered: string;
}

/**
 * Splits the host of an http(s) URL. Names in other scripts stay in their `xn--` form: letters that look alike can't pose as another site.
 * Without the public suffix list the split is a good guess; it decides only what is printed bold.
 */
export function hostOf(url: string): Host {
  const { host, hostname } = new URL(url);
  const port = host.slice(hostname.length);
  const labels = hostname.split('.');
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  if (isAddress || labels.length <= 2) return { before: '', registered: host };
  const [second = '', top = ''] = labels.slice(-2);
  const count = top.length === 2 && SHARED_SECOND_LEVEL.test(second) ? 3 : 2;
  const before = labels.slice(0, -count);
  return {
    before: before.length === 0 ? '' : `${before.join('.')}.`,
    registered: labels.slice(-count).join('.') + port,
  };
}

/** The letter on a link's thumbnail: that of the registered name. */
export function hostInitial(url: string): string {
  return hostOf(url).registered.replace(/^\[/, '').charAt(0);
}
