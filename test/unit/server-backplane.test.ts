import { afterEach, beforeEach, vi } from 'vitest';
import { MemoryBackplane } from '../../peer-server/backplane/memory.ts';
import { backplaneContract, CONTRACT_LIMITS } from '../contracts/backplane.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

// Two servers in one process share the object itself.
backplaneContract('in memory', async () => {
  const backplane = new MemoryBackplane(CONTRACT_LIMITS);
  return {
    a: backplane,
    b: backplane,
    elapse: async (timeMs) => {
      await vi.advanceTimersByTimeAsync(timeMs);
    },
    settle: async () => undefined,
    end: () => backplane.close(),
  };
});
