import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_FRAME_BYTES } from '../../extension/core/link/link.ts';
import {
  decodeRelayFrame,
  encodeRelayFrame,
  RELAY_LANES,
  RelayDataEncoder,
} from '../../extension/core/link/relay-frames.ts';
import { errorCode } from '../../extension/core/shared/errors.ts';

const encoder = new RelayDataEncoder();
const lane = fc.constantFrom(...RELAY_LANES);
const u32 = fc.nat(2 ** 32 - 1);

function outcome(bytes: Uint8Array) {
  try {
    return decodeRelayFrame(bytes);
  } catch (error) {
    return errorCode(error);
  }
}

test('what was encoded is decoded', () => {
  fc.assert(
    fc.property(lane, fc.uint8Array({ minLength: 1, maxLength: 500 }), (lane, body) => {
      expect(decodeRelayFrame(encoder.encode(lane, body).slice())).toEqual({ type: 'data', lane, body });
    }),
  );
  const others = fc.oneof(
    fc.record({ type: fc.constant('credit' as const), lane, more: u32 }),
    fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const), n: u32 }),
    fc.constant({ type: 'bye' as const }),
  );
  fc.assert(
    fc.property(others, (frame) => {
      expect(decodeRelayFrame(encodeRelayFrame(frame))).toEqual(frame);
    }),
  );
});

test('layouts', () => {
  expect([...encoder.encode('bulk', Uint8Array.of(7, 8))]).toEqual([1, 1, 7, 8]);
  expect([...encodeRelayFrame({ type: 'credit', lane: 'bulk', more: 0x1020304 })]).toEqual([1, 2, 1, 2, 3, 4]);
  expect([...encodeRelayFrame({ type: 'ping', n: 5 })]).toEqual([0, 3, 0, 0, 0, 5]);
  expect([...encodeRelayFrame({ type: 'pong', n: 5 })]).toEqual([0, 4, 0, 0, 0, 5]);
  expect([...encodeRelayFrame({ type: 'bye' })]).toEqual([0, 5]);
});

test('any bytes are one frame, written in the only way there is, or refused', () => {
  const nearly = fc
    .tuple(fc.nat(3), fc.nat(7), fc.uint8Array({ maxLength: 6 }))
    .map(([lane, kind, rest]) => Uint8Array.of(lane, kind, ...rest));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), nearly), (bytes) => {
      const frame = outcome(bytes);
      if (typeof frame === 'string') {
        expect(frame).toBe('message-invalid');
        return;
      }
      const again = frame.type === 'data' ? encoder.encode(frame.lane, frame.body) : encodeRelayFrame(frame);
      expect([...again]).toEqual([...bytes]);
    }),
    { numRuns: 2_000 },
  );
});

test('the largest frame fits, one byte more is refused', () => {
  expect(outcome(encoder.encode('control', new Uint8Array(MAX_FRAME_BYTES)))).toMatchObject({ type: 'data' });
  const message = new Uint8Array(MAX_FRAME_BYTES + 3);
  message[1] = 1;
  expect(outcome(message)).toBe('message-too-large');
});
