import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** In a field that the zip64 part holds instead. */
const ELSEWHERE = 0xffff_ffff;

/**
 * Reads a zip of stored files, as APPNOTE.TXT 6.3 describes it, by its central directory, as every unpacker does.
 * @returns the content of each file by its path; folders are left out.
 * @throws Error when it isn't such a zip, or a checksum is wrong.
 */
export async function readZip(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await readFile(path);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end < 0 || zip.readUInt32LE(end) !== END || end + END_BYTES > zip.length) throw new Error('No end of a zip.');
  const count = zip.readUInt16LE(end + 10);
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  if (at === ELSEWHERE) throw new Error('A zip of more than 4 GiB is too much for a test.');
  for (let index = 0; index < count; index += 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error(`Entry ${index} is none.`);
    const sizeBytes = zip.readUInt32LE(at + 24);
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    const content = stored(zip, zip.readUInt32LE(at + 42), sizeBytes);
    if (zip.readUInt16LE(at + 10) !== 0) throw new Error(`${name} is compressed.`);
    if (crc32(content) !== zip.readUInt32LE(at + 16)) throw new Error(`${name} has a wrong checksum.`);
    if (files.has(name)) throw new Error(`${name} is there twice.`);
    if (!name.endsWith('/')) files.set(name, content);
    at += ENTRY_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

function stored(zip: Buffer, at: number, sizeBytes: number): Buffer {
  if (zip.readUInt32LE(at) !== LOCAL) throw new Error(`No file at ${at}.`);
  const from = at + LOCAL_BYTES + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  return zip.subarray(from, from + sizeBytes);
}

/** One digest over the paths and contents of many files, whatever their order. */
export function digestOf(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [path, content] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
