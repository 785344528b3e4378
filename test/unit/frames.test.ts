import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_FRAME_BYTES } from '../../extension/core/link/link.ts';
import { decodeFrame, EPOCH_BYTES, encodeFrame, type Frame } from '../../extension/core/protocol/frames.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const epoch = fc.uint8Array({ minLength: EPOCH_BYTES, maxLength: EPOCH_BYTES });
const body = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ type: fc.constant('open' as const), epoch, first: u32, peerEpoch: epoch, received: u32 }),
  fc.record({ type: fc.constant('data' as const), seq: u32, body }),
  fc.record({ type: fc.constant('ack' as const), received: u32 }),
  fc.record({ type: fc.constant('notice' as const), body }),
);

test('every frame comes back as it was', () => {
  fc.assert(
    fc.property(frame, (original) => {
      expect(decodeFrame(encodeFrame(original))).toEqual(original);
    }),
  );
});

test('any other bytes are refused as message-invalid, never with another error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        const decoded = decodeFrame(bytes);
        // What is taken must be exactly one frame.
        expect(decodeFrame(encodeFrame(decoded))).toEqual(decoded);
      } catch (error) {
        expect(error).toMatchObject({ name: 'AppError', code: 'message-invalid' });
      }
    }),
  );
});

test.each([
  ['nothing', []],
  ['an unknown type', [9, 1, 2, 3]],
  ['an open frame one byte short', [1, ...new Array(23).fill(0)]],
  ['an open frame one byte long', [1, ...new Array(25).fill(0)]],
  ['an ack with a byte behind it', [3, 0, 0, 0, 1, 0]],
  ['data without a body', [2, 0, 0, 0, 1]],
  ['a body that is no UTF-8', [4, 0xff, 0xfe]],
  ['a body that is no JSON', [4, 0x7b]],
])('%s is refused', (_, bytes) => {
  expect(() => decodeFrame(Uint8Array.from(bytes))).toThrow(
    expect.objectContaining({ code: 'message-invalid' }) as Error,
  );
});

test('a body fills a frame to the last byte and not one more', () => {
  const fits = 'x'.repeat(MAX_FRAME_BYTES - 5 - 2);
  expect(encodeFrame({ type: 'data', seq: 1, body: fits })).toHaveLength(MAX_FRAME_BYTES);
  expect(() => encodeFrame({ type: 'data', seq: 1, body: `${fits}x` })).toThrow(
    expect.objectContaining({ code: 'message-too-large' }) as Error,
  );
});
