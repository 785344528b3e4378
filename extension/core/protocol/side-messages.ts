import * as v from 'valibot';

/*
 * What sharer and viewer page say to each other beside picture and sound, as JSON on the data channel `side` (id 0, ordered, reliable) of
 * the share's own PeerConnection. Positions are shares of the picture, from its upper left corner.
 */

/** A still of any 2560 x 1440 page stays below: what is larger is not sent, the video alone has to do. */
export const MAX_STILL_BYTES = 8 * 1024 * 1024;
export const STILL_CHUNK_BYTES = 16 * 1024;
/** The longest text on the channel, in UTF-16 code units. */
export const MAX_SIDE_LENGTH = 512;

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8_192));

/** Whether my microphone is on. */
const Voice = v.object({ type: v.literal('voice'), on: v.boolean() });

export const FromViewer = v.variant('type', [
  v.object({ type: v.literal('point'), x: share, y: share }),
  v.object({ type: v.literal('click'), x: share, y: share }),
  /** The pointer has left the picture. */
  v.object({ type: v.literal('away') }),
  Voice,
]);
export const FromSharer = v.variant('type', [
  /** The picture stands still and looks exactly so: `bytes` of an image file follow as binary messages. A newer one replaces it. */
  v.object({
    type: v.literal('still'),
    bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_STILL_BYTES)),
    mime: v.picklist(['image/png', 'image/webp']),
    width: pixels,
    height: pixels,
  }),
  /** It moves again: the video counts. */
  v.object({ type: v.literal('still-over') }),
  Voice,
]);

export type FromViewer = v.InferOutput<typeof FromViewer>;
export type FromSharer = v.InferOutput<typeof FromSharer>;
