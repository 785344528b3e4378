import * as v from 'valibot';
import { MAX_TITLE_LENGTH, MAX_URL_LENGTH } from '../core/shared/limits.ts';
import { maybeText, Name } from '../core/shared/schemas.ts';

/*
 * What the script in a shared page and the offscreen document say to each other, over a port named `shared-page`. The page's renderer is not
 * ours: what comes from there is bounded, and heard only from the top frame (`sender.frameId` 0) of the tab that is shown. Of a tab's
 * ports the newest counts, and the end of an older one means nothing: the script runs in the top frame alone, looks into frames of the same
 * origin from there, and replaces itself when it is put in again. The port ends when the page goes, into the back/forward cache too, or
 * with the share. Tried in Chromium 156: `executeScript` right after that lands in the page that came instead, before it has loaded; on
 * another origin (another port is one) it fails until the next click.
 */
export const PAGE_PORT = 'shared-page';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const FromPage = v.variant('type', [
  /** Which page it is; the first thing said, and again when it changes. */
  v.object({
    type: v.literal('page'),
    url: maybeText(MAX_URL_LENGTH),
    title: maybeText(MAX_TITLE_LENGTH),
  }),
  /** Whether a password field has the focus, in the page or in a frame of the same origin: at first, and when that changes. */
  v.object({ type: v.literal('password'), focused: v.boolean() }),
  /** Whether a protected film can be seen in the page: not until it is said. */
  v.object({ type: v.literal('film'), seen: v.boolean() }),
]);
export const ToPage = v.variant('type', [
  v.object({ type: v.literal('point'), x: share, y: share, name: Name }),
  v.object({ type: v.literal('click'), x: share, y: share, name: Name }),
  v.object({ type: v.literal('away') }),
]);

export type FromPage = v.InferOutput<typeof FromPage>;
export type ToPage = v.InferOutput<typeof ToPage>;
