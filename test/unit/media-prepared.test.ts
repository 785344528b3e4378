import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PreparedConnection } from '../../extension/core/media/prepared-connection.ts';
import type { ViewerConnection } from '../../extension/core/media/viewer-connection.ts';

let made: { readonly close: ReturnType<typeof vi.fn> }[] = [];
/** Node has no WebRTC: what is asked of a connection here is that it is made and closed. */
const make = () => {
  const connection = { close: vi.fn() };
  made.push(connection);
  return connection as unknown as ViewerConnection;
};

let iceServers: RTCIceServer[] = [];

beforeEach(() => {
  made = [];
  iceServers = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test('who takes it gets the one that was made before, once', () => {
  const connections = new PreparedConnection(make, () => iceServers);
  connections.prepare();
  expect(made).toHaveLength(1);
  expect(connections.take()).toBe(made[0]);
  expect(connections.take()).toBe(made[1]);
  vi.runAllTimers();
  connections.discard();
  for (const { close } of made) expect(close).not.toHaveBeenCalled();
});

test('nothing is kept open for somebody who does not come', () => {
  const connections = new PreparedConnection(make, () => iceServers);
  connections.prepare();
  vi.advanceTimersByTime(29_000);
  expect(made[0]?.close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(made[0]?.close).toHaveBeenCalledOnce();
  expect(connections.take()).toBe(made[1]);
});

test('what was found out with other servers or another network is made anew', () => {
  const connections = new PreparedConnection(make, () => iceServers);
  connections.prepare();
  connections.renew();
  expect(made[0]?.close).toHaveBeenCalledOnce();
  expect(made).toHaveLength(2);
  iceServers = [{ urls: 'stun:127.0.0.1' }];
  expect(connections.take()).toBe(made[2]);
  expect(made[1]?.close).toHaveBeenCalledOnce();
  // Nobody waits for one: none is made.
  connections.renew();
  expect(made).toHaveLength(3);
});

test('what nobody took is closed with the share', () => {
  const connections = new PreparedConnection(make, () => iceServers);
  connections.prepare();
  connections.discard();
  expect(made[0]?.close).toHaveBeenCalledOnce();
});

test('where none can be made only who takes it is told', () => {
  const connections = new PreparedConnection(
    () => {
      throw new Error('no WebRTC');
    },
    () => iceServers,
  );
  connections.prepare();
  expect(() => connections.take()).toThrow('no WebRTC');
});
