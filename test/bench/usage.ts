import { readFile } from 'node:fs/promises';
import type { Browser, CDPSession } from 'puppeteer-core';

const SAMPLE_MS = 250;
const KIB = 1024;

/** What browsers used between `startUsage` and `stop`. */
export interface Usage {
  /** Of all browsers together, in percent of one core. */
  readonly cpuPercent: number;
  readonly cpuSeconds: number;
  /** Of the browser that grew most, at its largest, above its start, in MiB. Null where the system doesn't say. */
  readonly addedMemoryMiB: number | null;
}

/**
 * Watches the processor time and memory of whole browsers, with all their processes, until `stop`.
 * @param memory false where reading it, which takes the system milliseconds for each process, would disturb what is measured.
 */
export async function startUsage(
  browsers: readonly Browser[],
  { memory = true }: { memory?: boolean } = {},
): Promise<{ stop(): Promise<Usage> }> {
  const sessions = await Promise.all(browsers.map((browser) => browser.target().createCDPSession()));
  const idleBytes = await Promise.all(sessions.map((session) => (memory ? memoryBytes(session) : Number.NaN)));
  const peakBytes = [...idleBytes];
  const startedMs = performance.now();
  const startSeconds = await cpuSeconds(sessions);
  let sampling: Promise<void> = Promise.resolve();
  const sample = async () => {
    for (const [index, session] of sessions.entries()) {
      peakBytes[index] = Math.max(peakBytes[index] ?? 0, await memoryBytes(session));
    }
  };
  const timer = setInterval(() => {
    if (!memory) return;
    // A browser that is closed meanwhile, because its case has failed, has no memory to tell of.
    sampling = sampling.then(sample).catch(() => undefined);
  }, SAMPLE_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      const usedSeconds = (await cpuSeconds(sessions)) - startSeconds;
      const tookSeconds = (performance.now() - startedMs) / 1000;
      await sampling;
      await Promise.all(sessions.map((session) => session.detach()));
      const addedBytes = Math.max(...peakBytes.map((peak, index) => peak - (idleBytes[index] ?? 0)));
      return {
        cpuPercent: (usedSeconds / tookSeconds) * 100,
        cpuSeconds: usedSeconds,
        addedMemoryMiB: Number.isNaN(addedBytes) ? null : addedBytes / KIB / KIB,
      };
    },
  };
}

async function cpuSeconds(sessions: readonly CDPSession[]): Promise<number> {
  const seconds = await Promise.all(
    sessions.map(async (session) => {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      return processInfo.reduce((sum, process) => sum + process.cpuTime, 0);
    }),
  );
  return seconds.reduce((sum, one) => sum + one, 0);
}

/** Proportional set size of every process of a browser: shared pages count once. NaN where there is no /proc. */
async function memoryBytes(session: CDPSession): Promise<number> {
  if (process.platform !== 'linux') return Number.NaN;
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = await Promise.all(
    processInfo.map(async ({ id }) => {
      // A process may end between the list and the look.
      const text = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
      return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * KIB;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
