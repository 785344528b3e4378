import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LaneWindow } from '../../extension/core/files/lane-window.ts';
import { LineDelay } from '../../extension/core/files/line-delay.ts';
import { type LineOptions, SimulatedLine } from '../support/simulated-line.ts';

const KIB = 1024;
/** Packets carry headers: no more than this share of the line is left for what they carry. */
const HEADROOM = 0.92;
/** 20 Mbit/s, 50 ms there and back, and a queue of an ordinary router. */
const LINE: LineOptions = { bytesPerSecond: 2_500_000, delayMs: 25, queueBytes: 256 * KIB };

function send(options: LineOptions) {
  const line = new SimulatedLine({ ...options });
  const window = new LaneWindow(() => line.nowMs);
  line.start(window);
  return { line, window, share: (ms: number) => line.run(ms) / options.bytesPerSecond };
}

describe('a line is full from the third second on', () => {
  const lines: Record<string, LineOptions & { atLeast: number }> = {
    '20 Mbit/s, 50 ms': { ...LINE, atLeast: 0.9 },
    'with a small queue': { ...LINE, queueBytes: 128 * KIB, atLeast: 0.9 },
    'with timers that are up to 30 ms late': {
      ...LINE,
      lateMs: (nowMs) => (Math.floor(nowMs / 20) % 5 === 0 ? 30 : 2),
      atLeast: 0.9,
    },
    'with a receiver that stands still for 200 ms now and then': {
      ...LINE,
      lateMs: (nowMs) => Math.max(0, 200 - (nowMs % 3_000)),
      atLeast: 0.85,
    },
    'with processors that are busy elsewhere': {
      ...LINE,
      lateMs: (nowMs) => (Math.floor(nowMs / 7) * 37) % 60,
      atLeast: 0.8,
    },
    '100 Mbit/s, 20 ms': { bytesPerSecond: 12_500_000, delayMs: 10, queueBytes: 1024 * KIB, atLeast: 0.9 },
    '1 Mbit/s, 40 ms': { bytesPerSecond: 125_000, delayMs: 20, queueBytes: 512 * KIB, atLeast: 0.87 },
    'one computer, whose processors are what is slow': {
      bytesPerSecond: 18_000_000,
      delayMs: 0.2,
      queueBytes: 64_000 * KIB,
      lateMs: (nowMs) => Math.max(1, 20 - (nowMs % 50)),
      atLeast: 0.9,
    },
  };
  test.each(Object.entries(lines))('%s', (_, { atLeast, ...options }) => {
    const { line, share } = send(options);
    line.run(2_000);
    const seen = share(12_000);
    expect(seen).toBeGreaterThan(atLeast);
    expect(seen).toBeLessThan(HEADROOM + 0.01);
  });
});

test('the queue of an ordinary router never overflows', () => {
  const { line } = send(LINE);
  line.run(60_000);
  expect(line.droppedPackets).toBe(0);
});

test('on a slow line with a deep queue nothing waits longer than a second', () => {
  const { line, window } = send({ bytesPerSecond: 125_000, delayMs: 20, queueBytes: 2_048 * KIB });
  line.run(5_000);
  let worstBytes = 0;
  for (let round = 0; round < 300; round++) {
    line.run(100);
    worstBytes = Math.max(worstBytes, window.unacknowledgedBytes);
  }
  expect(worstBytes).toBeLessThan(125_000);
});

test('where packets get lost the window allows what the transport below does', () => {
  const lossy = { ...LINE, loss: 0.01 };
  const { share } = send(lossy);
  const bare = new SimulatedLine({ ...lossy });
  let [sentBytes, ackedBytes] = [0, 0];
  bare.start({
    chunkBytes: 16 * KIB,
    canSend: () => sentBytes - ackedBytes < 4_096 * KIB,
    sent: (bytes) => {
      sentBytes += bytes;
    },
    acknowledged: (bytes) => {
      ackedBytes = bytes;
      return true;
    },
  });
  expect(share(60_000)).toBeGreaterThan((0.95 * bare.run(60_000)) / lossy.bytesPerSecond);
});

