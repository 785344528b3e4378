/** Whether a moment lies longer ago than `limitMs`. `atMs` is of `performance.now()`; null was never. */
export const isOlder = (atMs: number | null, limitMs: number): boolean =>
  atMs !== null && performance.now() - atMs > limitMs;
