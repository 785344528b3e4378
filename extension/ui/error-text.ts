import type { ErrorCode } from '../core/shared/errors.ts';
import { keyPart, t } from './text.ts';

/** One sentence that says what failed and what to do next. `peerName` is as a sentence takes it. */
export function errorText(code: ErrorCode, peerName: string): string {
  return t(`error_${keyPart(code)}`, peerName);
}
