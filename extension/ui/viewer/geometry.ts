/*
 * Where the picture lies in the window. Lengths are CSS pixels; the picture's own size is that at which one of its pixels covers one
 * pixel of the screen, scale 1. Positions on the picture are shares of it, from its upper left corner, 0 to 1.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
}

/** How it is looked at: as large as fits, or at a scale with this point of the picture in the middle of the window, as far as its edges allow. */
export interface View {
  readonly scale: number | 'fit';
  readonly centre: Point;
}

export const FIT: View = { scale: 'fit', centre: { x: 0.5, y: 0.5 } };
/** Each press of + or −. */
export const ZOOM_STEP = 1.25;
/** Single pixels can be counted then. */
const MAX_SCALE = 8;
/** Scales that differ by less show the same. */
const SAME_SCALE = 1e-4;

/** The scale at which the whole picture is seen. */
export function fitScale(box: Size, picture: Size): number {
  return Math.min(box.width / picture.width, box.height / picture.height);
}

export function scaleOf(view: View, box: Size, picture: Size): number {
  return view.scale === 'fit' ? fitScale(box, picture) : view.scale;
}

/** Where the picture lies: in the middle while it is smaller than the window, never further in than its edge once it is larger. */
export function place(view: View, box: Size, picture: Size): Rect {
  const scale = scaleOf(view, box, picture);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return {
    left: startOf(box.width, width, view.centre.x),
    top: startOf(box.height, height, view.centre.y),
    width,
    height,
  };
}

/** The same picture at another scale; what lies at `at` in the window stays there, as far as the edges allow. */
export function zoomTo(view: View, box: Size, picture: Size, wanted: number, at: Point): View {
  const fit = fitScale(box, picture);
  const scale = clamp(wanted, Math.min(fit, 1), Math.max(fit, MAX_SCALE));
  if (Math.abs(scale - fit) < SAME_SCALE * fit) return FIT;
  const before = place(view, box, picture);
  const centre = {
    x: centreOf(box.width, picture.width * scale, at.x, clamp((at.x - before.left) / before.width, 0, 1)),
    y: centreOf(box.height, picture.height * scale, at.y, clamp((at.y - before.top) / before.height, 0, 1)),
  };
  return settled({ scale, centre }, box, picture);
}

/** The next scale when it is multiplied by `factor`; it rests at 1:1 and at what fits on the way past them. */
export function nextScale(scale: number, factor: number, fit: number): number {
  const next = scale * factor;
  const isBetween = (stop: number) =>
    factor > 1 ? stop > scale * (1 + SAME_SCALE) && stop < next : stop < scale * (1 - SAME_SCALE) && stop > next;
  const stops = [1, fit].filter(isBetween);
  if (stops.length === 0) return next;
  return factor > 1 ? Math.min(...stops) : Math.max(...stops);
}

/** Moves the picture by this far. */
export function pan(view: View, box: Size, picture: Size, by: Point): View {
  if (view.scale === 'fit') return view;
  const { left, top, width, height } = place(view, box, picture);
  const centre = {
    x: (box.width / 2 - left - by.x) / width,
    y: (box.height / 2 - top - by.y) / height,
  };
  return settled({ scale: view.scale, centre }, box, picture);
}

/** Whether there is more of the picture than the window shows. */
export function isLarger(rect: Rect, box: Size): boolean {
  // Half a pixel is rounding.
  return rect.width > box.width + 0.5 || rect.height > box.height + 0.5;
}

/** Which place of the picture this is, null beside it. */
export function onPicture(rect: Rect, at: Point): Point | null {
  const x = (at.x - rect.left) / rect.width;
  const y = (at.y - rect.top) / rect.height;
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** With the centre that is really shown, so that the next move starts from there. */
function settled(view: View, box: Size, picture: Size): View {
  const { left, top, width, height } = place(view, box, picture);
  return { scale: view.scale, centre: { x: (box.width / 2 - left) / width, y: (box.height / 2 - top) / height } };
}

function startOf(box: number, length: number, centre: number): number {
  if (length <= box) return (box - length) / 2;
  return clamp(box / 2 - centre * length, box - length, 0);
}

/** The centre with which `share` of the picture lies at `at`. */
function centreOf(box: number, length: number, at: number, share: number): number {
  return (box / 2 - (at - share * length)) / length;
}
