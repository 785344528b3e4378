import { useMemo } from 'preact/hooks';
import type { PeerState } from '../../core/session/state.ts';
import { clock, count, percent, rate } from '../models/format.ts';
import { totalOf } from '../models/transfer-total.ts';
import { dotted, t } from '../text.ts';
import { usePaced } from './use-paced.ts';

/** All that moves at once, in one line: how much of it, how fast, how long. */
export function TotalLine({ peer }: { peer: PeerState }) {
  const total = usePaced(useMemo(() => totalOf(peer.timeline), [peer.timeline]));
  if (!total) return null;
  const { bytes, sizeBytes, bytesPerSecond, secondsLeft } = total;
  return (
    <div class="total">
      <progress max={sizeBytes || 1} value={bytes} aria-label={t('transfers_label')} />
      <p class="meta">
        {dotted(
          t('transfers_many', count(total.count)),
          t('percent', percent(bytes, sizeBytes)),
          rate(bytesPerSecond),
          secondsLeft === null ? null : t('file_time_left', clock(secondsLeft * 1_000)),
        )}
      </p>
    </div>
  );
}
