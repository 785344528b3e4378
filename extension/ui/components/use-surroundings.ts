import { useEffect, useState } from 'preact/hooks';
import type { Surroundings } from '../models/connection-cause.ts';

/** What this browser knows of itself, kept up to date. */
export function useSurroundings(): Surroundings {
  const [isOnLine, setOnLine] = useState(navigator.onLine);
  const [isLocalDenied, setLocalDenied] = useState(false);
  useEffect(() => {
    const ending = new AbortController();
    const look = () => setOnLine(navigator.onLine);
    addEventListener('online', look, ending);
    addEventListener('offline', look, ending);
    // Newer Chromium asks a person before a page may reach the network around the computer; others don't know the name.
    navigator.permissions.query({ name: 'local-network-access' as PermissionName }).then(
      ({ state }) => ending.signal.aborted || setLocalDenied(state === 'denied'),
      () => {},
    );
    return () => ending.abort();
  }, []);
  return { nowMs: Date.now(), isOnLine, isLocalDenied };
}
