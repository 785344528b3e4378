import { signal } from '@preact/signals';
import type { FromViewer } from '../../core/protocol/side-messages.ts';
import { clamp, type Point } from './geometry.ts';

export interface Ripple extends Point {
  readonly id: number;
}

/** Shares of the picture, for one press of an arrow. */
const KEY_STEP = 0.01;
/** A ripple is over long before so many more have begun. */
const MAX_RIPPLES = 8;

/** My pointer on the other's page: shown here at once, and told to the sharer no faster than the screen changes. */
export class Pointing {
  readonly isOn = signal(false);
  /** Where it is, as shares of the picture; null while it is beside it. */
  readonly at = signal<Point | null>(null);
  readonly ripples = signal<readonly Ripple[]>([]);
  readonly #tell: (message: FromViewer) => void;
  #frame = 0;
  #rippleCount = 0;

  constructor(tell: (message: FromViewer) => void) {
    this.#tell = tell;
  }

  start(): void {
    this.isOn.value = true;
  }

  stop(): void {
    this.isOn.value = false;
    this.ripples.value = [];
    this.leave();
  }

  /** The pointer moved; null is beside the picture. */
  moveTo(at: Point | null): void {
    if (!this.isOn.value) return;
    if (!at) return this.leave();
    this.at.value = at;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.at.value) this.#tell({ type: 'point', ...this.at.value });
    });
  }

  /** One step with the keyboard, from the middle if it was nowhere. */
  step({ x, y }: Point): void {
    const from = this.at.value ?? { x: 0.5, y: 0.5 };
    this.moveTo({ x: clamp(from.x + x * KEY_STEP, 0, 1), y: clamp(from.y + y * KEY_STEP, 0, 1) });
  }

  /** A click where it is now. */
  click(): void {
    const at = this.at.value;
    if (!this.isOn.value || !at) return;
    this.ripples.value = [...this.ripples.value, { ...at, id: this.#rippleCount++ }].slice(-MAX_RIPPLES);
    // It says where, too: a point that waits for the next frame is older.
    this.#dropPoint();
    this.#tell({ type: 'click', ...at });
  }

  rippleIsOver(id: number): void {
    this.ripples.value = this.ripples.value.filter((ripple) => ripple.id !== id);
  }

  leave(): void {
    this.#dropPoint();
    if (!this.at.value) return;
    this.at.value = null;
    this.#tell({ type: 'away' });
  }

  #dropPoint(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}
