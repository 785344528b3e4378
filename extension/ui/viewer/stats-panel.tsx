import { milliseconds } from '../models/format.ts';
import { dotted, t } from '../text.ts';
import { orUnknown, percent, picture, rate } from './format.ts';
import type { ViewerStats } from './model.ts';

/** What the connection does, for whoever wants to know. */
export function StatsPanel({ stats }: { stats: ViewerStats }) {
  const rows = [
    [t('viewer_stats_picture'), picture(stats)],
    [t('viewer_stats_latency'), time(stats.latencyMs)],
    [t('viewer_stats_codec'), orUnknown(stats.codec)],
    [t('viewer_stats_rate'), rate(stats.bitsPerSecond)],
    [t('viewer_stats_lost'), percent(stats.lostShare)],
    [t('viewer_stats_path'), path(stats)],
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

function time(durationMs: number | null): string {
  return orUnknown(durationMs === null ? null : milliseconds(durationMs));
}

/** The picture's own way, which may be another than that of what is written; there and back. */
function path({ path, turnOver, rttMs }: ViewerStats): string {
  if (!path) return time(rttMs);
  const way = turnOver ? t('viewer_turn_over', turnOver.toUpperCase()) : t(`path_${path}`);
  return dotted(way, rttMs === null ? null : milliseconds(rttMs));
}