test('the window follows a line that becomes faster, slower and longer', () => {
  const { line } = send(LINE);
  line.run(5_000);
  line.become({ bytesPerSecond: 12_500_000, queueBytes: 1_024 * KIB });
  line.run(10_000);
  expect(line.run(5_000)).toBeGreaterThan(0.85 * 12_500_000);
  line.become({ bytesPerSecond: 625_000 });
  line.run(10_000);
  expect(line.run(5_000)).toBeGreaterThan(0.85 * 625_000);
  line.become({ bytesPerSecond: 2_500_000, delayMs: 100 });
  line.run(25_000);
  expect(line.run(5_000)).toBeGreaterThan(0.8 * 2_500_000);
});

test('pauses with nothing to send change nothing', () => {
  const { line, window } = send(LINE);
  line.run(5_000);
  const before = window.bytesPerSecond;
  for (let round = 0; round < 20; round++) {
    line.hasMore = round % 2 === 1;
    line.run(500);
  }
  line.hasMore = true;
  expect(window.bytesPerSecond).toBeGreaterThan(0.9 * before);
  line.run(500);
  expect(line.run(3_000)).toBeGreaterThan(0.9 * LINE.bytesPerSecond);
});

test('a further lane begins small, and again after it had nothing to do', () => {
  let nowMs = 0;
  const window = new LaneWindow(() => nowMs, new LineDelay(), true);
  let sentBytes = 0;
  const fill = () => {
    while (window.canSend(16 * KIB)) {
      window.sent(16 * KIB);
      sentBytes += 16 * KIB;
    }
    return window.unacknowledgedBytes;
  };
  expect(fill()).toBeLessThanOrEqual(80 * KIB);
  for (let round = 0; round < 50; round++) {
    nowMs += 50;
    window.acknowledged(sentBytes);
    fill();
  }
  expect(fill()).toBeGreaterThan(200 * KIB);
  window.acknowledged(sentBytes);
  nowMs += 5_000;
  expect(fill()).toBeLessThanOrEqual(80 * KIB);
});

test('chunks are short on slow lines and long on fast ones', () => {
  const chunkOn = (bytesPerSecond: number) => {
    const { line, window } = send({ bytesPerSecond, delayMs: 10, queueBytes: 1_024 * KIB });
    line.run(3_000);
    return window.chunkBytes;
  };
  expect([125_000, 2_500_000, 5_000_000, 12_500_000].map(chunkOn)).toEqual([16 * KIB, 16 * KIB, 32 * KIB, 64 * KIB]);
});

describe('acknowledgements', () => {
  test('of more than was sent, or of less than before, are refused and change nothing', () => {
    const window = new LaneWindow(() => 0);
    window.sent(1_000);
    window.sent(500);
    expect(window.acknowledged(1_501)).toBe(false);
    expect(window.acknowledged(1_000)).toBe(true);
    expect(window.acknowledged(999)).toBe(false);
    expect(window.acknowledged(Number.NaN)).toBe(false);
    expect(window.unacknowledgedBytes).toBe(500);
    expect(window.acknowledged(1_000)).toBe(true);
    expect(window.acknowledged(1_500)).toBe(true);
    expect(window.unacknowledgedBytes).toBe(0);
  });

  test('whatever they are and whenever they come, there is always a way on, and never more under way than 16 MiB', () => {
    const step = fc.record({
      passedMs: fc.integer({ min: 0, max: 20_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let [nowMs, sentBytes, ackedBytes] = [0, 0, 0];
        const window = new LaneWindow(() => nowMs);
        for (const { passedMs, share } of steps) {
          while (window.canSend(window.chunkBytes)) {
            const bytes = window.chunkBytes;
            window.sent(bytes);
            sentBytes += bytes;
          }
          expect(window.unacknowledgedBytes).toBe(sentBytes - ackedBytes);
          expect(window.unacknowledgedBytes).toBeGreaterThan(0);
          expect(window.unacknowledgedBytes).toBeLessThanOrEqual(16 * 1024 * KIB);
          nowMs += passedMs;
          ackedBytes += Math.floor((sentBytes - ackedBytes) * share);
          expect(window.acknowledged(ackedBytes)).toBe(true);
        }
      }),
    );
  });
});
