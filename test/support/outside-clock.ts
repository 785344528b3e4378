import { vi } from 'vitest';

const METHODS = [
  'decrypt',
  'deriveBits',
  'digest',
  'encrypt',
  'exportKey',
  'generateKey',
  'importKey',
  'sign',
] as const;

/** What WebCrypto works on: outside of a clock that a test moves, and each as long as a busy computer takes. */
const working = new Set<Promise<unknown>>();

/** From now on `caughtUp` waits for WebCrypto, until `vi.restoreAllMocks`. For tests with fake timers. */
export function watchWork(): void {
  for (const method of METHODS) {
    const act = crypto.subtle[method].bind(crypto.subtle) as (...given: unknown[]) => Promise<unknown>;
    vi.spyOn(crypto.subtle, method).mockImplementation(((...given: unknown[]) => {
      const work = act(...given);
      const over = work.then(
        () => undefined,
        () => undefined,
      );
      working.add(over);
      void over.then(() => working.delete(over));
      return work;
    }) as never);
  }
}

/** Lets everything that has happened have its effects, in no time by the clock of the test. */
export async function caughtUp(): Promise<void> {
  do {
    await Promise.all(working);
    await vi.advanceTimersByTimeAsync(0);
  } while (working.size > 0);
}
