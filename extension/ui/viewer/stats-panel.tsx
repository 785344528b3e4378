import type { MediaStats } from '../../core/media/stats.ts';
import { milliseconds } from '../models/format.ts';
import { t } from '../text.ts';
import { orUnknown, percent, picture, rate } from './format.ts';

/** What the connection does, for whoever wants to know. */
export function StatsPanel({ stats }: { stats: MediaStats }) {
  const rows = [
    [t('viewer_stats_picture'), picture(stats)],
    [t('viewer_stats_codec'), orUnknown(stats.codec)],
    [t('viewer_stats_rate'), rate(stats.bitsPerSecond)],
    [t('viewer_stats_lost'), percent(stats.lostShare)],
    [t('viewer_stats_round_trip'), orUnknown(stats.rttMs === null ? null : milliseconds(stats.rttMs))],
  ];
  return (
    <dl class="stats glass" aria-label={t('viewer_statistics')}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
