import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Link } from '../../extension/core/link/link.ts';
import { AppError } from '../../extension/core/shared/errors.ts';
import { Race, type RaceFailure } from '../../extension/core/signalling/race.ts';
import { createMemoryConnections, type MemoryConnection } from '../support/memory-connection.ts';
import { createMemoryLinks, type MemoryLink, withResolvers } from '../support/memory-link.ts';
import { caughtUp, watchWork } from '../support/outside-clock.ts';

/** An attempt to meet on the relay, which may end in whatever way although nobody wants it any more. */
interface Meeting {
  readonly signal: AbortSignal;
  /** The server has given a place on the relay. */
  admit(): void;
  resolve(link: Link): void;
  reject(error: unknown): void;
  isOver: boolean;
}

/** One side of a race, and what the world does to it. */
function start({ dials = true, relayAtOnce = false, hasRelay = true, isServerThere = true } = {}) {
  const dialled: MemoryConnection[] = [];
  const described = new Map<string, string>();
  const meetings: Meeting[] = [];
  const links: Link[] = [];
  const failures: RaceFailure[] = [];
  const state = { calls: 0, desertions: 0, hasRelay, isServerThere };
  const connection = () => {
    const [mine, theirs] = createMemoryConnections('alice', 'bob');
    described.set(mine.connectionId, theirs.sdp);
    dialled.push(mine);
    return mine.connection;
  };
  const race = new Race({
    connect: () => (state.isServerThere ? connection() : null),
    iceServers: () => [],
    onDoubt: () => {},
    described: (id) => described.get(id),
    hasRelay: () => state.hasRelay,
    callRelay: () => {
      state.calls += 1;
    },
    openRelay: (signal, admit) => {
      const { promise, resolve, reject } = withResolvers<Link>();
      meetings.push({ signal, admit, resolve, reject, isOver: false });
      return promise;
    },
    onLink: (link) => links.push(link),
    onDeserted: () => {
      state.desertions += 1;
    },
    onOver: (failure) => failures.push(failure),
  });
  race.start(dials, relayAtOnce);
  return { race, dialled, described, meetings, links, failures, state, connection };
}

function relayLink(): MemoryLink {
  const { a } = createMemoryLinks();
  a.measured('relay', 9);
  return a;
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await caughtUp();
}
const opensAt = async (connection: MemoryConnection | undefined) => {
  connection?.opens();
  await caughtUp();
};
const paths = (links: Link[]) => links.map(({ path }) => path);

