import { type FromSharer, type FromViewer, MAX_STILL_BYTES, STILL_CHUNK_BYTES } from '../protocol/side-messages.ts';
import { imageSize } from './image-size.ts';
import type { Still } from './quality/quality.ts';
import type { SideChannel } from './side-channel.ts';

type StillChannel = Pick<SideChannel<FromViewer, FromSharer>, 'say' | 'sendBytes'>;
type Announced = Extract<FromSharer, { type: 'still' }>;

/** Sends stills one after the other; a newer one takes the place of one that is still on its way. */
export class StillSender {
  readonly #channel: StillChannel;
  #abort = new AbortController();

  constructor(channel: StillChannel) {
    this.#channel = channel;
  }

  /** One that is too large is left out: the video alone has to do. */
  send(still: Still): void {
    if (still.blob.size > MAX_STILL_BYTES) return this.over();
    this.cancel();
    // Rejects when a newer one replaces it, or the channel has closed: both are no failure of this one.
    this.#send(still, this.#abort.signal).catch(() => undefined);
  }

  /** The picture moves again. */
  over(): void {
    this.cancel();
    this.#channel.say({ type: 'still-over' });
  }

  cancel(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async #send({ blob, width, height }: Still, signal: AbortSignal): Promise<void> {
    const bytes = await blob.arrayBuffer();
    signal.throwIfAborted();
    const mime = blob.type === 'image/webp' ? 'image/webp' : 'image/png';
    if (!this.#channel.say({ type: 'still', bytes: bytes.byteLength, mime, width, height })) return;
    for (let from = 0; from < bytes.byteLength; from += STILL_CHUNK_BYTES) {
      await this.#channel.sendBytes(bytes.slice(from, from + STILL_CHUNK_BYTES), signal);
    }
  }
}

/** Puts stills together as they arrive. */
export class StillReceiver {
  readonly #onStill: (still: Blob | null) => void;
  #announced: Announced | null = null;
  #bytes = new Uint8Array();
  #receivedBytes = 0;
  #isShown = false;

  /** `onStill`: one is complete, or (null) the last one counts no more. */
  constructor(onStill: (still: Blob | null) => void) {
    this.#onStill = onStill;
  }

  announced(still: Announced): void {
    this.#announced = still;
    this.#bytes = new Uint8Array(still.bytes);
    this.#receivedBytes = 0;
  }

  arrived(part: ArrayBuffer): void {
    const announced = this.#announced;
    if (!announced) return;
    // More than was announced is none of it.
    if (this.#receivedBytes + part.byteLength > announced.bytes) return this.#forget();
    this.#bytes.set(new Uint8Array(part), this.#receivedBytes);
    this.#receivedBytes += part.byteLength;
    if (this.#receivedBytes < announced.bytes) return;
    const bytes = this.#bytes;
    this.#forget();
    // A few bytes can unfold into a picture that fills the memory: only what is as large as it says is shown.
    const size = imageSize(bytes, announced.mime);
    if (size?.width !== announced.width || size.height !== announced.height) return;
    this.#isShown = true;
    this.#onStill(new Blob([bytes], { type: announced.mime }));
  }

  over(): void {
    this.#forget();
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#onStill(null);
  }

  #forget(): void {
    this.#announced = null;
    this.#bytes = new Uint8Array();
  }
}
