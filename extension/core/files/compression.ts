import type { BlockEncoding } from './frames.ts';
import { asLeafInput, blockOf, LEAF_PREFIX_BYTES, type LeafInput, toLeafInput } from './tree-hash.ts';

/*
 * Blocks on their way may be deflated (RFC 1951, without a header of its own: the leaf hash is the checksum). Every block stands for
 * itself, so that each can be checked, or asked for again, alone.
 */

/** Encoded blocks must be at most this part of the plain one: less gain isn't worth inflating for. */
export const WORTH_RATIO = 0.8;

const FORMAT = 'deflate-raw';
/** Deflated at a time. The result is looked at as it comes, so that a hopeless block costs less than half of the work. */
const DEFLATE_SLICE_BYTES = 32 * 1024;
/** Deflate holds back some ten kilobytes: before this much has gone in, what came out says little. */
const VERDICT_BYTES = 256 * 1024;
/**
 * Inflated at a time. The browser inflates all of what it is given before anybody can stop it, up to 1,032 bytes from each: 4 KiB
 * become 4 MiB at most.
 */
const INFLATE_SLICE_BYTES = 4 * 1024;

/** Deflates a block. Resolves with undefined when it doesn't shrink to `WORTH_RATIO`; mostly it knows after a part of the work. */
export async function encodeBlock(input: LeafInput): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const block = blockOf(input);
  const limitBytes = Math.floor(block.length * WORTH_RATIO);
  return through(new CompressionStream(FORMAT), block, DEFLATE_SLICE_BYTES, (inBytes, outBytes) => {
    return outBytes <= limitBytes && (inBytes < VERDICT_BYTES || outBytes <= inBytes * WORTH_RATIO);
  });
}

/**
 * Makes the plain block of `plainBytes` bytes, ready to be hashed. Resolves with undefined when that isn't what the bytes make: more,
 * less or nonsense. Never holds more than a few MiB beyond the block, whatever the bytes say. A plain block that lies one byte
 * into its memory, as a leaf input does, isn't copied.
 */
export async function decodeBlock(
  bytes: Uint8Array<ArrayBuffer>,
  encoding: BlockEncoding,
  plainBytes: number,
): Promise<LeafInput | undefined> {
  const plain = encoding === 0 ? bytes : await inflate(bytes, plainBytes);
  if (plain?.length !== plainBytes) return undefined;
  return plain.byteOffset === LEAF_PREFIX_BYTES ? asLeafInput(plain) : toLeafInput(plain);
}

function inflate(bytes: Uint8Array<ArrayBuffer>, plainBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // Broken bytes make the stream fail, which says no more than their length would.
  return through(new DecompressionStream(FORMAT), bytes, INFLATE_SLICE_BYTES, (_, outBytes) => outBytes <= plainBytes, {
    leadBytes: LEAF_PREFIX_BYTES,
  }).catch(() => undefined);
}

type ByteTransform = CompressionStream | DecompressionStream;

/**
 * Pushes bytes through a stream slice by slice for as long as `goOn` says so, and collects what comes out, `leadBytes` into its
 * memory. Resolves with undefined when it was stopped. @throws what the stream fails with.
 */
async function through(
  { readable, writable }: ByteTransform,
  bytes: Uint8Array<ArrayBuffer>,
  sliceBytes: number,
  goOn: (inBytes: number, outBytes: number) => boolean,
  { leadBytes = 0 } = {},
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = readable.getReader();
  let inBytes = 0;
  const feed = async () => {
    const writer = writable.getWriter();
    while (inBytes < bytes.length) {
      const slice = bytes.subarray(inBytes, inBytes + sliceBytes);
      inBytes += slice.length;
      await writer.write(slice);
    }
    await writer.close();
  };
  // The reader hears of every failure too, and ends the feeding when it stops.
  feed().catch(() => undefined);
  const parts: Uint8Array[] = [];
  let outBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(parts, outBytes, leadBytes);
    parts.push(value);
    outBytes += value.length;
    if (goOn(inBytes, outBytes)) continue;
    await reader.cancel();
    return undefined;
  }
}

function join(parts: readonly Uint8Array[], lengthBytes: number, leadBytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(leadBytes + lengthBytes).subarray(leadBytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
