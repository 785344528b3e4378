import { describe, expect, test } from 'vitest';
import { causeOf, isLocalOnly, serverCause } from '../../extension/ui/models/connection-cause.ts';
import { app, NOW, peer } from '../browser/ui/states.ts';

const here = { nowMs: NOW, isOnLine: true, isLocalDenied: false };
const { server } = app();
const gone = { ...server, status: 'unreachable', problem: 'server-unreachable' } as const;
const nothing = { stun: false, turn: false, relay: false };

describe('why there is no connection', () => {
  test.each([
    ['udp-blocked', 'udp-blocked'],
    ['webrtc-blocked', 'webrtc-blocked'],
    ['relay-full', 'relay-full'],
    ['version-behind', 'version'],
    ['version-ahead', 'version'],
    ['peer-unreachable', 'path'],
    ['timed-out', 'other'],
  ] as const)('%s', (code, cause) => {
    expect(causeOf(code, server, peer(), here)).toBe(cause);
  });

  test('no path, and a server that has nothing to go around with', () => {
    const bare = { ...server, services: nothing };
    expect(causeOf('peer-unreachable', bare, peer(), here)).toBe('local');
    expect(causeOf('peer-unreachable', bare, peer(), { ...here, isLocalDenied: true })).toBe('local-denied');
    // What was found out about UDP says more.
    expect(causeOf('udp-blocked', bare, peer(), here)).toBe('udp-blocked');
  });

  test('what keeps this browser from its server comes first', () => {
    expect(causeOf('udp-blocked', gone, peer(), here)).toBe('server');
    expect(causeOf('udp-blocked', gone, peer(), { ...here, isOnLine: false })).toBe('network');
  });
});

describe('a clock that is wrong', () => {
  test('as the server told earlier', () => {
    expect(serverCause({ ...gone, clockAheadMs: -3_600_000 }, [], here)).toBe('clock');
    expect(serverCause({ ...gone, clockAheadMs: 20_000 }, [], here)).toBe('server');
  });

  test('as somebody was here later than now', () => {
    expect(serverCause(gone, [peer({ lastSeenAt: NOW + 86_400_000 })], here)).toBe('clock');
  });

  test('does no harm while the server is there', () => {
    expect(serverCause({ ...server, clockAheadMs: -3_600_000 }, [], here)).toBeNull();
  });
});

test('local networks only is said once the server has told what it has', () => {
  expect(isLocalOnly(server)).toBe(false);
  expect(isLocalOnly({ ...server, services: nothing })).toBe(true);
  expect(isLocalOnly({ ...server, services: { ...nothing, relay: true } })).toBe(false);
});
