/**
 * File systems take 255. Chromium adds ".crdownload" (11) while it saves and " (1)" to the second of a name, and cancels the download
 * when that doesn't fit: 236 leaves room for the thousandth.
 */
const MAX_NAME_BYTES = 236;
/** A longer "extension" is just a dot in a sentence. */
const MAX_EXTENSION_BYTES = 32;
const FALLBACK = 'file';

/** Separators, and what Windows or a drive letter would trip over. */
const FORBIDDEN = /["*/:<>?\\|]/g;
/**
 * Controls, lone surrogates and format characters: a bidi override makes `gpj.exe` read `exe.jpg`.
 * Chromium's downloads refuse them all, even the joiners of emoji.
 */
const INVISIBLE = /(?!\s)[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
const SPACES = /\s+/g;
/** A leading dot hides a file, a trailing dot or space vanishes on Windows, Chromium's downloads refuse a tilde at either end. */
const ENDS = /^[\s.~]+|[\s.~]+$/g;
/** Device names of Windows, with any extension, and files that a folder there obeys. */
const RESERVED =
  /^(?:(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[\d¹²³])\s*(?:\.|$)|(?:desktop\.ini|thumbs\.db)$)/i;
/** Types that a shell acts on when it only shows the folder. Chromium's downloads refuse them. */
const ACTING = /\.(?:lnk|local|scf|url|\{[^}]*\})$/i;

/**
 * Makes a name from anywhere fit to show and to save: one path component, visible, valid on every system, NFC, at most
 * `MAX_NAME_BYTES` of UTF-8 with its extension kept. Never empty, and a safe name stays as it is.
 */
export function safeName(name: string): string {
  const visible = name.normalize('NFC').replace(INVISIBLE, '').replace(FORBIDDEN, '_').replace(SPACES, ' ');
  let safe = visible.replace(ENDS, '').normalize('NFC') || FALLBACK;
  // A cut can bare a reserved name, and its cure can make the name too long again.
  for (let fixed = fix(safe); fixed !== safe; fixed = fix(safe)) safe = fixed;
  return safe;
}

/**
 * A safe name with a number before its extension, to tell it from others like it: "a (2).txt". As safe, and not longer than any other.
 */
export function numberedName(name: string, number: number): string {
  const { stem, extension } = split(name);
  const tail = ` (${number})${extension}`;
  return cut(stem, MAX_NAME_BYTES - byteLength(tail)).replace(ENDS, '') + tail;
}

function fix(name: string): string {
  if (RESERVED.test(name)) return `_${name}`;
  if (ACTING.test(name)) return `${name}.download`;
  return shorten(name);
}

function shorten(name: string): string {
  if (byteLength(name) <= MAX_NAME_BYTES) return name;
  const { stem, extension } = split(name);
  return cut(stem, MAX_NAME_BYTES - byteLength(extension)).replace(ENDS, '') + extension;
}

function split(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.');
  const tail = dot > 0 ? name.slice(dot) : '';
  const extension = byteLength(tail) <= MAX_EXTENSION_BYTES ? tail : '';
  return { stem: name.slice(0, name.length - extension.length), extension };
}

/** The longest start of `text` that has at most `maxBytes` bytes and splits no character. */
function cut(text: string, maxBytes: number): string {
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += byteLength(character);
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
