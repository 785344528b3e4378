import { type PageServer, startPages } from './pages.ts';
import { Person } from './person.ts';
import { startTestServer, type TestServer } from './server.ts';

/** Alice and Bob, each with a browser, and what is around them. */
export interface People {
  readonly alice: Person;
  readonly bob: Person;
  readonly server: TestServer;
  readonly pages: PageServer;
  /** What any of their contexts complained about, one line each. */
  problems(): string[];
  close(): Promise<void>;
}

export interface MeetOptions {
  /** Ends everything when aborted, also while it starts. */
  readonly signal?: AbortSignal;
  /** Time limit for one command to a browser. */
  readonly protocolTimeoutMs?: number;
  /** Switches of both browsers besides the usual ones. */
  readonly args?: readonly string[];
}

/** Starts everything that two people need. They are strangers still. */
export async function meetPeople(options: MeetOptions = {}): Promise<People> {
  const [server, pages] = await Promise.all([startTestServer(), startPages()]);
  const start = (name: string) =>
    Person.start({ name, serverUrl: server.url, pageUrl: pages.url('plain', { title: `${name}’s page` }) }, options);
  const started = await Promise.allSettled(['Alice', 'Bob'].map(start));
  const people = started.filter((result) => result.status === 'fulfilled').map((result) => result.value);
  const close = async () => {
    await Promise.all(people.map((person) => person.leaves()));
    await Promise.all([server.stop(), pages.close()]);
  };
  const [alice, bob] = people;
  if (!alice || !bob) {
    await close();
    const reasons = started.filter((result) => result.status === 'rejected').map((result) => result.reason);
    throw new AggregateError(reasons, `Alice and Bob could not start: ${reasons.join(' ')}`);
  }
  return {
    alice,
    bob,
    server,
    pages,
    problems: () => people.flatMap((person) => person.problems()),
    close,
  };
}
