/** More than any photograph of a code needs, and all of it may have to be decoded. */
export const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
/** Longest side of a picture that is decoded at all: a phone’s photograph, not a poster that fills the memory. */
export const MAX_PICTURE_SIDE_PX = 4_096;
/** Longest side of what is searched: a code that takes a tenth of it still has four pixels a module. */
const MAX_SEARCHED_SIDE_PX = 2_560;

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** The size in which a picture is searched for a code; null when it is empty or too large to be decoded. */
export function searchedSize({ width, height }: PixelSize): PixelSize | null {
  const side = Math.max(width, height);
  if (Math.min(width, height) < 1 || side > MAX_PICTURE_SIDE_PX) return null;
  const scale = Math.min(1, MAX_SEARCHED_SIDE_PX / side);
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: scaled(width), height: scaled(height) };
}
