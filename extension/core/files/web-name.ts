import { safeName } from './safe-name.ts';

/** Endings of what browsers show and save most, for addresses that have none. The first is given, all of them fit. */
const EXTENSIONS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'image/jpeg': ['jpg', 'jpeg', 'jfif'],
    'image/png': ['png'],
    'image/gif': ['gif'],
    'image/webp': ['webp'],
    'image/avif': ['avif'],
    'image/svg+xml': ['svg', 'svgz'],
    'image/bmp': ['bmp'],
    'image/x-icon': ['ico'],
    'image/vnd.microsoft.icon': ['ico'],
    'video/mp4': ['mp4', 'm4v'],
    'video/webm': ['webm'],
    'video/quicktime': ['mov'],
    'video/ogg': ['ogv', 'ogg'],
    'audio/mpeg': ['mp3'],
    'audio/mp4': ['m4a', 'mp4'],
    'audio/aac': ['aac'],
    'audio/ogg': ['ogg', 'oga', 'opus'],
    'audio/wav': ['wav'],
    'audio/x-wav': ['wav'],
    'audio/webm': ['webm', 'weba'],
    'audio/flac': ['flac'],
    'application/pdf': ['pdf'],
    'application/zip': ['zip'],
    'text/html': ['html', 'htm'],
  }),
);
const FALLBACK = 'file';

/**
 * What a file of the web is called: as its server says (RFC 6266), else as the end of its address, with the ending that belongs to its
 * type. Safe to save, see `safeName`. `mime` is without parameters, in lower case.
 */
export function webName(url: string, mime: string, contentDisposition: string | null): string {
  const given = contentDisposition === null ? null : dispositionName(contentDisposition);
  if (given) return safeName(given);
  const name = addressName(url) ?? FALLBACK;
  const fitting = EXTENSIONS.get(mime);
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return safeName(!fitting || fitting.includes(ending) ? name : `${name}.${fitting[0]}`);
}

/** The last part of the path; a `data:` or `blob:` address has no name in it. */
function addressName(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return null;
  const last = pathname.split('/').findLast((part) => part !== '');
  return last ? decoded(last) : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `filename*` (RFC 8187, UTF-8 only) goes before `filename`; folders in it are left out. */
function dispositionName(header: string): string | null {
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1];
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header);
  const name = extended ? decoded(extended) : (plain?.[1]?.replaceAll(/\\(.)/g, '$1') ?? plain?.[2]);
  return (
    name
      ?.split(/[/\\]/)
      .findLast((part) => part !== '')
      ?.trim() || null
  );
}
