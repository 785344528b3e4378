import type { Picture } from './picture.ts';
import { canCarry, StillClock } from './still-clock.ts';

type Run = ReturnType<typeof setTimeout> | undefined;

/** Over a video in which nobody sees a difference a still is made only of what somebody reads, not of pages that are leafed through. */
const CLEAN_REST_MS = 3_000;

/**
 * Where a picture stands still Chromium (156) sends it once a second, and its encoder takes a step of at most twelve quantisers finer each
 * time. A few frames in a row cost both sides less than a still.
 */
const REFINE_EVERY_MS = 70;
const MAX_REFINED = 6;

/** A lossless picture of a source that stands still. */
export interface Still {
  readonly blob: Blob;
  /** In pixels: those of the video it lies over. */
  readonly width: number;
  readonly height: number;
}

export interface StillEvents {
  /** The picture stands still and looks exactly so. A newer one replaces it. */
  onStill(still: Still): void;
  /** It moves again. Once after each run of stills. */
  onStillOver(): void;
}

/** What is known of the video that a still would lie over. */
export interface VideoUnderneath {
  /** What the line to the viewer carries, null where nobody knows. */
  lineBitsPerSecond(): number | null;
  /** Whether it looks the same already, as far as anybody can see; null where nobody can tell. Never rejects. */
  isClean(): Promise<boolean | null>;
  /** Sends the picture once more, finer than before. */
  refine(): void;
}

/** Makes a still of the picture each time it comes to rest, while somebody can take it. */
export class StillSource {
  readonly #events: StillEvents;
  readonly #video: VideoUnderneath;
  readonly #clock = new StillClock();
  #picture: Picture | null = null;
  /** When the picture will have rested long enough. */
  #dueMs = 0;
  #isOn = false;
  #isOut = false;
  #timer: Run;

  constructor(events: StillEvents, video: VideoUnderneath) {
    this.#events = events;
    this.#video = video;
  }

  /** Whether stills can be sent. A viewer that comes gets the one of a picture that rests already. */
  turn(on: boolean): void {
    if (on === this.#isOn) return;
    this.#isOn = on;
    this.#isOut = false;
    this.#schedule();
  }

  /** It looks different from the picture before, in this share of it. */
  changed(picture: Picture, share: number): void {
    const nowMs = performance.now();
    this.#picture = picture;
    this.#dueMs = nowMs + this.#clock.changed(nowMs, share);
    this.#over();
    this.#schedule();
  }

  /** It looks as before: only the memory that holds it is another. */
  repeated(picture: Picture): void {
    this.#picture = picture;
  }

  /** There is no picture any more. */
  clear(): void {
    this.#picture = null;
    this.#over();
    this.#schedule();
  }

  #over(): void {
    if (!this.#isOut) return;
    this.#isOut = false;
    this.#events.onStillOver();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isOn || !this.#picture) return;
    const timer = setTimeout(() => void this.#rested(timer), this.#dueMs - performance.now());
    this.#timer = timer;
  }

  /** `refined`: how often the video has been made finer since it came to rest. */
  async #rested(run: Run, refined = 0): Promise<void> {
    const isClean = await this.#video.isClean();
    if (this.#timer !== run) return;
    // Without memory for it there is the video, as before.
    const make = () => void this.#make(this.#timer).catch(() => undefined);
    if (isClean) this.#timer = setTimeout(make, CLEAN_REST_MS);
    else if (isClean === null || refined === MAX_REFINED) make();
    else {
      const timer = setTimeout(() => void this.#rested(timer, refined + 1), REFINE_EVERY_MS);
      this.#timer = timer;
      this.#video.refine();
    }
  }

  async #make(run: Run): Promise<void> {
    if (!this.#picture) return;
    const { width, height } = this.#picture;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) return;
    this.#picture.draw(context);
    // At quality 1 WebP is lossless; PNG would take eight times as long and be larger.
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 1 });
    if (this.#timer !== run || !canCarry(this.#video.lineBitsPerSecond(), blob.size)) return;
    this.#clock.made(performance.now());
    this.#isOut = true;
    this.#events.onStill({ blob, width, height });
  }
}
