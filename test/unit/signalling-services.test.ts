import { signal } from '@preact/signals-core';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Emitter } from '../../extension/core/shared/emitter.ts';
import type { Broker, BrokerStatus } from '../../extension/core/signalling/broker.ts';
import { IceServers } from '../../extension/core/signalling/ice-servers.ts';
import { askRelayTicket } from '../../extension/core/signalling/relay-tickets.ts';
import type { ServerAccess } from '../../extension/core/signalling/server-access.ts';
import { parseServerAddress } from '../../extension/core/signalling/server-address.ts';
import { ServerAnswer, type ServerRequest } from '../../extension/core/signalling/server-messages.ts';

const STUN = { urls: ['stun:stun.example.org:3478'] };
const TURN = { urls: ['turn:turn.example.org?transport=tcp'], username: '1:x', credential: 'secret' };

/** A server that answers each request as told; what it says is parsed like everything that arrives. */
function server(features: readonly string[], answer: (request: ServerRequest) => object | null) {
  const status = signal<BrokerStatus>('online');
  const answers = new Emitter<[ServerAnswer]>();
  const asked: ServerRequest[] = [];
  const checked: ServerRequest['type'][] = [];
  const broker: Pick<Broker, 'status' | 'ask' | 'onAnswer' | 'check'> = {
    status,
    onAnswer: answers.on,
    check: () => checked.push(asked.at(-1)?.type ?? 'ping'),
    ask: (request) => {
      asked.push(request);
      const parsed = v.safeParse(ServerAnswer, { n: request.n, ...answer(request) });
      if (parsed.success) queueMicrotask(() => answers.emit(parsed.output));
      return status.value === 'online';
    },
  };
  const access: Pick<ServerAccess, 'has'> = { has: (feature) => features.includes(feature) };
  return { broker: broker as Broker, access: access as ServerAccess, status, asked, checked };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the list of STUN and TURN servers', () => {
  const listOf = (iceServers: unknown, ttlMs = 600_000) => ({ type: 'ice-servers', iceServers, ttlMs });

  test('is asked for when online, renewed in time, and kept through a refusal', async () => {
    const given = [listOf([STUN, TURN]), { type: 'refused', code: 'too-many' }, listOf([STUN])];
    const { broker, access, asked } = server(['ice', 'relay'], () => given.shift() ?? null);
    const ice = new IceServers(broker, access);
    expect([ice.list(), ice.services.value]).toEqual([[], null]);
    await vi.advanceTimersByTimeAsync(10);
    expect(ice.list()).toEqual([STUN, TURN]);
    expect(ice.services.value).toEqual({ stun: true, turn: true, relay: true });
    await vi.advanceTimersByTimeAsync(449_000);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toHaveLength(2);
    expect(ice.list()).toEqual([STUN, TURN]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ice.list()).toEqual([STUN]);
    expect(ice.services.value).toEqual({ stun: true, turn: false, relay: true });
    ice.close();
  });

  test('a server that doesn’t answer is asked for a sign of life, and then again', async () => {
    const given: object[] = [];
    const { broker, access, asked, checked } = server(['ice', 'ping'], () => given.shift() ?? null);
    const ice = new IceServers(broker, access);
    await vi.advanceTimersByTimeAsync(7_900);
    expect(checked).toEqual([]);
    given.push(listOf([STUN]));
    await vi.advanceTimersByTimeAsync(200);
    expect(checked).toEqual(['ice-servers']);
    await vi.advanceTimersByTimeAsync(5_100);
    expect(asked).toHaveLength(2);
    expect(ice.list()).toEqual([STUN]);
    expect(checked).toHaveLength(1);
    ice.close();
  });

  test('is empty on a server that has none, which is known', async () => {
    const { broker, access, asked } = server([], () => null);
    const ice = new IceServers(broker, access);
    await vi.advanceTimersByTimeAsync(10);
    expect([ice.list(), ice.services.value, asked]).toEqual([[], { stun: false, turn: false, relay: false }, []]);
    ice.close();
  });

  test.each([
    ['another scheme', [{ urls: ['https://turn.example.org'] }]],
    ['a path', [{ urls: ['stun:stun.example.org/x'] }]],
    ['a port that is none', [{ urls: ['stun:stun.example.org:70000'] }]],
    ['STUN with a transport, which browsers refuse', [{ urls: ['stun:stun.example.org?transport=udp'] }]],
    ['TURN without a credential, which browsers refuse', [{ urls: ['turn:turn.example.org'] }]],
    ['an empty credential', [{ ...TURN, credential: '' }]],
    ['no address', [{ urls: [] }]],
    ['nine servers', Array.from({ length: 9 }, () => STUN)],
    ['no list', 'stun:stun.example.org'],
  ])('with %s is not taken', async (_, iceServers) => {
    const { broker, access } = server(['ice'], () => listOf(iceServers));
    const ice = new IceServers(broker, access);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ice.list()).toEqual([]);
    ice.close();
  });
});

describe('a ticket for the relay', () => {
  const address = parseServerAddress('https://example.org/pairwise');
  const wanted = { peer: 'a'.repeat(22), session: 'AAAAAAAAAAA' };
  const room = `${'r'.repeat(21)}A`;

  test('leads to the relay of the same server', async () => {
    const { broker, asked } = server(['relay'], () => ({
      type: 'relay-ticket',
      room,
      ticket: 'abc.def',
      ttlMs: 60_000,
    }));
    expect(await askRelayTicket(broker, address, wanted)).toEqual({
      room,
      url: 'wss://example.org/pairwise/relay?ticket=abc.def',
    });
    expect(asked).toMatchObject([{ type: 'relay-ticket', ...wanted }]);
  });

  test.each([
    ['too-many', 'relay-full'],
    ['busy', 'relay-full'],
    ['off', 'peer-unreachable'],
  ])('refused as %s is %s', async (code, error) => {
    const { broker } = server(['relay'], () => ({ type: 'refused', code }));
    await expect(askRelayTicket(broker, address, wanted)).rejects.toMatchObject({ code: error });
  });

  test.each(['a&b=c', 'a/../b', '', 'x'.repeat(513)])('“%s” is none', async (ticket) => {
    const { broker } = server(['relay'], () => ({ type: 'relay-ticket', room, ticket, ttlMs: 60_000 }));
    const asking = expect(askRelayTicket(broker, address, wanted)).rejects.toMatchObject({
      code: 'server-unreachable',
    });
    await vi.advanceTimersByTimeAsync(10_000);
    await asking;
  });
});
