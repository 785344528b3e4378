import * as v from 'valibot';
import { ErrorCodeSchema, ItemId, PeerId, SizeBytes } from '../shared/schemas.ts';
import { HASH_BYTES } from './tree-hash.ts';

/*
 * Between opfs-store.ts and its worker. Requests take effect in the order they were sent; each is answered once, by its number.
 * `file` numbers an open file: an old one that is removed late must not take a newer one of the same name with it.
 */

const number = v.pipe(v.number(), v.integer(), v.minValue(0));
const request = { request: number, file: number };

export const StoreRequest = v.variant('type', [
  v.object({ ...request, type: v.literal('create'), folder: PeerId, name: ItemId, sizeBytes: SizeBytes }),
  /** `input` is a leaf input, see tree-hash.ts. */
  v.object({ ...request, type: v.literal('write'), index: number, input: v.instance(ArrayBuffer) }),
  v.object({ ...request, type: v.literal('finish') }),
  v.object({ ...request, type: v.literal('remove') }),
]);

export const StoreReply = v.variant('type', [
  v.object({ request: number, type: v.literal('done') }),
  v.object({
    request: number,
    type: v.literal('written'),
    leaf: v.pipe(
      v.instance(Uint8Array),
      v.check((leaf) => leaf.length === HASH_BYTES),
    ),
  }),
  v.object({ request: number, type: v.literal('finished'), content: v.instance(File) }),
  v.object({ request: number, type: v.literal('failed'), code: ErrorCodeSchema }),
]);

export type StoreRequest = v.InferOutput<typeof StoreRequest>;
export type StoreReply = v.InferOutput<typeof StoreReply>;
