/** How the sending of a picture did over the time since the one before. */
export interface SendingMeasure {
  /** What congestion control thinks the line carries. */
  readonly availableBitsPerSecond: number;
  readonly sentBitsPerSecond: number;
  readonly frames: number;
  /** Mean of a frame. */
  readonly encodeMs: number;
}

const USED_SHARE = 0.4;
const MIN_FRAMES = 5;

/** Whether the line is used. One that isn't says little about itself: its estimate comes from a few small probes. */
export function isLineUsed({ availableBitsPerSecond, sentBitsPerSecond }: SendingMeasure): boolean {
  return sentBitsPerSecond >= availableBitsPerSecond * USED_SHARE;
}

/** Whether there were enough frames to say how long one takes. */
export function tellsEncodeTime({ frames }: SendingMeasure): boolean {
  return frames >= MIN_FRAMES;
}
