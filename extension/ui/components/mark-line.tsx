import { timeOfDay } from '../models/format.ts';
import type { Entry } from '../models/timeline.ts';
import { t } from '../text.ts';
import { Icon, type IconName } from './icon.tsx';

const ICONS = { waiting: 'clock', sent: 'tick', delivered: 'ticks', read: 'ticks' } as const satisfies Record<
  string,
  IconName
>;

/** How far my messages have come, in glyph and word; of theirs, when they came. */
export function MarkLine({ entry }: { entry: Extract<Entry, { kind: 'mark' }> }) {
  const time = timeOfDay(entry.at);
  if (!entry.mine) return <p class="mark in">{time}</p>;
  return (
    <p class="mark" data-mark={entry.mark}>
      <Icon name={ICONS[entry.mark]} small />
      {t(`mark_${entry.mark}`, time)}
    </p>
  );
}
