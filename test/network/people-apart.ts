import { join } from 'node:path';
import { ensureBuilt } from '../support/build.ts';
import { findBrowser } from '../support/find-browser.ts';
import { startPages } from '../support/pages.ts';
import type { MeetOptions, People } from '../support/people.ts';
import { Person } from '../support/person.ts';
import { startTestServer } from '../support/server.ts';
import { openDoorways } from './doorways.ts';
import { type Line, type LineOptions, openLine, writeProgram } from './line.ts';
import { makeTemporaryDir } from './temporary-dir.ts';

/** Alice at the first end of a line and Bob at the other. */
export interface PeopleApart extends People {
  readonly line: Line;
}

/**
 * Starts everything that two people need who have nothing but a line between them, each in a network namespace. Both reach the server
 * and the web pages on their own loopback. They are strangers still.
 * @throws NoLineError where that can't be.
 */
export async function meetApart(line: LineOptions, options: MeetOptions = {}): Promise<PeopleApart> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return await meet(line, options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function meet(
  lineOptions: LineOptions,
  options: MeetOptions,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<PeopleApart> {
  const line = await openLine(lineOptions);
  closers.push(() => line.close());
  // Not in a namespace, and before time is measured.
  await ensureBuilt();
  const server = await startTestServer();
  closers.push(() => server.stop());
  const pages = await startPages();
  closers.push(() => pages.close());
  const ports = [server.url, pages.url('plain')].map((url) => Number(new URL(url).port));
  const doorways = await openDoorways(line.ends, ports);
  closers.push(() => doorways.close());
  const dir = await makeTemporaryDir('apart');
  closers.push(() => dir.remove());

  const start = async (name: string, end: readonly string[]) => {
    const executablePath = await writeProgram(join(dir.path, name), end, findBrowser());
    const person = await Person.start(
      { name, serverUrl: server.url, pageUrl: pages.url('plain', { title: `${name}’s page` }) },
      { ...options, executablePath },
    );
    closers.push(() => person.leaves());
    return person;
  };
  const alice = await start('Alice', line.ends[0]);
  const bob = await start('Bob', line.ends[1]);
  return { alice, bob, line, server, pages, problems: () => [...alice.problems(), ...bob.problems()], close };
}
