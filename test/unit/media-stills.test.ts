import { expect, test } from 'vitest';
import type { SideChannel } from '../../extension/core/media/side-channel.ts';
import { StillReceiver, StillSender } from '../../extension/core/media/still-transfer.ts';
import {
  type FromSharer,
  type FromViewer,
  MAX_STILL_BYTES,
  STILL_CHUNK_BYTES,
} from '../../extension/core/protocol/side-messages.ts';
import { withResolvers } from '../support/memory-link.ts';

const SIZE = { width: 40, height: 30 };

/** The head of a PNG of this size, and then whatever fills `bytes`. */
function picture(bytes: number, { width, height } = SIZE): Blob {
  const content = new Uint8Array(bytes).map((_, at) => at % 251);
  const view = new DataView(content.buffer);
  content.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  content.set(new TextEncoder().encode('IHDR'), 12);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return new Blob([content], { type: 'image/png' });
}

const still = (bytes: number) => ({ blob: picture(bytes), ...SIZE });

/** A channel whose bytes wait until the test lets them through, with a receiver at its end. */
class Line {
  readonly shown: (Blob | null)[] = [];
  readonly receiver = new StillReceiver((still) => this.shown.push(still));
  readonly sender: StillSender;
  /** Resolves when the first still was announced. */
  readonly announced: Promise<void>;
  /** Chunks that were handed over. */
  sent = 0;
  isOpen = true;
  #waiting: (() => void)[] = [];
  #isHeld = false;

  constructor() {
    const { promise, resolve: wasAnnounced } = withResolvers<void>();
    this.announced = promise;
    const channel: Pick<SideChannel<FromViewer, FromSharer>, 'say' | 'sendBytes'> = {
      say: (message) => {
        if (message.type === 'still') {
          this.receiver.announced(message);
          wasAnnounced();
        }
        if (message.type === 'still-over') this.receiver.over();
        return this.isOpen;
      },
      sendBytes: async (bytes, signal) => {
        if (this.#isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve));
        signal.throwIfAborted();
        this.sent++;
        this.receiver.arrived(bytes);
      },
    };
    this.sender = new StillSender(channel);
  }

  hold(): void {
    this.#isHeld = true;
  }

  letGo(): void {
    this.#isHeld = false;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves once this many were shown or taken away. */
  async until(count: number): Promise<void> {
    while (this.shown.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test.each([100, STILL_CHUNK_BYTES, STILL_CHUNK_BYTES + 1, 5 * STILL_CHUNK_BYTES - 1])(
  'a still of %i bytes arrives as it was',
  async (bytes) => {
    const line = new Line();
    line.sender.send(still(bytes));
    await line.until(1);
    const [arrived, sent] = await Promise.all([line.shown[0]?.text(), picture(bytes).text()]);
    expect(arrived === sent).toBe(true);
    expect(line.shown[0]?.type).toBe('image/png');
    expect(line.sent).toBe(Math.ceil(bytes / STILL_CHUNK_BYTES));
    line.sender.over();
    expect(line.shown[1]).toBeNull();
  },
);

test('a newer still takes the place of one that is on its way, and of one that is shown', async () => {
  const line = new Line();
  line.sender.send(still(1_000));
  await line.until(1);
  line.hold();
  line.sender.send(still(5 * STILL_CHUNK_BYTES));
  line.sender.send(still(2_000));
  line.letGo();
  await line.until(2);
  expect(line.shown.map((blob) => blob?.size)).toEqual([1_000, 2_000]);
});

test('a still that is on its way when the picture moves never shows', async () => {
  const line = new Line();
  line.hold();
  line.sender.send(still(5 * STILL_CHUNK_BYTES));
  await line.announced;
  line.sender.over();
  line.letGo();
  line.sender.send(still(300));
  await line.until(1);
  expect(line.shown.map((blob) => blob?.size)).toEqual([300]);
});

test('one that is too large is left to the video, and the one before it is over', async () => {
  const line = new Line();
  line.sender.send(still(100));
  await line.until(1);
  line.sender.send({ blob: new Blob([new Uint8Array(MAX_STILL_BYTES + 1)], { type: 'image/png' }), ...SIZE });
  expect(line.shown.map((blob) => blob?.size)).toEqual([100, undefined]);
  expect(line.sent).toBe(1);
});

test('a picture that is larger than it says is never handed on to be decoded', async () => {
  const line = new Line();
  line.sender.send({ blob: picture(100, { width: 30_000, height: 30_000 }), ...SIZE });
  line.sender.send({ blob: new Blob(['<svg/>'.repeat(50)], { type: 'image/png' }), ...SIZE });
  line.sender.send(still(200));
  await line.until(1);
  expect(line.shown.map((blob) => blob?.size)).toEqual([200]);
});

test('bytes that nobody announced, or more of them, are nothing', async () => {
  const { receiver, shown } = new Line();
  receiver.arrived(new ArrayBuffer(100));
  receiver.announced({ type: 'still', bytes: 100, mime: 'image/png', ...SIZE });
  receiver.arrived(await picture(101).arrayBuffer());
  receiver.arrived(new ArrayBuffer(100));
  expect(shown).toEqual([]);
  receiver.announced({ type: 'still', bytes: 100, mime: 'image/png', ...SIZE });
  receiver.arrived(await picture(100).arrayBuffer());
  expect(shown).toHaveLength(1);
});

test('the end of no still is nothing', () => {
  const { receiver, shown } = new Line();
  receiver.over();
  expect(shown).toEqual([]);
});
