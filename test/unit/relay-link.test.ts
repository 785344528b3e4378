import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_FRAME_BYTES } from '../../extension/core/link/link.ts';
import {
  decodeRelayFrame,
  encodeRelayFrame,
  RelayDataEncoder,
  type RelayFrame,
  type RelayLaneName,
} from '../../extension/core/link/relay-frames.ts';
import { WINDOW_BYTES } from '../../extension/core/link/relay-lane.ts';
import { openRelayLink, RelayLink } from '../../extension/core/link/relay-link.ts';
import { codeOfAsync } from '../support/crypto.ts';
import { ScriptedSocket } from '../support/scripted-socket.ts';

const MIB = 1024 * 1024;
const encoder = new RelayDataEncoder();
const data = (lane: RelayLaneName, length: number) => encoder.encode(lane, new Uint8Array(length).fill(1));
const credit = (lane: RelayLaneName, more: number) => encodeRelayFrame({ type: 'credit', lane, more });

let socket: ScriptedSocket;
let link: RelayLink;
beforeEach(() => {
  vi.useFakeTimers();
  socket = new ScriptedSocket();
  link = new RelayLink(socket);
});
afterEach(() => {
  link.close('replaced');
  vi.useRealTimers();
});

/** What the link has written since the last call. */
function written(): RelayFrame[] {
  return socket.sent.splice(0).map(decodeRelayFrame);
}
const dataIn = (frames: RelayFrame[], lane: RelayLaneName) =>
  frames.flatMap((frame) => (frame.type === 'data' && frame.lane === lane ? [frame.body] : []));

/** Sends as many frames as the link takes, and one more that waits. */
async function fill(lane: RelayLaneName, length: number) {
  const outcomes: Promise<void>[] = [];
  let waits = false;
  while (!waits) {
    const sending = link.lane(lane).send(new Uint8Array(length));
    outcomes.push(sending);
    const first = await Promise.race([sending.then(() => 'sent'), turnOver()]);
    waits = first !== 'sent';
  }
  return outcomes;
}
const turnOver = () => new Promise<string>((resolve) => setImmediate(() => resolve('waits')));

describe('a sender', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });

  test.each(['control', 'bulk'] as const)(
    'keeps within the window of the %s lane, and goes on as room is told',
    async (lane) => {
      const cost = 10_000 + 64;
      const sends = await fill(lane, 10_000);
      const fits = Math.floor(WINDOW_BYTES[lane] / cost);
      expect(sends.length).toBe(fits + 1);
      expect(dataIn(written(), lane).length).toBe(fits);
      socket.says(credit(lane, 3 * cost));
      await Promise.all(sends);
      expect(dataIn(written(), lane).length).toBe(1);
    },
  );

  test('of control is not held up by bulk that waits', async () => {
    const bulk = await fill('bulk', 60_000);
    written();
    await link.lane('control').send(Uint8Array.of(9));
    expect(written()).toEqual([{ type: 'data', lane: 'control', body: Uint8Array.of(9) }]);
    link.close('replaced');
    await Promise.allSettled(bulk);
  });

  test('of bulk waits while the socket is full, control does not', async () => {
    socket.bufferedAmount = 2 * MIB;
    written();
    const waiting = link.lane('bulk').send(new Uint8Array(10));
    expect(await Promise.race([waiting.then(() => 'sent'), turnOver()])).toBe('waits');
    expect(link.lane('bulk').queuedBytes).toBeGreaterThan(0);
    await link.lane('control').send(new Uint8Array(20));
    expect(dataIn(written(), 'control').length).toBe(1);
    socket.bufferedAmount = 0;
    socket.says(encodeRelayFrame({ type: 'pong', n: 99 }));
    await waiting;
    expect(dataIn(written(), 'bulk').length).toBe(1);
  });

  test('that gives up while it waits leaves nothing behind and lets the next ones pass', async () => {
    const sends = await fill('control', 50_000);
    written();
    const reason = new Error('enough');
    const giving = new AbortController();
    const given = link.lane('control').send(new Uint8Array(7), giving.signal);
    const last = link.lane('control').send(new Uint8Array(8));
    giving.abort(reason);
    await expect(given).rejects.toBe(reason);
    socket.says(credit('control', 150_000));
    await Promise.all([...sends, last]);
    expect(dataIn(written(), 'control').map((body) => body.length)).toEqual([50_000, 8]);
    expect(link.lane('control').queuedBytes).toBe(0);
  });

  test('sends nothing into a socket that is closing', async () => {
    written();
    socket.readyState = 2;
    await link.lane('control').send(new Uint8Array(1));
    expect(written()).toEqual([]);
  });
});

