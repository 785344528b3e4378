import { useEffect, useState } from 'preact/hooks';

const TICK_MS = 1_000;

/** The time now, again each second while the component is shown. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
