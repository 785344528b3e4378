import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Picture } from '../../extension/core/media/quality/picture.ts';
import { SendingReader } from '../../extension/core/media/quality/sending-reader.ts';
import { StillSource } from '../../extension/core/media/quality/still-source.ts';

/** A sender of which only its statistics are asked. */
class Sender {
  frames = 0;
  quantisers = 0;
  mimeType = 'video/VP8';

  encodes(count: number, quantiser: number): void {
    this.frames += count;
    this.quantisers += count * quantiser;
  }

  getStats = async () =>
    new Map<string, object>([
      ['o', { id: 'o', type: 'outbound-rtp', codecId: 'c', framesEncoded: this.frames, qpSum: this.quantisers }],
      ['c', { id: 'c', type: 'codec', mimeType: this.mimeType }],
    ]);
}

describe('whether what was sent looks as it does here', () => {
  const start = () => {
    const sender = new Sender();
    return { sender, reader: new SendingReader(sender as unknown as RTCRtpSender) };
  };

  test('is told by the newest frames alone', async () => {
    const { sender, reader } = start();
    expect(await reader.isClean()).toBe(false);
    sender.encodes(4, 90);
    expect(await reader.isClean()).toBe(false);
    sender.encodes(1, 15);
    expect(await reader.isClean()).toBe(true);
    // Nothing new was sent.
    expect(await reader.isClean()).toBe(true);
  });

  test('is not told by what an encoder before this one has sent', async () => {
    const { sender, reader } = start();
    sender.encodes(9_000, 15);
    expect(await reader.isClean()).toBe(true);
    Object.assign(sender, { frames: 0, quantisers: 0 });
    expect(await reader.isClean()).toBe(false);
    sender.encodes(2, 80);
    expect(await reader.isClean()).toBe(false);
    sender.encodes(2, 15);
    expect(await reader.isClean()).toBe(true);
  });

  test('is not known of an encoder whose quantisers mean something else', async () => {
    const { sender, reader } = start();
    sender.mimeType = 'video/H264';
    sender.encodes(1, 15);
    expect(await reader.isClean()).toBeNull();
  });
});

describe('a picture that has come to rest', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** How often the video was made finer; `cleanAfter`: until it was clean, null where nobody can tell. */
  async function refined(cleanAfter: number | null, meanwhile?: (stills: StillSource) => void): Promise<number> {
    let count = 0;
    const video = {
      lineBitsPerSecond: () => null,
      isClean: async () => (cleanAfter === null ? null : count >= cleanAfter),
      refine: () => {
        count += 1;
        if (count === 2) meanwhile?.(stills);
      },
    };
    const stills = new StillSource({ onStill: () => undefined, onStillOver: () => undefined }, video);
    stills.turn(true);
    stills.changed({ width: 640, height: 360 } as Picture, 1);
    await vi.advanceTimersByTimeAsync(2_500);
    return count;
  }

  test('is sent again, finer each time, until it is clean or not much is to be gained', async () => {
    expect(await refined(0)).toBe(0);
    expect(await refined(3)).toBe(3);
    expect(await refined(100)).toBe(6);
  });

  test('is not where nobody can tell what that brings', async () => {
    expect(await refined(null)).toBe(0);
  });

  test('is not any more once nobody watches or nothing is shown', async () => {
    expect(await refined(100, (stills) => stills.turn(false))).toBe(2);
    expect(await refined(100, (stills) => stills.clear())).toBe(2);
  });
});
