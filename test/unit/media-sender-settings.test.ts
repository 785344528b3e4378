import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SenderSettings } from '../../extension/core/media/quality/sender-settings.ts';
import { encoderSettings, type Wish } from '../../extension/core/media/quality/settings.ts';

/** Node has no WebRTC: a sender of 720p through a line of 0.9 Mbit/s, which is used. */
class NarrowSender {
  readonly track = { getSettings: () => ({ width: 1_280, height: 720 }) };
  #seconds = 0;

  getStats = async () => {
    this.#seconds += 1;
    const timestamp = this.#seconds * 1_000;
    return new Map<string, object>([
      ['pair', { type: 'candidate-pair', nominated: true, availableOutgoingBitrate: 900_000 }],
      [
        'out',
        {
          type: 'outbound-rtp',
          timestamp,
          bytesSent: this.#seconds * 100_000,
          framesEncoded: this.#seconds * 30,
          totalEncodeTime: this.#seconds * 0.3,
        },
      ],
    ]);
  };

  getParameters = () => ({ encodings: [{}], codecs: [] });
  setParameters = async () => undefined;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

/** What is told of the line within half a minute. */
async function told(wish: Wish, content: 'text' | 'film'): Promise<boolean[]> {
  const heard: boolean[] = [];
  const settings: SenderSettings = new SenderSettings(() => heard.push(settings.line.isNarrow));
  settings.apply(encoderSettings(wish, content, settings.line));
  settings.set(new NarrowSender() as unknown as RTCRtpSender);
  await vi.advanceTimersByTimeAsync(30_000);
  settings.set(null);
  return heard;
}

test('a line too narrow for film is told once, whatever keeps it smooth', async () => {
  expect(await told('auto', 'film')).toEqual([true]);
  expect(await told('smooth', 'text')).toEqual([true]);
  expect(await told('balanced', 'film')).toEqual([true]);
});

test('nothing is told of it for what is to be sharp', async () => {
  expect(await told('auto', 'text')).toEqual([]);
  expect(await told('sharp', 'film')).toEqual([]);
  expect(await told('balanced', 'text')).toEqual([]);
});
