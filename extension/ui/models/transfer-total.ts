import type { TimelineItem } from '../../core/session/state.ts';

/** Several transfers that move at once, taken together. Sizes in bytes. */
export interface TransferTotal {
  readonly count: number;
  readonly bytes: number;
  readonly sizeBytes: number;
  readonly bytesPerSecond: number;
  /** Null until the speed is known. */
  readonly secondsLeft: number | null;
}

/** The sum of what moves, in either direction; null when that is one transfer or none, whose card says it all. */
export function totalOf(items: readonly TimelineItem[]): TransferTotal | null {
  const sum = { count: 0, bytes: 0, sizeBytes: 0, bytesPerSecond: 0 };
  for (const item of items) {
    if (item.kind !== 'file' || item.transfer.state !== 'moving') continue;
    sum.count += 1;
    sum.bytes += item.transfer.bytes;
    sum.sizeBytes += item.sizeBytes;
    sum.bytesPerSecond += item.transfer.bytesPerSecond;
  }
  if (sum.count < 2) return null;
  const secondsLeft = sum.bytesPerSecond > 0 ? (sum.sizeBytes - sum.bytes) / sum.bytesPerSecond : null;
  return { ...sum, secondsLeft };
}
