import type { MediaStats } from '../../core/media/stats.ts';

/** What stands where nothing has been measured. */
const UNKNOWN = '–';

/** A time as an ISO 8601 duration, for the `datetime` of a `<time>`. */
export function isoDuration(elapsedMs: number): string {
  return `PT${Math.max(0, Math.floor(elapsedMs / 1_000))}S`;
}

/** `2560 × 1440, 30 fps` */
export function picture({ width, height, fps }: MediaStats): string {
  if (width === null || height === null) return UNKNOWN;
  const size = `${width} × ${height}`;
  return fps === null ? size : `${size}, ${Math.round(fps)} fps`;
}

/** `2.1 Mbit/s`, below a megabit `340 kbit/s`. */
export function rate(bitsPerSecond: number | null): string {
  if (bitsPerSecond === null) return UNKNOWN;
  return bitsPerSecond >= 1e6
    ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`
    : `${Math.round(bitsPerSecond / 1e3)} kbit/s`;
}

/** A share of 0 to 1 as `0.4 %`. */
export function percent(share: number | null): string {
  return share === null ? UNKNOWN : `${(share * 100).toFixed(1)} %`;
}

export function orUnknown(text: string | null): string {
  return text ?? UNKNOWN;
}
