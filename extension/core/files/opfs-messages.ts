import * as v from 'valibot';
import { ErrorCodeSchema, ItemId, PeerId, SizeBytes } from '../shared/schemas.ts';
import { HASH_BYTES } from './tree-hash.ts';

/*
 * Between opfs-store.ts and its worker. Requests about one name take effect in the order they were sent; each is answered once, by its
 * number; one to open a file may hear of progress before. `file` numbers an open file: an old one that is removed late must not take a newer one of the same name with it.
 */

const number = v.pipe(v.number(), v.integer(), v.minValue(0));
const request = { request: number, file: number };
/** Bytes in memory of their own, so that the memory can be transferred. */
const bytes = v.custom<Uint8Array<ArrayBuffer>>(
  (value) => value instanceof Uint8Array && value.buffer instanceof ArrayBuffer,
);
const leaf = v.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === HASH_BYTES);

export const StoreRequest = v.variant('type', [
  v.object({ ...request, type: v.literal('open'), folder: PeerId, name: ItemId, sizeBytes: SizeBytes }),
  v.object({
    ...request,
    type: v.literal('write'),
    index: number,
    bytes,
    encoding: v.picklist([0, 1]),
    leaf,
  }),
  v.object({ ...request, type: v.literal('finish') }),
  v.object({ ...request, type: v.literal('close') }),
  v.object({ ...request, type: v.literal('remove') }),
]);

export const StoreReply = v.variant('type', [
  v.object({ request: number, type: v.literal('done') }),
  /** Before `opened`, a few times a second. */
  v.object({ request: number, type: v.literal('checking'), checkedBytes: number, ofBytes: number }),
  v.object({ request: number, type: v.literal('opened'), leaves: v.map(number, leaf) }),
  /** `memory` is that of the block, whose bytes nobody needs any more. */
  v.object({ request: number, type: v.literal('written'), isRight: v.boolean(), memory: v.instance(ArrayBuffer) }),
  v.object({ request: number, type: v.literal('finished'), content: v.instance(File) }),
  v.object({ request: number, type: v.literal('failed'), code: ErrorCodeSchema }),
]);

export type StoreRequest = v.InferOutput<typeof StoreRequest>;
export type StoreReply = v.InferOutput<typeof StoreReply>;
