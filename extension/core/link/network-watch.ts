/** Often enough for a person who has just opened the lid, rare enough to cost nothing. */
const TICK_MS = 2_000;
/** A timer that comes so late was asleep with its computer. */
const SLEPT_MS = 5_000;

/**
 * Tells when this device's network may be another one: the browser says so, or the computer has slept. It may be nothing, and it may
 * have gone unnoticed; whoever listens asks its connections. `navigator.connection` is left out: it tells of every new estimate of a
 * round trip, and of addresses nothing. Returns its end.
 */
export function watchNetwork(onChange: () => void): () => void {
  let tickedAt = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - tickedAt > TICK_MS + SLEPT_MS) onChange();
    tickedAt = now;
  }, TICK_MS);
  globalThis.addEventListener('online', onChange);
  globalThis.addEventListener('offline', onChange);
  return () => {
    clearInterval(timer);
    globalThis.removeEventListener('online', onChange);
    globalThis.removeEventListener('offline', onChange);
  };
}
