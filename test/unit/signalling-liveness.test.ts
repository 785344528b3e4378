import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Path } from '../../extension/core/link/link.ts';
import { failureCode } from '../../extension/core/signalling/failure.ts';
import { Pulse } from '../../extension/core/signalling/pulse.ts';
import type { RaceFailure } from '../../extension/core/signalling/race.ts';
import { RetryPace } from '../../extension/core/signalling/retry-pace.ts';
import { isBetter, Upgrade } from '../../extension/core/signalling/upgrade.ts';
import { createMemoryLinks } from '../support/memory-link.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const link = (path: Path) => {
  const { a } = createMemoryLinks();
  a.measured(path, 1);
  return a;
};

describe('the pulse of the server', () => {
  const start = () => {
    const counts = { pings: 0, deaths: 0 };
    const pulse = new Pulse({ ping: () => counts.pings++, onDead: () => counts.deaths++ });
    return { pulse, counts };
  };

  test('asks only while there is doubt', () => {
    const { pulse, counts } = start();
    vi.advanceTimersByTime(60_000);
    expect(counts.pings).toBe(0);
    pulse.doubt();
    const answers = setInterval(() => pulse.heard(), 100);
    vi.advanceTimersByTime(60_000);
    clearInterval(answers);
    expect(counts.pings).toBeGreaterThan(3);
    expect(counts.pings).toBeLessThan(8);
    expect(counts.deaths).toBe(0);
  });

  test('finds a server dead that gives no answer for two seconds, once', () => {
    const { pulse, counts } = start();
    pulse.doubt();
    vi.advanceTimersByTime(1_900);
    expect(counts.deaths).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(counts.deaths).toBe(1);
  });

  test('a late question does not put off the limit of the first', () => {
    const { pulse, counts } = start();
    pulse.check(1_500);
    vi.advanceTimersByTime(1_000);
    pulse.check(1_500);
    vi.advanceTimersByTime(600);
    expect(counts.deaths).toBe(1);
  });
});

describe('the pulse of a socket on which nothing is heard', () => {
  const start = () => {
    const counts = { pings: 0, deaths: 0 };
    const pulse = new Pulse({ ping: () => counts.pings++, onDead: () => counts.deaths++ });
    pulse.watch();
    return { pulse, counts };
  };

  test('asks after 25 s of silence, and goes on while there are answers', () => {
    const { pulse, counts } = start();
    for (let minute = 0; minute < 3; minute++) {
      vi.advanceTimersByTime(24_900);
      expect(counts.pings).toBe(minute);
      vi.advanceTimersByTime(200);
      expect(counts.pings).toBe(minute + 1);
      pulse.heard();
    }
    expect(counts.deaths).toBe(0);
    pulse.stop();
    vi.advanceTimersByTime(120_000);
    expect(counts).toEqual({ pings: 3, deaths: 0 });
  });

  test('gives it up without an answer, and sooner where something else is wrong', () => {
    const { counts } = start();
    vi.advanceTimersByTime(30_900);
    expect(counts.deaths).toBe(0);
    vi.advanceTimersByTime(200);
    expect(counts.deaths).toBe(1);
    const doubtful = start();
    vi.advanceTimersByTime(25_100);
    doubtful.pulse.check();
    vi.advanceTimersByTime(2_100);
    expect(doubtful.counts.deaths).toBe(1);
  });
});

