import { defineConfig } from 'vitest/config';

// Deadlines are generous because two shared cores run real browsers; a passing test never waits for them.
const BROWSER_TIMEOUT_MS = 240_000;
/** For what is awaited by looking again and again; Vitest's own second is too short for two busy cores. */
const POLL = { timeout: 50_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          root: import.meta.dirname,
          include: ['unit/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: POLL },
        },
      },
      {
        test: {
          name: 'integration',
          root: import.meta.dirname,
          include: ['integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: POLL },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'browser',
          root: import.meta.dirname,
          include: ['browser/**/*.test.ts', 'e2e/**/*.test.ts'],
          testTimeout: BROWSER_TIMEOUT_MS,
          hookTimeout: BROWSER_TIMEOUT_MS,
          expect: { poll: POLL },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'network',
          root: import.meta.dirname,
          include: ['network/**/*.test.ts'],
          testTimeout: BROWSER_TIMEOUT_MS,
          hookTimeout: BROWSER_TIMEOUT_MS,
          expect: { poll: POLL },
          fileParallelism: false,
        },
      },
    ],
  },
});
