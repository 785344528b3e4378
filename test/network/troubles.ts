import { setTimeout as delay } from 'node:timers/promises';
import type { Home } from './nat.ts';
import type { PeopleBehindRouters } from './people-behind-routers.ts';

/** What happens to somebody's network, until it works again. `meanwhile` is when it doesn't. */
export type Trouble = (home: Home, meanwhile: () => Promise<void>) => Promise<void>;

const UNPLUGGED_MS = 3_000;

/** Every packet is dropped for so long, and nothing tells. */
export function silence(ms: number): Trouble {
  return async (home, meanwhile) => {
    await home.drop('all');
    await meanwhile();
    await delay(ms);
    await home.drop(null);
  };
}

/** The cable is pulled for a moment. */
export const unplug: Trouble = async (home, meanwhile) => {
  await home.plug(false);
  await meanwhile();
  await delay(UNPLUGGED_MS);
  await home.plug(true);
};

/** The computer gets another address. */
export const moveAddress: Trouble = async (home, meanwhile) => {
  await home.changeAddress();
  await meanwhile();
};

/** The router forgets what it has mapped, and maps to other ports. */
export const rebind: Trouble = async (home, meanwhile) => {
  await home.rebind();
  await meanwhile();
};

/** When Alice's network was back, and how long after that each had heard what the other said while it was away. */
export interface Back {
  readonly backMs: number;
  readonly tookMs: readonly [number, number];
}

/** Alice's network has a trouble, both say something meanwhile, and wait for it. `name`: no other trouble's. */
export async function goThrough(
  trouble: Trouble,
  { aliceLog, bobLog, network }: PeopleBehindRouters,
  name: string,
): Promise<Back> {
  await trouble(network.homes[0], async () => {
    await Promise.all([aliceLog.says(`Alice during ${name}`), bobLog.says(`Bob during ${name}`)]);
  });
  const backMs = Date.now();
  const [bobMs, aliceMs] = await Promise.all([
    bobLog.hears(`Alice during ${name}`),
    aliceLog.hears(`Bob during ${name}`),
  ]);
  return { backMs, tookMs: [bobMs - backMs, aliceMs - backMs] };
}
