/** What is mostly on the picture: things to read, which must be sharp, or things that move, which must be smooth. */
export const CONTENTS = ['text', 'film'] as const;
export type Content = (typeof CONTENTS)[number];
/** What the person wants: sharp keeps every pixel, smooth every frame, balanced a little of both; auto decides by the content. */
export const WISHES = ['auto', 'sharp', 'balanced', 'smooth'] as const;
export type Wish = (typeof WISHES)[number];

/** What the browser is told about a picture and its encoder. */
export interface EncoderSettings {
  readonly contentHint: 'detail' | 'motion';
  readonly degradationPreference: RTCDegradationPreference;
  readonly maxBitrate: number;
}

/** Well above what text or film at 1080p needs; congestion control stays below it by itself. */
const MAX_BITS_PER_SECOND = 8_000_000;

/**
 * `detail` makes Chromium's encoders spend bits on sharpness and repeat a still picture until it is clean; `motion` lets them
 * shrink the picture to keep its frames.
 */
export function encoderSettings(wish: Wish, content: Content): EncoderSettings {
  const maxBitrate = MAX_BITS_PER_SECOND;
  const sharp = wish === 'sharp' || (wish === 'auto' && content === 'text');
  if (sharp) return { contentHint: 'detail', degradationPreference: 'maintain-resolution', maxBitrate };
  if (wish === 'balanced') {
    return { contentHint: content === 'text' ? 'detail' : 'motion', degradationPreference: 'balanced', maxBitrate };
  }
  return { contentHint: 'motion', degradationPreference: 'maintain-framerate', maxBitrate };
}
