/** Types that carry their own compression; whatever else begins with image/, video/ or audio/ does too. */
const PACKED_TYPES = new Set([
  'application/gzip',
  'application/java-archive',
  'application/pdf',
  'application/vnd.android.package-archive',
  'application/vnd.rar',
  'application/x-7z-compressed',
  'application/x-bzip2',
  'application/x-gzip',
  'application/x-rar-compressed',
  'application/x-xz',
  'application/zip',
  'application/zstd',
  'font/woff',
  'font/woff2',
]);
/** Pictures and sounds that are plain numbers or text. */
const LOOSE_TYPES = new Set([
  'image/svg+xml',
  'image/bmp',
  'image/x-ms-bmp',
  'audio/wav',
  'audio/x-wav',
  'audio/vnd.wave',
]);
const PACKED_FAMILIES =
  /^(image|video|audio)\/|^application\/vnd\.(openxmlformats-officedocument|oasis\.opendocument)\./;
/** For the many files that the system gives no type. */
const PACKED_ENDINGS = new Set(
  (
    '7z aac apk avif br bz2 cab crx deb docx dmg epub flac gif gz heic heif jar jpeg jpg jxl lz4 m4a m4v mkv mov mp3 mp4 ' +
    'mpeg mpg odp ods odt ogg opus pdf png pptx rar rpm tgz txz webm webp whl wma wmv woff woff2 xlsx xpi xz zip zst'
  ).split(' '),
);

/** Whether a file is packed already, as far as its name and type say: deflating it again would be wasted. */
export function hasPackedContent(name: string, mime: string): boolean {
  const type = mime.toLowerCase().split(';', 1)[0]?.trim() ?? '';
  if (LOOSE_TYPES.has(type)) return false;
  if (PACKED_TYPES.has(type) || PACKED_FAMILIES.test(type)) return true;
  return PACKED_ENDINGS.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
}