describe('a reader', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });

  test('makes room as it reads, never more than it has read', async () => {
    written();
    const reader = link.lane('bulk').frames.getReader();
    let told = 0;
    for (let count = 1; count <= 200; count++) {
      socket.says(data('bulk', 60_000));
      await reader.read();
      await turnOver();
      for (const frame of written()) if (frame.type === 'credit') told += frame.more;
      expect(told).toBeLessThanOrEqual(count * 60_064);
      expect(count * 60_064 - told).toBeLessThan(600_000);
    }
  });

  test('that doesn’t read makes no room', async () => {
    written();
    for (let count = 0; count < 60; count++) socket.says(data('bulk', 60_000));
    await turnOver();
    expect(written()).toEqual([]);
  });

  test('that has given up makes room for what nobody will see', async () => {
    await link.lane('bulk').frames.cancel();
    written();
    for (let count = 0; count < 500; count++) socket.says(data('bulk', 60_000));
    expect(written().some((frame) => frame.type === 'credit')).toBe(true);
    link.close('replaced');
    expect(await link.closed).toBe('replaced');
  });
});

describe('a hostile peer or server loses the link', () => {
  test.each<[string, () => unknown, string]>([
    ['a text', () => '{"type":"joined"}', 'message-invalid'],
    ['nothing', () => new Uint8Array(0), 'message-invalid'],
    ['a frame without a body', () => Uint8Array.of(0, 1), 'message-invalid'],
    ['a lane that isn’t there', () => Uint8Array.of(2, 1, 1), 'message-invalid'],
    ['a kind that isn’t there', () => Uint8Array.of(0, 6, 1), 'message-invalid'],
    ['a ping that is too long', () => Uint8Array.of(0, 3, 0, 0, 0, 0, 0), 'message-invalid'],
    ['room for nothing', () => credit('bulk', 0), 'message-invalid'],
    ['room that can’t be there', () => credit('bulk', 1), 'message-invalid'],
    ['room beyond all bounds', () => credit('control', 2 ** 32 - 1), 'message-invalid'],
    ['a frame beyond all bounds', () => new Uint8Array(MAX_FRAME_BYTES + 3).fill(1), 'message-too-large'],
    ['megabytes', () => new Uint8Array(5 * MIB).fill(1), 'message-too-large'],
  ])('%s', async (_, said, reason) => {
    socket.says(said());
    expect(await link.closed).toBe(reason);
    expect(socket.readyState).not.toBe(1);
    expect(await codeOfAsync(link.lane('control').send(new Uint8Array(1)))).toBe('link-lost');
  });

  test.each([
    ['control', 1],
    ['control', MAX_FRAME_BYTES],
    ['bulk', 1],
    ['bulk', MAX_FRAME_BYTES],
  ] as const)('more on the %s lane than there is room for, in frames of %i', async (lane, length) => {
    const message = data(lane, length).slice();
    let arrived = 0;
    void link.closed.then(() => {
      arrived = -1;
    });
    const fits = Math.floor(WINDOW_BYTES[lane] / (length + 64));
    for (; arrived < fits; arrived++) socket.says(message);
    await Promise.resolve();
    expect(arrived).toBe(fits);
    socket.says(message);
    expect(await link.closed).toBe('message-too-large');
  });

  test('pings without end get no more answers than the socket takes', () => {
    written();
    socket.bufferedAmount = 9 * MIB;
    for (let n = 0; n < 1_000; n++) socket.says(encodeRelayFrame({ type: 'ping', n }));
    expect(written()).toEqual([]);
  });

  test('any bytes leave a link that stands, or has closed and says why', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.nat(2), fc.nat(6), fc.uint8Array({ maxLength: 8 }))
        .map(([lane, kind, rest]) => Uint8Array.of(lane, kind, ...rest)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 20 }), async (messages) => {
        const socket = new ScriptedSocket();
        const link = new RelayLink(socket);
        for (const message of messages) socket.says(message);
        if (socket.readyState === 1) {
          await link.lane('control').send(Uint8Array.of(1));
          link.close('replaced');
        }
        expect(['replaced', 'bye', 'message-invalid']).toContain(await link.closed);
      }),
    );
  });
});

