/** What is mostly on the picture: things to read, which must be sharp, or things that move, which must be smooth. */
export const CONTENTS = ['text', 'film'] as const;
export type Content = (typeof CONTENTS)[number];
/** What the person wants: sharp keeps every pixel, smooth every frame, balanced a little of both; auto decides by the content. */
export const WISHES = ['auto', 'sharp', 'balanced', 'smooth'] as const;
export type Wish = (typeof WISHES)[number];

/** What the browser is told about a picture and its encoder. */
export interface EncoderSettings {
  readonly contentHint: '' | 'detail' | 'motion';
  readonly degradationPreference: RTCDegradationPreference;
  readonly maxBitrate: number;
}

/** Well above what text or film at 1080p needs; congestion control stays below it by itself. */
const MAX_BITS_PER_SECOND = 8_000_000;

/** What can be known of the way to the viewer. */
export interface Line {
  /** Too narrow for film at its full size. */
  readonly isNarrow: boolean;
}

/**
 * `detail` makes Chromium's encoders spend bits on sharpness and repeat a still picture until it is clean; without a hint a
 * captured tab comes at its full size too, with an encoder that is cheaper and finer than the one for `motion`, which shrinks the picture to keep its frames.
 */
export function encoderSettings(wish: Wish, content: Content, line: Line): EncoderSettings {
  const maxBitrate = MAX_BITS_PER_SECOND;
  const sharp = wish === 'sharp' || (wish === 'auto' && content === 'text');
  if (sharp) return { contentHint: 'detail', degradationPreference: 'maintain-resolution', maxBitrate };
  const smooth = line.isNarrow ? 'motion' : '';
  if (wish === 'balanced') {
    return { contentHint: content === 'text' ? 'detail' : smooth, degradationPreference: 'balanced', maxBitrate };
  }
  return { contentHint: smooth, degradationPreference: 'maintain-framerate', maxBitrate };
}
