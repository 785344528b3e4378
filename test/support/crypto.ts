import { errorCode } from '../../extension/core/shared/errors.ts';

/*
 * Small tools of the tests that look at bytes.
 */

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const fromHex = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'));

/** A copy with one bit of the byte at `index` turned over. */
export function flipped(bytes: Uint8Array, index: number, bit = 0): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy[index] = (copy[index] ?? 0) ^ (1 << bit);
  return copy;
}

/** The code of what `act` throws, null when it doesn't. */
export function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return errorCode(error);
  }
}

/** The same for a promise. */
export function codeOfAsync(promise: Promise<unknown>): Promise<string | null> {
  return promise.then(
    () => null,
    (error: unknown) => errorCode(error),
  );
}
