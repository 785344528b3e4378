import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { FRAME_OVERHEAD_BYTES, FrameOpener, FrameSealer } from '../../extension/core/crypto/frame-cipher.ts';
import { codeOfAsync, flipped } from '../support/crypto.ts';

const key = () => new Uint8Array(32).fill(4);
let sealer: FrameSealer;
let opener: FrameOpener;

beforeEach(async () => {
  sealer = await FrameSealer.create(key(), { bytes: 1_000, ms: 1_000 }, () => 0);
  opener = await FrameOpener.create(key());
});

test('frames open in their order, over every epoch, type and body as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(255), fc.uint8Array({ maxLength: 600 }), async (type, body) => {
      const frame = await sealer.seal(type, body);
      expect(frame.length).toBe(body.length + FRAME_OVERHEAD_BYTES);
      expect(await opener.open(frame)).toEqual({ type, body });
    }),
  );
});

test('layout of the first frame', async () => {
  const frame = await sealer.seal(7, Uint8Array.of(1, 2, 3));
  expect([...frame.subarray(0, 14)]).toEqual([1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const second = (await sealer.seal(7, new Uint8Array(2_000))).slice();
  const third = await sealer.seal(7, new Uint8Array(0));
  expect([...second.subarray(2, 14)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect([...third.subarray(2, 14)]).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
});

describe('nothing else opens', () => {
  test('any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await codeOfAsync(opener.open(bytes))).toMatch(/^(tampered|version-mismatch)$/);
      }),
    );
  });
  test('any bytes behind the right header', async () => {
    const head = (await sealer.seal(1, new Uint8Array(0))).slice(0, 14);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        expect(await codeOfAsync(opener.open(new Uint8Array([...head, ...bytes])))).toBe('tampered');
      }),
    );
  });
  test('every bit of a frame counts, and no beginning is taken for it', async () => {
    const frame = await sealer.seal(1, Uint8Array.of(5, 6));
    for (let bit = 8; bit < frame.length * 8; bit++) {
      expect(await codeOfAsync(opener.open(flipped(frame, Math.floor(bit / 8), bit % 8)))).toBe('tampered');
    }
    for (let length = 0; length < frame.length; length++) {
      expect(await codeOfAsync(opener.open(frame.subarray(0, length)))).toBe('tampered');
    }
    expect((await opener.open(frame)).body).toEqual(Uint8Array.of(5, 6));
    expect(await codeOfAsync(opener.open(frame))).toBe('tampered');
  });
});

test('a key that was handed over is gone', async () => {
  const bytes = key();
  await FrameOpener.create(bytes);
  expect(bytes.every((byte) => byte === 0)).toBe(true);
});
