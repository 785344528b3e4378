import { signal } from '@preact/signals';
import { safeName } from '../../core/files/safe-name.ts';

/** As far as a still may say that it goes, see side-messages.ts. */
const MAX_SIDE_PIXELS = 8_192;
/** Characters of a title that a file's name takes: with four bytes each there is room for the time behind it. */
const MAX_NAME_TITLE = 50;

/** The picture while it stands still, as the sharer's screen has it: laid over the video, which has lost a little on the way. */
export class Still {
  /** Null while the video counts. */
  readonly image = signal<HTMLImageElement | null>(null);
  #turn = 0;

  /** Takes a new one once it can be drawn, or takes it away. One that can't be read is not shown. */
  async show(file: Blob | null): Promise<void> {
    const turn = ++this.#turn;
    if (!file) return this.#put(null);
    const image = new Image();
    image.src = URL.createObjectURL(file);
    const isWhole = await canBeDrawn(image);
    // It moves again, or there is a newer one already.
    if (isWhole && turn === this.#turn) this.#put(image);
    else URL.revokeObjectURL(image.src);
  }

  #put(image: HTMLImageElement | null): void {
    const before = this.image.value;
    this.image.value = image;
    if (before) URL.revokeObjectURL(before.src);
  }
}

/** The other side made it: a file may unpack to far more than it said. */
async function canBeDrawn(image: HTMLImageElement): Promise<boolean> {
  const isRead = await new Promise<boolean>((resolve) => {
    image.addEventListener('load', () => resolve(true), { once: true });
    image.addEventListener('error', () => resolve(false), { once: true });
  });
  if (!isRead || Math.max(image.naturalWidth, image.naturalHeight) > MAX_SIDE_PIXELS) return false;
  return image.decode().then(
    () => true,
    () => false,
  );
}

/** The whole picture in its own size. */
export async function pictureAsPng(source: HTMLVideoElement | HTMLImageElement): Promise<Blob> {
  const { width, height } =
    source instanceof HTMLVideoElement
      ? { width: source.videoWidth, height: source.videoHeight }
      : { width: source.naturalWidth, height: source.naturalHeight };
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the browser gives no canvas');
  context.drawImage(source, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** `Tide tables 2026-11-22 12.53.07.png`, in local time; fit for every file system. */
export function stillName(title: string, at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  const short = [...title].slice(0, MAX_NAME_TITLE).join('');
  return safeName(`${short} ${day} ${time}.png`);
}
