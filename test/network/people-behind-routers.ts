import { join } from 'node:path';
import { ensureBuilt } from '../support/build.ts';
import { findBrowser } from '../support/find-browser.ts';
import { type PageServer, startPages } from '../support/pages.ts';
import { Person } from '../support/person.ts';
import { makeCertificate } from './certificate.ts';
import { openDoorways } from './doorways.ts';
import { writeProgram } from './line.ts';
import { type Network, type NetworkKind, openNetwork, SERVER_ADDRESS } from './nat.ts';
import type { Program } from './program.ts';
import { type CoturnOptions, type Offer, SERVER_URL, startCoturn, startSignalling } from './servers.ts';
import { SessionLog } from './session-log.ts';
import { makeTemporaryDir } from './temporary-dir.ts';

/** Alice and Bob, paired, each with a computer in a network of their own, and the servers on the internet between them. */
export interface PeopleBehindRouters {
  readonly alice: Person;
  readonly bob: Person;
  readonly aliceLog: SessionLog;
  readonly bobLog: SessionLog;
  readonly network: Network;
  /** Pages of the web, which no outage reaches: each computer has them for itself. */
  readonly pages: PageServer;
  /** Both routers become of this kind. */
  become(kind: NetworkKind): Promise<void>;
  /** Kills the signalling server, if it runs, and starts it again with this offer. */
  startSignalling(offer?: Offer): Promise<void>;
  killSignalling(): Promise<void>;
  /** Kills coturn, if it runs, and starts it again. */
  startCoturn(options?: CoturnOptions): Promise<void>;
  killCoturn(): Promise<void>;
  /** What any of their contexts complained about, one line each. */
  problems(): string[];
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts everything, in an open network with all that the servers offer, and pairs the two.
 * @throws NoNetworkError where there can be no such network.
 */
export async function meetBehindRouters(): Promise<PeopleBehindRouters> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return await meet(closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function meet(closers: (() => Promise<unknown>)[], close: () => Promise<void>): Promise<PeopleBehindRouters> {
  // Before there is anything that could be in its way.
  await ensureBuilt();
  const dir = await makeTemporaryDir('routers');
  closers.push(() => dir.remove());
  const network = await openNetwork();
  closers.push(() => network.close());
  const { servers, homes } = network;
  const certificate = await makeCertificate(dir.path, SERVER_ADDRESS);
  const signalling = restartable((offer?: Offer) => startSignalling(servers, certificate, offer));
  const coturn = restartable((options?: CoturnOptions) => startCoturn(servers, dir.path, certificate, options));
  closers.push(signalling.kill, coturn.kill);
  await Promise.all([signalling.start(), coturn.start()]);
  const pages = await startPages();
  closers.push(() => pages.close());
  const ends = homes.map(({ host }) => host.prefix);
  const doorways = await openDoorways(ends, [Number(new URL(pages.url('plain')).port)]);
  closers.push(() => doorways.close());

  const start = async (name: string, end: readonly string[]) => {
    const executablePath = await writeProgram(join(dir.path, name), end, findBrowser());
    const options = { name, serverUrl: SERVER_URL, pageUrl: pages.url('plain', { title: `${name}’s page` }) };
    const person = await Person.start(options, { executablePath, args: ['--ignore-certificate-errors'] });
    closers.push(() => person.leaves());
    return person;
  };
  const [alice, bob] = await startBoth(start('Alice', homes[0].host.prefix), start('Bob', homes[1].host.prefix));
  await alice.pairsWith(bob);
  await Promise.all([alice.closesPopup(), bob.closesPopup()]);
  const [aliceLog, bobLog] = await Promise.all([SessionLog.open(alice), SessionLog.open(bob)]);
  return {
    alice,
    bob,
    aliceLog,
    bobLog,
    network,
    pages,
    become: async (kind) => {
      await Promise.all(homes.map((home) => home.become(kind)));
    },
    startSignalling: signalling.start,
    killSignalling: signalling.kill,
    startCoturn: coturn.start,
    killCoturn: coturn.kill,
    problems: () => [...alice.problems(), ...bob.problems()],
    close,
  };
}

/** Waits for both even when one fails: what is still starting would be left over. */
async function startBoth<One>(first: Promise<One>, second: Promise<One>): Promise<readonly [One, One]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** A program of which there is at most one. */
function restartable<Options>(start: (options?: Options) => Promise<Program>) {
  let running: Program | null = null;
  const kill = async () => {
    await running?.kill();
    running = null;
  };
  return {
    kill,
    start: async (options?: Options) => {
      await kill();
      running = await start(options);
    },
  };
}
