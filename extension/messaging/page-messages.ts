import * as v from 'valibot';
import { MAX_TITLE_LENGTH, MAX_URL_LENGTH } from '../core/shared/limits.ts';
import { maybeText, Name } from '../core/shared/schemas.ts';

/*
 * What the script in a shared page and the offscreen document say to each other, over a port named `shared-page`. The page's renderer is not
 * ours: what comes from there is bounded, and heard only from the tab that is shown. The port ends with the page, or with the share.
 */
export const PAGE_PORT = 'shared-page';

const pixels = v.pipe(v.number(), v.minValue(0), v.maxValue(32_767));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const FromPage = v.variant('type', [
  /** Of the top frame: which page it is and how large it stands, in CSS pixels; again when it changes. */
  v.object({
    type: v.literal('page'),
    url: maybeText(MAX_URL_LENGTH),
    title: maybeText(MAX_TITLE_LENGTH),
    width: pixels,
    height: pixels,
    devicePixelRatio: v.pipe(v.number(), v.minValue(0.1), v.maxValue(10)),
  }),
  /** Of any frame: whether a password field has the focus. */
  v.object({ type: v.literal('password'), focused: v.boolean() }),
]);
export const ToPage = v.variant('type', [
  v.object({ type: v.literal('point'), x: share, y: share, name: Name }),
  v.object({ type: v.literal('click'), x: share, y: share, name: Name }),
  v.object({ type: v.literal('away') }),
]);

export type FromPage = v.InferOutput<typeof FromPage>;
export type ToPage = v.InferOutput<typeof ToPage>;