describe('tries to reach the server', () => {
  test('begin about every second for two minutes after it was lost, then ever more rarely', () => {
    const pace = new RetryPace();
    vi.advanceTimersByTime(10_000);
    pace.lost();
    expect(pace.begin()).toBe(2_500);
    for (let tries = 0; tries < 9; tries++) {
      const waitMs = pace.next();
      expect(waitMs).toBeLessThanOrEqual(1_500);
      vi.advanceTimersByTime(waitMs);
      expect(pace.begin()).toBe(2_500);
    }
    // An attempt that took long is followed by the next at once.
    vi.advanceTimersByTime(2_500);
    expect(pace.next()).toBe(0);
    vi.advanceTimersByTime(120_000);
    const waits = Array.from({ length: 12 }, () => pace.next());
    expect(Math.max(...waits)).toBeGreaterThan(20_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(37_500);
    expect(pace.begin()).toBe(8_000);
  });

  test('last longer than the browser holds them back for, once enough have failed', () => {
    const pace = new RetryPace();
    pace.lost();
    for (let tries = 0; tries < 10; tries++) expect(pace.begin()).toBe(2_500);
    expect(pace.begin()).toBe(6_500);
    pace.found();
    pace.lost();
    expect(pace.begin()).toBe(2_500);
  });

  test('are eager again when somebody waits, and patient at a first start', () => {
    const pace = new RetryPace();
    expect(pace.begin()).toBe(8_000);
    pace.lost();
    vi.advanceTimersByTime(300_000);
    expect(pace.begin()).toBe(8_000);
    pace.hurry();
    expect(pace.begin()).toBe(2_500);
  });
});

describe('an upgrade', () => {
  test('is tried while a link is not direct, ever more rarely, and at once when the network has changed', () => {
    let dials = 0;
    const upgrade = new Upgrade(() => {
      dials += 1;
    });
    upgrade.watch(link('relay'));
    vi.advanceTimersByTime(11_000);
    expect(dials).toBe(0);
    vi.advanceTimersByTime(8_000);
    expect(dials).toBe(1);
    vi.advanceTimersByTime(3_600_000);
    expect(dials).toBeLessThan(25);
    const before = dials;
    upgrade.now();
    expect(dials).toBe(before + 1);
    upgrade.watch(link('direct'));
    upgrade.now();
    vi.advanceTimersByTime(3_600_000);
    expect(dials).toBe(before + 1);
  });

  test('is tried when a direct link goes on over TURN, until it is direct again', () => {
    let dials = 0;
    const upgrade = new Upgrade(() => {
      dials += 1;
    });
    const now = link('direct');
    upgrade.watch(now);
    vi.advanceTimersByTime(60_000);
    expect(dials).toBe(0);
    now.measured('turn', 40);
    // Each round trip is news, too, and puts nothing off.
    for (let ms = 0; ms < 19_000; ms += 1_000) {
      now.measured('turn', ms);
      vi.advanceTimersByTime(1_000);
    }
    expect(dials).toBe(1);
    now.measured('direct', 2);
    vi.advanceTimersByTime(3_600_000);
    expect(dials).toBe(1);
    upgrade.watch(null);
    now.measured('turn', 40);
    vi.advanceTimersByTime(3_600_000);
    expect(dials).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is worth it from the relay to TURN to a direct link, never back', () => {
    const paths: Path[] = ['relay', 'turn', 'direct'];
    const moves = paths.flatMap((from) =>
      paths.filter((to) => isBetter(link(to), link(from))).map((to) => `${from}-${to}`),
    );
    expect(moves).toEqual(['relay-turn', 'relay-direct', 'turn-direct']);
  });
});

describe('why there is no link', () => {
  const failure: RaceFailure = { direct: 'peer-unreachable', relay: null, isBlocked: false, isLocal: false };
  const none = { stun: false, turn: false, relay: false };
  test.each([
    ['somebody in between', { direct: 'tampered' as const }, none, 'tampered'],
    ['a relay without room', { relay: 'relay-full' as const }, { ...none, relay: true }, 'relay-full'],
    ['no candidate at all', { isBlocked: true, isLocal: true }, none, 'webrtc-blocked'],
    ['STUN that does not answer', { isLocal: true }, { ...none, stun: true }, 'udp-blocked'],
    ['no STUN to ask', { isLocal: true }, none, 'peer-unreachable'],
    [
      'a relay that the peer did not come to',
      { relay: 'timed-out' as const, isLocal: true },
      { ...none, stun: true, relay: true },
      'peer-unreachable',
    ],
    ['anything else', {}, { ...none, stun: true, turn: true }, 'peer-unreachable'],
  ])('%s', (_, change, services, code) => {
    expect(failureCode({ ...failure, ...change }, services)).toBe(code);
  });
});
