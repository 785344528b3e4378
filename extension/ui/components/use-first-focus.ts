import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Gives the focus to an element once, as its screen appears: whoever listens hears it, and the next Tab leads to what comes after. */
export function useFirstFocus<Target extends HTMLElement>(): RefObject<Target | null> {
  const target = useRef<Target>(null);
  useEffect(() => target.current?.focus(), []);
  return target;
}
