import { AppError } from '../shared/errors.ts';

export interface ServerAddress {
  /** Normalised, for showing and storing: `http://127.0.0.1:9000` or `https://example.org/pairwise`. */
  url: string;
  host: string;
  port: number;
  path: string;
  secure: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Reads the address of a signalling server: `https://host[:port][/path]`, or a bare `host[:port][/path]`.
 * Plain http is taken only on this computer: anywhere else the network could read who talks to whom.
 * @throws AppError `server-address`
 */
export function parseServerAddress(text: string): ServerAddress {
  const trimmed = text.trim();
  const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  const guess = bare && LOOPBACK.test(trimmed.replace(/[:/].*$/, '')) ? `http://${trimmed}` : `https://${trimmed}`;
  const href = bare ? guess : trimmed.replace(/^ws(s?):/i, 'http$1:');
  if (trimmed === '' || !URL.canParse(href)) throw new AppError('server-address');
  const { protocol, hostname, port, pathname, username, password, search, hash } = new URL(href);
  const secure = protocol === 'https:';
  if (!secure && !(protocol === 'http:' && LOOPBACK.test(hostname))) throw new AppError('server-address');
  if (hostname === '' || username || password || search || hash) throw new AppError('server-address');
  const path = pathname.endsWith('/') ? pathname : `${pathname}/`;
  return {
    url: `${protocol}//${hostname}${port && `:${port}`}${path === '/' ? '' : path.slice(0, -1)}`,
    host: hostname,
    port: port ? Number(port) : secure ? 443 : 80,
    path,
    secure,
  };
}
