import type { Pixels } from './signature.ts';

/** Rows begin at a multiple of it, so that whole words can be read from them. */
const ALIGN_BYTES = 64;
/** Of the formats that captures come in, those whose first plane is brightness, with how their planes are made: bytes a row and rows. */
const PLANES: Partial<Record<VideoPixelFormat, readonly { width: number; height: number }[]>> = {
  I420: [
    { width: 1, height: 1 },
    { width: 0.5, height: 0.5 },
    { width: 0.5, height: 0.5 },
  ],
  NV12: [
    { width: 1, height: 1 },
    { width: 1, height: 0.5 },
  ],
};

/** One picture of a capture, copied out of the browser's few buffers, so that the capture isn't held up. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Pixels;
  draw(context: OffscreenCanvasRenderingContext2D): void;
}

/** Copies pictures into two pieces of memory in turns: a picture is good until the second `take` after its own has begun. */
export class PictureTaker {
  #buffers: readonly [ArrayBuffer, ArrayBuffer] = [new ArrayBuffer(0), new ArrayBuffer(0)];

  /** The frame stays the caller's to close. */
  async take(frame: VideoFrame): Promise<Picture> {
    const planes = frame.format && PLANES[frame.format];
    return planes ? this.#copy(frame, planes) : this.#draw(frame);
  }

  async #copy(frame: VideoFrame, planes: readonly { width: number; height: number }[]): Promise<Picture> {
    const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
    const strideBytes = Math.ceil(width / (2 * ALIGN_BYTES)) * 2 * ALIGN_BYTES;
    let end = 0;
    const layout = planes.map((plane) => {
      const offset = end;
      const stride = strideBytes * plane.width;
      end += stride * Math.ceil(height * plane.height);
      return { offset, stride };
    });
    const [kept, last] = this.#buffers;
    const buffer = kept.byteLength === end ? kept : new ArrayBuffer(end);
    this.#buffers = [last, buffer];
    await frame.copyTo(buffer, { layout });
    const { format, timestamp, colorSpace } = frame;
    return {
      width,
      height,
      pixels: {
        kind: 'luma',
        words: new Uint32Array(buffer, 0, (strideBytes * height) / 4),
        strideWords: strideBytes / 4,
        rowWords: Math.ceil(width / 4),
        rows: height,
      },
      draw(context) {
        const init = { format: format as VideoPixelFormat, timestamp, colorSpace: colorSpace.toJSON(), layout };
        const copy = new VideoFrame(buffer, { ...init, codedWidth: width, codedHeight: height });
        context.drawImage(copy, 0, 0);
        copy.close();
      },
    };
  }

  /** What isn't brightness first, or lies on the graphics card alone. */
  async #draw(frame: VideoFrame): Promise<Picture> {
    const { displayWidth: width, displayHeight: height } = frame;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('no canvas');
    context.drawImage(frame, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return {
      width,
      height,
      pixels: { kind: 'rgba', words: new Uint32Array(data.buffer), strideWords: width, rowWords: width, rows: height },
      draw: (onto) => onto.drawImage(canvas, 0, 0),
    };
  }
}
