/** connecting: never connected yet · connected: media can flow · reconnecting: it did, and is being brought back. */
export type Health = 'connecting' | 'connected' | 'reconnecting';

/** A gap of up to 5 s heals by itself, and `disconnected` comes only after about 5 s: this much more is patience enough. */
const DISCONNECTED_GRACE_MS = 2_000;
/** Where no candidate can work Chromium never reports a failure, so an attempt that takes this long is followed by a new one: soon at first, but a slow line must have the time. */
const ATTEMPT_LIMITS_MS = [5_000, 8_000, 12_000] as const;

/**
 * Reports how a connection is doing, each change once, and calls `onStuck` whenever a new path should be looked for:
 * at once when it failed, soon when it is silent, and again and again until it is connected.
 * @returns the function that stops it.
 */
export function watchHealth(
  connection: RTCPeerConnection,
  onHealth: (health: Health) => void,
  onStuck: () => void,
): () => void {
  const abort = new AbortController();
  let health: Health = 'connecting';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stuckIn = (delayMs: number, attempt = 0) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      onStuck();
      stuckIn(ATTEMPT_LIMITS_MS[attempt] ?? ATTEMPT_LIMITS_MS[2], attempt + 1);
    }, delayMs);
  };
  const report = (now: Health) => {
    if (now === health) return;
    health = now;
    onHealth(now);
  };
  connection.addEventListener(
    'connectionstatechange',
    () => {
      const state = connection.connectionState;
      if (state === 'connected') {
        clearTimeout(timer);
        report('connected');
      } else if (state === 'disconnected' || state === 'failed') {
        stuckIn(state === 'failed' ? 0 : DISCONNECTED_GRACE_MS);
        if (health === 'connected') report('reconnecting');
      }
    },
    { signal: abort.signal },
  );
  stuckIn(ATTEMPT_LIMITS_MS[0], 1);
  return () => {
    abort.abort();
    clearTimeout(timer);
  };
}
