import { BANDS, type Signature } from './signature.ts';

export interface Change {
  /** How much of the picture is another, 0 to 1. */
  readonly share: number;
  /** How much of that is the picture before, moved up or down, 0 to 1: what scrolls. Film has next to none. */
  readonly scrolled: number;
}

const NOTHING: Change = { share: 0, scrolled: 0 };
/** Another size, or the first picture of all. */
const EVERYTHING: Change = { share: 1, scrolled: 0 };
/** Below that nobody asks whether it scrolled. */
const MIN_SCROLL_SHARE = 0.08;
/** So many places of what has changed are looked for in the picture before: enough to tell, in 2 ms. */
const MAX_PLACES = 150;
/** As good as found: nobody looks any further. */
const FOUND = 0.1;
/** Of the places, at least so many must still be on the picture for a distance to count. */
const MIN_OVERLAP = 0.25;

export function changeBetween(before: Signature | null, now: Signature): Change {
  if (!before || before.rows !== now.rows || before.rowWords !== now.rowWords) return EVERYTHING;
  const changed: number[] = [];
  for (let i = 0; i < now.hashes.length; i++) if (now.hashes[i] !== before.hashes[i]) changed.push(i);
  if (changed.length === 0) return NOTHING;
  const share = changed.length / now.hashes.length;
  return { share, scrolled: share < MIN_SCROLL_SHARE ? 0 : scrolledShare(before, now, changed) };
}

/**
 * Compares the mean brightness of places that changed with what stood there before, and with what stood so many rows above or below
 * before: how much smaller the difference is at the best distance. Means, not hashes: a picture of odd height is captured a row
 * smaller than it is, and then no row looks exactly as another.
 */
function scrolledShare(before: Signature, now: Signature, changed: readonly number[]): number {
  const count = Math.min(MAX_PLACES, changed.length);
  const places = Int32Array.from(
    { length: count },
    (_, n) => changed[Math.floor((n * changed.length) / count)] as number,
  );
  const unmoved = difference(before.means, now.means, places, 0);
  if (unmoved === 0) return 0;
  let best = unmoved;
  const farthest = Math.floor(now.rows * (1 - MIN_OVERLAP));
  for (let rows = 1; rows <= farthest && best > unmoved * FOUND; rows++) {
    best = Math.min(
      best,
      difference(before.means, now.means, places, rows * BANDS),
      difference(before.means, now.means, places, -rows * BANDS),
    );
  }
  return 1 - best / unmoved;
}

/** The mean difference to what stood `offset` further before; infinite when too little of it was on the picture. */
function difference(before: Float32Array, now: Float32Array, places: Int32Array, offset: number): number {
  let sum = 0;
  let count = 0;
  for (const place of places) {
    const other = place + offset;
    if (other < 0 || other >= before.length) continue;
    sum += Math.abs((now[place] as number) - (before[other] as number));
    count++;
  }
  return count < places.length * MIN_OVERLAP ? Infinity : sum / count;
}