test('two honest sides, whatever they send, read and deliver when: everything arrives, once and in order', async () => {
  vi.useRealTimers();
  const side = fc.constantFrom(0 as const, 1 as const);
  const lane = fc.constantFrom('control' as const, 'bulk' as const);
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        act: fc.constant('send' as const),
        side,
        lane,
        length: fc.integer({ min: 4, max: MAX_FRAME_BYTES }),
      }),
    },
    fc.record({ act: fc.constant('deliver' as const), side, count: fc.nat(40) }),
    fc.record({ act: fc.constant('read' as const), side, lane, count: fc.nat(20) }),
    fc.record({ act: fc.constant('fill' as const), side, bufferedAmount: fc.constantFrom(0, 4 * MIB) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 150 }), async (steps) => {
      const sockets = [new ScriptedSocket(), new ScriptedSocket()] as const;
      const links = [new RelayLink(sockets[0]), new RelayLink(sockets[1])] as const;
      const flows = ([0, 1] as const).flatMap((from) =>
        (['control', 'bulk'] as const).map((lane) => ({
          from,
          lane,
          reader: links[from === 0 ? 1 : 0].lane(lane).frames.getReader(),
          sent: [] as number[],
          arrived: [] as number[],
        })),
      );
      const flow = (from: 0 | 1, lane: RelayLaneName) => {
        const found = flows.find((one) => one.from === from && one.lane === lane);
        if (!found) throw new Error('There are four.');
        return found;
      };
      const deliver = (from: 0 | 1, count: number) => {
        for (const message of sockets[from].sent.splice(0, count)) sockets[from === 0 ? 1 : 0].says(message);
      };
      const reading: Promise<void>[] = [];
      const sending: Promise<void>[] = [];
      const read = ({ reader, arrived }: (typeof flows)[number], count: number) => {
        for (let index = 0; index < count; index++) {
          const taken = reader.read().then(({ value }) => void (value && arrived.push(value.length)));
          reading.push(taken);
        }
      };
      for (const step of steps) {
        if (step.act === 'send') {
          flow(step.side, step.lane).sent.push(step.length);
          sending.push(links[step.side].lane(step.lane).send(new Uint8Array(step.length)));
        } else if (step.act === 'deliver') deliver(step.side, step.count);
        else if (step.act === 'read') read(flow(step.side, step.lane), step.count);
        else sockets[step.side].bufferedAmount = step.bufferedAmount;
        await turnOver();
      }
      for (const socket of sockets) socket.bufferedAmount = 0;
      // Somebody always says something: a heartbeat at least.
      for (const link of links) link.probe();
      for (const one of flows) read(one, one.sent.length);
      while (flows.some(({ sent, arrived }) => arrived.length < sent.length)) {
        const isIdle = sockets.every(({ sent }) => sent.length === 0);
        if (isIdle) throw new Error('Frames are held back for ever.');
        for (const from of [0, 1] as const) deliver(from, 1_000);
        await turnOver();
      }
      await Promise.all(sending);
      for (const { sent, arrived } of flows) expect(arrived).toEqual(sent);
      for (const link of links) link.close('replaced');
      await Promise.all(reading);
      expect(await Promise.all(links.map((link) => link.closed))).toEqual(['replaced', 'replaced']);
    }),
    { numRuns: 60 },
  );
});

describe('the end', () => {
  test.each([
    [4404, 'link-lost'],
    [4408, 'link-lost'],
    [4413, 'relay-full'],
    [1006, 'link-lost'],
  ] as const)('by the server with code %i is %s', async (code, reason) => {
    socket.closes(code);
    expect(await link.closed).toBe(reason);
  });

  test('on purpose is said to the other side', async () => {
    written();
    link.close('bye');
    expect(written()).toEqual([{ type: 'bye' }]);
    const other = new ScriptedSocket();
    const heard = new RelayLink(other);
    other.says(encodeRelayFrame({ type: 'bye' }));
    other.closes(4404);
    expect(await heard.closed).toBe('bye');
  });

  test('leaves what has arrived to the reader', async () => {
    socket.says(data('control', 3));
    socket.closes(4404);
    const reader = link.lane('control').frames.getReader();
    expect((await reader.read()).value?.length).toBe(3);
    expect((await reader.read()).done).toBe(true);
  });
});

describe('the heartbeat', () => {
  test('measures the round trip and tells', () => {
    let calls = 0;
    link.onChange(() => calls++);
    expect(link.rttMs).toBe(null);
    const [n = 0] = written().flatMap((frame) => (frame.type === 'ping' ? [frame.n] : []));
    vi.advanceTimersByTime(40);
    socket.says(encodeRelayFrame({ type: 'pong', n: n + 1 }));
    expect([link.rttMs, calls]).toEqual([null, 0]);
    socket.says(encodeRelayFrame({ type: 'pong', n }));
    expect([link.rttMs, calls]).toEqual([40, 1]);
  });

  test('answers', () => {
    written();
    socket.says(encodeRelayFrame({ type: 'ping', n: 2 ** 32 - 1 }));
    expect(written()).toEqual([{ type: 'pong', n: 2 ** 32 - 1 }]);
  });

  test('finds a silent link lost after 13 s and before the next 15, not one that is merely busy', async () => {
    for (let passedMs = 0; passedMs < 60_000; passedMs += 5_000) {
      vi.advanceTimersByTime(5_000);
      socket.says(data('control', 5));
    }
    expect(socket.readyState).toBe(1);
    vi.advanceTimersByTime(12_900);
    expect(socket.readyState).toBe(1);
    vi.advanceTimersByTime(2_100);
    expect(await link.closed).toBe('link-lost');
  });
});

test.each([
  [4413, 'relay-full'],
  [4404, 'link-lost'],
])('%i before the other side is there is %s', async (code, error) => {
  const sockets: ScriptedSocket[] = [];
  vi.stubGlobal(
    'WebSocket',
    class extends ScriptedSocket {
      constructor() {
        super();
        sockets.push(this);
      }
    },
  );
  try {
    const opening = codeOfAsync(openRelayLink('wss://relay.example.org/relay?ticket=x'));
    for (const opened of sockets) opened.closes(code);
    expect(await opening).toBe(error);
  } finally {
    vi.unstubAllGlobals();
  }
});
