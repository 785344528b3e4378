import * as v from 'valibot';

/*
 * Between encode-pool.ts and its workers: each block that goes in, a leaf input with its memory, is answered once, in order.
 */

const bytes = v.pipe(
  v.instance(Uint8Array),
  v.check((array) => array.buffer instanceof ArrayBuffer),
  v.transform((array) => array as Uint8Array<ArrayBuffer>),
);

export const EncodeRequest = bytes;
export const EncodeReply = v.union([v.object({ encoded: bytes }), v.object({ plain: bytes })]);
