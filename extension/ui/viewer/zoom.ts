import { computed, signal } from '@preact/signals';
import {
  FIT,
  fitScale,
  isLarger,
  nextScale,
  type Point,
  pan,
  place,
  type Rect,
  type Size,
  scaleOf,
  type View,
  ZOOM_STEP,
  zoomTo,
} from './geometry.ts';

/** A wheel's notch is far more than what two fingers on a touchpad say at once. */
const MAX_WHEEL = 25;
const WHEEL_DIVISOR = 100;

/** How large the picture is shown, and which part of it. */
export class Zoom {
  readonly #view = signal<View>(FIT);
  readonly #box = signal<Size>({ width: 0, height: 0 });
  readonly #pixelRatio = signal(1);
  readonly #pixels: () => Size | null;
  /** The picture's size at 1:1; null before there is a picture. */
  readonly #picture = computed<Size | null>(() => {
    const pixels = this.#pixels();
    const box = this.#box.value;
    if (!pixels || box.width === 0 || box.height === 0) return null;
    return { width: pixels.width / this.#pixelRatio.value, height: pixels.height / this.#pixelRatio.value };
  });
  /** Where the picture lies in the window, on whole pixels of the screen; null before there is a picture. */
  readonly rect = computed<Rect | null>(() => {
    const picture = this.#picture.value;
    if (!picture) return null;
    const rect = place(this.#view.value, this.#box.value, picture);
    const whole = (length: number) => Math.round(length * this.#pixelRatio.value) / this.#pixelRatio.value;
    return { ...rect, left: whole(rect.left), top: whole(rect.top) };
  });
  /** 1 is one pixel on one pixel. */
  readonly scale = computed(() => (this.#picture.value ? this.#scaleOf(this.#picture.value) : 1));
  readonly isFit = computed(() => this.#view.value.scale === 'fit');
  readonly isActualSize = computed(() => this.#view.value.scale === 1);
  /** Whether it can be moved. */
  readonly isLarger = computed(() => this.rect.value !== null && isLarger(this.rect.value, this.#box.value));

  /** `pixels` reads the size of the picture as it is now, from a signal. */
  constructor(pixels: () => Size | null) {
    this.#pixels = pixels;
  }

  /** Follows the size of the element that shows the picture. Returns the function that stops it. */
  attach(element: Element): () => void {
    const measure = () => {
      this.#box.value = { width: element.clientWidth, height: element.clientHeight };
      this.#pixelRatio.value = devicePixelRatio;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }

  fit(): void {
    this.#view.value = FIT;
  }

  /** One pixel of the picture on one of the screen. */
  actualSize(): void {
    const picture = this.#picture.value;
    if (!picture) return;
    const box = this.#box.value;
    const view = zoomTo(this.#view.value, box, picture, 1, middle(box));
    // A picture that fits exactly is both; the person asked for this one, and it stays when the window changes.
    this.#view.value = { scale: 1, centre: view.centre };
  }

  zoomIn(): void {
    this.#zoomBy(ZOOM_STEP, middle(this.#box.value));
  }

  zoomOut(): void {
    this.#zoomBy(1 / ZOOM_STEP, middle(this.#box.value));
  }

  /** `deltaY` as a wheel event has it, in pixels; what lies under `at` stays there. */
  wheel(deltaY: number, at: Point): void {
    const limited = Math.max(-MAX_WHEEL, Math.min(MAX_WHEEL, deltaY));
    this.#zoomBy(Math.exp(-limited / WHEEL_DIVISOR), at);
  }

  /** Moves the picture, in CSS pixels. */
  pan(by: Point): void {
    const picture = this.#picture.value;
    if (picture) this.#view.value = pan(this.#view.value, this.#box.value, picture, by);
  }

  #zoomBy(factor: number, at: Point): void {
    const picture = this.#picture.value;
    if (!picture) return;
    const box = this.#box.value;
    const scale = nextScale(this.#scaleOf(picture), factor, fitScale(box, picture));
    this.#view.value = zoomTo(this.#view.value, box, picture, scale, at);
  }

  #scaleOf(picture: Size): number {
    return scaleOf(this.#view.value, this.#box.value, picture);
  }
}

function middle(box: Size): Point {
  return { x: box.width / 2, y: box.height / 2 };
}