beforeEach(() => {
  vi.useFakeTimers();
  watchWork();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a race', () => {
  test('dials at once, and leaves the relay alone where the direct way opens in time', async () => {
    const { race, dialled, links, meetings, state } = start();
    expect([dialled.length, race.isRunning]).toEqual([1, true]);
    await pass(1_900);
    await opensAt(dialled[0]);
    expect(paths(links)).toEqual(['direct']);
    await pass(20_000);
    expect([meetings.length, state.calls, race.isRunning, race.isDialling]).toEqual([0, 0, false, false]);
    links[0]?.close('bye');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('goes to the relay after 2 s, and tells the peer', async () => {
    const { meetings, links, state, race } = start();
    await pass(1_900);
    expect(meetings.length).toBe(0);
    await pass(200);
    expect([meetings.length, state.calls]).toEqual([1, 1]);
    meetings[0]?.resolve(relayLink());
    await caughtUp();
    expect([paths(links), race.isRunning]).toEqual([['relay'], false]);
    race.stop();
  });

  test.each([
    ['the peer is there already', ({ race }: ReturnType<typeof start>) => race.relay()],
    ['the browser has found no way', ({ dialled }: ReturnType<typeof start>) => dialled[0]?.gathered()],
    ['the connection has failed', ({ dialled }: ReturnType<typeof start>) => void dialled[0]?.connection.close()],
  ])('goes to the relay at once when %s', async (_, act) => {
    const all = start();
    await pass(100);
    act(all);
    await caughtUp();
    expect(all.meetings.length).toBe(1);
    all.race.stop();
    await caughtUp();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([['link-lost'], ['timed-out'], ['server-unreachable']] as const)(
    'tries the relay once more after %s, while the dial is under way',
    async (code) => {
      const { meetings, links, failures, race } = start();
      await pass(2_100);
      meetings[0]?.reject(new AppError(code));
      await pass(900);
      expect(meetings.length).toBe(1);
      await pass(200);
      expect([meetings.length, meetings[1]?.signal.aborted]).toEqual([2, false]);
      meetings[1]?.resolve(relayLink());
      await caughtUp();
      expect([paths(links), failures, race.isRunning]).toEqual([['relay'], [], false]);
      race.stop();
      await caughtUp();
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test('tries the relay no third time, and says why that failed', async () => {
    const { meetings, failures } = start();
    await pass(2_100);
    meetings[0]?.reject(new AppError('link-lost'));
    await pass(1_100);
    meetings[1]?.reject(new AppError('timed-out'));
    await pass(10_000);
    expect([meetings.length, failures.map(({ relay }) => relay)]).toEqual([2, ['timed-out']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('tries the relay once more at once when the dial ends first', async () => {
    const { meetings, dialled, race } = start();
    await pass(2_100);
    meetings[0]?.reject(new AppError('link-lost'));
    await pass(100);
    dialled[0]?.connection.close();
    await caughtUp();
    expect([meetings.length, race.isRunning]).toEqual([2, true]);
    await pass(2_000);
    expect(meetings.length).toBe(2);
    race.stop();
    await caughtUp();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('needs the server until it has introduced both, on one of the ways', async () => {
    const { race, dialled, meetings, failures } = start();
    expect(race.needsServer).toBe(true);
    dialled[0]?.signalled();
    expect(race.needsServer).toBe(false);
    await pass(2_100);
    dialled[0]?.connection.close();
    await caughtUp();
    expect(race.needsServer).toBe(true);
    meetings[0]?.admit();
    expect(race.needsServer).toBe(false);
    meetings[0]?.reject(new AppError('relay-full'));
    await caughtUp();
    expect([failures.length, race.needsServer]).toEqual([1, false]);
  });

  test('that was last on the relay goes there at once', async () => {
    const { meetings, race } = start({ relayAtOnce: true });
    await pass(1);
    expect(meetings.length).toBe(1);
    race.stop();
  });

  test('goes to the relay once, however often it is told', async () => {
    const { race, meetings, dialled } = start();
    race.relay();
    race.relay();
    dialled[0]?.gathered();
    await pass(5_000);
    expect(meetings.length).toBe(1);
    race.stop();
  });

  test('ends the way to the relay when the direct one wins, and what comes of it all the same', async () => {
    const { dialled, meetings, links } = start();
    await pass(2_100);
    await opensAt(dialled[0]);
    expect(meetings[0]?.signal.aborted).toBe(true);
    const late = relayLink();
    meetings[0]?.resolve(late);
    await caughtUp();
    expect(await late.closed).toBe('replaced');
    expect(paths(links)).toEqual(['direct']);
    links[0]?.close('bye');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('still tells of a direct link that opens after the relay', async () => {
    const { dialled, meetings, links } = start();
    await pass(2_100);
    meetings[0]?.resolve(relayLink());
    await caughtUp();
    await pass(3_000);
    await opensAt(dialled[0]);
    expect(paths(links)).toEqual(['relay', 'direct']);
    for (const link of links) link.close('bye');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('says why once every way has failed, and not before', async () => {
    const { dialled, meetings, failures, race } = start();
    dialled[0]?.gathered('host');
    await pass(2_100);
    meetings[0]?.reject(new AppError('relay-full'));
    await caughtUp();
    expect(failures).toEqual([]);
    await pass(10_000);
    expect(failures).toEqual([{ direct: 'peer-unreachable', relay: 'relay-full', isBlocked: false, isLocal: false }]);
    expect([race.isRunning, dialled[0]?.isClosed]).toEqual([false, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('where there is no relay says so after the direct way alone', async () => {
    const { dialled, failures } = start({ hasRelay: false });
    dialled[0]?.gathered();
    await pass(12_100);
    expect(failures).toEqual([{ direct: 'peer-unreachable', relay: null, isBlocked: true, isLocal: false }]);
  });

  test.each([[true], [false]])('ends although nobody ever dials (dials: %s)', async (dials) => {
    const { failures } = start({ dials, isServerThere: false, hasRelay: false });
    await pass(12_100);
    expect(failures.length).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('takes nobody who ends at another certificate than the sealed one', async () => {
    const { dialled, described, links, meetings, failures } = start();
    const [stranger] = createMemoryConnections('x', 'y');
    described.set(dialled[0]?.connectionId ?? '', stranger.sdp);
    await opensAt(dialled[0]);
    expect([links, dialled[0]?.isClosed, meetings.length]).toEqual([[], true, 1]);
    meetings[0]?.reject(new AppError('timed-out'));
    await caughtUp();
    expect(failures[0]).toMatchObject({ direct: 'tampered', relay: 'timed-out' });
  });
});

describe('a peer that has a link', () => {
  test('is not waited for on the relay once the direct way has ended', async () => {
    const { race, dialled, meetings, state, failures } = start();
    await pass(2_100);
    dialled[0]?.connection.close();
    await caughtUp();
    expect([state.desertions, race.isRunning]).toEqual([0, true]);
    race.peerDone();
    expect([state.desertions, race.isRunning, meetings[0]?.signal.aborted]).toEqual([1, false, true]);
    expect(failures).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('may have opened the dial that is under way here, too', async () => {
    const { race, dialled, links, state } = start();
    await pass(2_100);
    race.peerDone();
    await opensAt(dialled[0]);
    expect([paths(links), state.desertions]).toEqual([['direct'], 0]);
    race.start(true, false);
    race.peerDone();
    dialled[1]?.connection.close();
    await caughtUp();
    expect([state.desertions, state.calls, race.isRunning]).toEqual([1, 1, false]);
    links[0]?.close('bye');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('what is given up', () => {
  test('is closed, and tells nothing any more', async () => {
    const { race, dialled, meetings, links, failures } = start();
    await pass(2_100);
    race.stop();
    const late = relayLink();
    meetings[0]?.resolve(late);
    dialled[0]?.opens();
    await pass(30_000);
    expect(await late.closed).toBe('replaced');
    expect([links, failures, meetings[0]?.signal.aborted, dialled[0]?.isClosed]).toEqual([[], [], true, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is closed even if it opens in the same moment', async () => {
    const { race, dialled, links } = start();
    dialled[0]?.opens();
    race.stop();
    await pass(1_000);
    expect([links, dialled[0]?.isClosed]).toEqual([[], true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of an attempt before is not taken for one of this', async () => {
    const { race, dialled, meetings, links, failures } = start();
    await pass(2_100);
    race.start(true, false);
    expect(dialled.length).toBe(2);
    dialled[0]?.opens();
    const late = relayLink();
    meetings[0]?.resolve(late);
    await caughtUp();
    expect(links).toEqual([]);
    expect([dialled[0]?.isClosed, await late.closed]).toEqual([true, 'replaced']);
    await opensAt(dialled[1]);
    expect([paths(links), failures]).toEqual([['direct'], []]);
    links[0]?.close('bye');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a second dial of the peer takes the place of the first', async () => {
    const { race, links, connection, dialled } = start({ dials: false });
    race.incoming(connection());
    race.incoming(connection());
    dialled[0]?.opens();
    await opensAt(dialled[1]);
    expect([paths(links), dialled[0]?.isClosed]).toEqual([['direct'], true]);
    links[0]?.close('bye');
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('whatever happens in whatever order: at most one link of each kind, one end, and nothing is left over', async () => {
  const event = fc.constantFrom(
    'open',
    'close',
    'gathered',
    'incoming',
    'meet',
    'full',
    'relay',
    'stop',
    'start',
    'wait',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 14 }), async (events) => {
      const all = start();
      const { race, dialled, meetings, links, failures } = all;
      const opened: Link[] = [];
      let starts = 1;
      for (const what of events) {
        if (what === 'open') dialled.at(-1)?.opens();
        else if (what === 'close') dialled.at(-1)?.connection.close();
        else if (what === 'gathered') dialled.at(-1)?.gathered();
        else if (what === 'incoming') race.incoming(all.connection());
        else if (what === 'meet') {
          const link = relayLink();
          const meeting = meetings.at(-1);
          if (!meeting || meeting.isOver) continue;
          meeting.isOver = true;
          opened.push(link);
          meeting.resolve(link);
        } else if (what === 'full') {
          const meeting = meetings.at(-1);
          if (meeting) meeting.isOver = true;
          meeting?.reject(new AppError('relay-full'));
        } else if (what === 'relay') race.relay();
        else if (what === 'stop') race.stop();
        else if (what === 'start') {
          starts += 1;
          race.start(true, false);
        } else await vi.advanceTimersByTimeAsync(1_500);
        await caughtUp();
      }
      await pass(40_000);
      // What never answers is left to whoever asked; everybody else has an end.
      meetings.at(-1)?.reject(new AppError('timed-out'));
      await caughtUp();
      race.stop();
      await caughtUp();
      expect(failures.length).toBeLessThanOrEqual(starts);
      for (const end of dialled) expect(end.isClosed || links.length > 0).toBe(true);
      for (const link of links) link.close('bye');
      await caughtUp();
      const ends = await Promise.all(opened.map(({ closed }) => closed));
      expect(ends.every((reason) => reason === 'bye' || reason === 'replaced')).toBe(true);
      expect(dialled.filter(({ isClosed }) => !isClosed)).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 40 },
  );
});
