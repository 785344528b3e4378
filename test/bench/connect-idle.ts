import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { comeHome } from '../network/first-message.ts';
import type { NetworkKind } from '../network/nat.ts';
import { behindRouters, type Expected } from './connect-network.ts';
import type { BenchResult } from './run.ts';

/** What was done to connect is over by then. */
const SETTLE_MS = 20_000;
/** Heartbeats come every few seconds. */
const WATCH_MS = 60_000;

/**
 * Two connected browsers in which nothing happens: what their offscreen documents work, and what they say to the server. On the relay the
 * session's own signs of life are in it.
 */
export function idleCase(name: string, kind: NetworkKind, path: Expected['path']): Promise<BenchResult> {
  return behindRouters(name, async (people) => {
    const { alice, bob, aliceLog, bobLog, network } = people;
    await people.become(kind);
    await comeHome(people, path);
    // A page that is told everything would be work.
    await Promise.all([aliceLog.close(), bobLog.close()]);
    await delay(SETTLE_MS);
    const documents = await Promise.all([alice.browser.offscreen(), bob.browser.offscreen()]);
    const before = await Promise.all(documents.map(workedSeconds));
    const { onePort, fromOnePort } = await network.arrived();
    const startedMs = performance.now();
    await delay(WATCH_MS);
    const after = await Promise.all(documents.map(workedSeconds));
    const now = await network.arrived();
    const seconds = (performance.now() - startedMs) / 1_000;
    const bytes = now.onePort - onePort + now.fromOnePort - fromOnePort;
    return [
      {
        case: name,
        figure: 'offscreenCpu',
        unit: '%',
        values: after.map((worked, index) => ((worked - (before[index] ?? 0)) / seconds) * 100),
        note: 'of one core, its whole process',
      },
      {
        case: name,
        figure: 'bytesPerSecond',
        unit: 'bytes/s',
        values: [bytes / seconds],
        note: 'of both to and from the server, with TLS, TCP and IP',
      },
    ];
  });
}

/** Processor time of the process that a page lives in, in seconds. */
async function workedSeconds(page: Page): Promise<number> {
  const session = await page.createCDPSession();
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const metric = metrics.find(({ name }) => name === 'ProcessTime');
  if (!metric) throw new Error('The browser doesn’t tell the time that a process has worked.');
  return metric.value;
}
