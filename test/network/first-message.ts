import type { Person } from '../support/person.ts';
import type { PeopleBehindRouters } from './people-behind-routers.ts';
import type { SessionLog, Standing } from './session-log.ts';

declare global {
  /** In a document that is about to be loaded again. */
  var isOldDocument: boolean | undefined;
}

/** Loads the offscreen document again: the extension forgets every connection, as when the browser is started. */
export async function startAgain({ browser }: Person): Promise<void> {
  const document = await browser.offscreen();
  await document.evaluate(() => {
    globalThis.isOldDocument = true;
    location.reload();
  });
  // The old one still hears what is said until it is gone.
  await document.waitForFunction(() => !globalThis.isOldDocument);
}

/** Both come home, in the network that is there now, and find each other on this path. */
export async function comeHome(people: PeopleBehindRouters, path: Standing['path']): Promise<void> {
  const { alice, bob, aliceLog, bobLog } = people;
  const startedMs = Date.now();
  await Promise.all([alice, bob].map(startAgain));
  const connectsAnew = async (log: SessionLog) => log.connects(path, await log.losesDocument(startedMs));
  await Promise.all([aliceLog, bobLog].map(connectsAnew));
}

/**
 * How long it takes from the moment Bob's Pairwise starts until a line of Alice's is on his screen, in ms.
 * @param line what no other line is.
 */
export async function firstMessage(
  { bob, aliceLog, bobLog }: PeopleBehindRouters,
  line: string,
): Promise<{ startedMs: number; tookMs: number }> {
  const startedMs = Date.now();
  await startAgain(bob);
  await aliceLog.says(line);
  return { startedMs, tookMs: (await bobLog.hears(line)) - startedMs };
}
