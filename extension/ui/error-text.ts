import type { ErrorCode } from '../core/shared/errors.ts';
import { t } from './text.ts';

type Underscored<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}_${Underscored<Tail>}`
  : Text;

/** One sentence that says what failed and what to do next. `peerName` is as a sentence takes it. */
export function errorText(code: ErrorCode, peerName: string): string {
  return t(`error_${code.replaceAll('-', '_') as Underscored<ErrorCode>}`, peerName);
}
