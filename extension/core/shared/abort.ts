import { AppError, type ErrorCode } from './errors.ts';

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it is aborted. */
export function delay(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * The value of `promise`, unless `timeoutMs` passes or the signal aborts first.
 * @throws AppError `code` when the time is over; the signal's reason when aborted.
 */
export async function within<T>(
  promise: Promise<T>,
  timeoutMs: number,
  code: ErrorCode,
  signal?: AbortSignal,
): Promise<T> {
  const done = new AbortController();
  const either = signal ? AbortSignal.any([done.signal, signal]) : done.signal;
  const limit = delay(timeoutMs, either).then(() => {
    throw new AppError(code);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    done.abort();
    limit.catch(() => {}); // Aborted a line above: nobody waits for it any more.
  }
}
