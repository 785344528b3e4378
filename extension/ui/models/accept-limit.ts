import { MAX_FILE_BYTES } from '../../core/shared/limits.ts';
import { t } from '../text.ts';
import { size } from './format.ts';

/** Up to these sizes, in bytes, a person can let a peer's files come without being asked. The last is any size. */
export const ACCEPT_LIMITS: readonly number[] = [10e6, 100e6, 1e9, MAX_FILE_BYTES];

/** The smallest of them that would have let a transfer of this size pass. Any size is only what a person chooses. */
export function suggestedLimit(sizeBytes: number): number {
  const bounded = ACCEPT_LIMITS.filter((limit) => limit < MAX_FILE_BYTES);
  return bounded.find((limit) => sizeBytes <= limit) ?? Math.max(...bounded);
}

/** A limit as an end of a sentence: `100 MB`, or that there is none. */
export function acceptLimitText(upToBytes: number): string {
  return upToBytes >= MAX_FILE_BYTES ? t('accept_any_size') : size(upToBytes);
}

/** A peer's setting, null where every file is asked about. */
export function acceptSettingText(upToBytes: number | null): string {
  if (upToBytes === null) return t('accept_ask');
  return upToBytes >= MAX_FILE_BYTES ? t('accept_all') : t('accept_up_to', size(upToBytes));
}
