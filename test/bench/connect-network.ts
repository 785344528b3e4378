import { comeHome, firstMessage } from '../network/first-message.ts';
import { NoNetworkError } from '../network/namespace.ts';
import type { NetworkKind } from '../network/nat.ts';
import { meetBehindRouters, type PeopleBehindRouters } from '../network/people-behind-routers.ts';
import type { Offer } from '../network/servers.ts';
import { goThrough, type Trouble } from '../network/troubles.ts';
import type { Figure } from './report.ts';
import type { BenchResult } from './run.ts';

const FIRST_ROUNDS = 5;
const OUTAGE_ROUNDS = 3;

/** How they reach each other with what a server offers. */
export interface Expected {
  readonly offer: Offer;
  readonly path: 'direct' | 'turn' | 'relay';
  /** What it is called. Default: the path. */
  readonly note?: string;
}

/** Time from the start of Bob's Pairwise to the first line on his screen, in this network, for every way that servers may offer. */
export function firstMessageCase(kind: NetworkKind, ways: readonly Expected[]): Promise<BenchResult> {
  return behindRouters(kind, async (people) => {
    await people.become(kind);
    const figures: Figure[] = [];
    for (const { offer, path, note = path } of ways) {
      await people.startSignalling(offer);
      await comeHome(people, path);
      const values: number[] = [];
      for (let round = 1; round <= FIRST_ROUNDS; round += 1) {
        const { tookMs } = await firstMessage(people, `${kind} ${note} ${round}`);
        values.push(tookMs);
        await Promise.all([people.aliceLog, people.bobLog].map((log) => log.connects(path)));
      }
      figures.push({ case: kind, figure: 'firstMessageMs', unit: 'ms', values, note });
    }
    return figures;
  });
}

/** Time from the return of Alice's network to what each had said meanwhile. */
export function outageCase(name: string, trouble: Trouble): Promise<BenchResult> {
  return behindRouters(name, async (people) => {
    await people.become('cone');
    await comeHome(people, 'direct');
    const values: number[] = [];
    for (let round = 1; round <= OUTAGE_ROUNDS; round += 1) {
      const { tookMs } = await goThrough(trouble, people, `${name} ${round}`);
      values.push(Math.max(...tookMs));
      await Promise.all([people.aliceLog, people.bobLog].map((log) => log.connects('direct')));
    }
    return [{ case: name, figure: 'backMs', unit: 'ms', values, note: 'the slower of both directions' }];
  });
}

/** Measures two people behind routers; a gap where there can be none. */
export async function behindRouters(
  name: string,
  measure: (people: PeopleBehindRouters) => Promise<BenchResult['figures']>,
): Promise<BenchResult> {
  try {
    const people = await meetBehindRouters();
    try {
      return { chromium: await people.alice.browser.browser.version(), figures: await measure(people) };
    } finally {
      await people.close();
    }
  } catch (error) {
    if (!(error instanceof NoNetworkError)) throw error;
    return { chromium: 'none', figures: [{ case: name, figure: null, why: error.message }] };
  }
}
