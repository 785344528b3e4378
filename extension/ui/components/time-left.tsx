import { spokenDuration } from '../models/format.ts';
import { t } from '../text.ts';

/** When those who listen are told the time left. */
const ANNOUNCED_MS = [60_000, 10_000];
/** From here on the time left is amber. */
const URGENT_MS = 30_000;

export const isUrgent = (leftMs: number): boolean => leftMs <= URGENT_MS;

/** The time a code has left, for those who listen. It stays the same between the announced moments, so that nothing is read out there. */
export function SpokenTimeLeft({ leftMs }: { leftMs: number }) {
  const passed = ANNOUNCED_MS.filter((moment) => leftMs <= moment).at(-1);
  return (
    <p class="only-heard" role="timer">
      {passed === undefined ? '' : t('show_code_expires', spokenDuration(passed))}
    </p>
  );
}
