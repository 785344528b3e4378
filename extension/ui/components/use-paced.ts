import { useEffect, useRef, useState } from 'preact/hooks';

/** Figures that change faster can't be read. */
const PACE_MS = 250;

/** `value`, changing at most four times a second; the last one is never lost. */
export function usePaced<T>(value: T): T {
  const [shown, setShown] = useState(value);
  const shownAt = useRef(0);
  useEffect(() => {
    const show = () => {
      shownAt.current = performance.now();
      setShown(value);
    };
    const timer = setTimeout(show, Math.max(0, shownAt.current + PACE_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [value]);
  return shown;
}
