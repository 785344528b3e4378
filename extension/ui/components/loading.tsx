import { useEffect, useState } from 'preact/hooks';

/** A state that comes sooner is shown without a flash of anything else. */
const PATIENCE_MS = 150;

/** The shape of what comes. */
export function Loading() {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <div class="skeleton" aria-busy="true">
      <i class="head" />
      <i class="tiles" />
      <i class="theirs" />
      <i class="mine" />
      <i class="theirs short" />
    </div>
  );
}
