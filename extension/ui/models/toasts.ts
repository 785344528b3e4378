import { signal } from '@preact/signals';

/** A short message about something that went well. */
export interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; run(): void };
  /** When it is gone, for whatever reason. */
  readonly onGone?: () => void;
}

/** Long enough to read a line and to reach its button. */
export const TOAST_MS = 6_000;

/** One toast at a time: a new one takes the place of the last. */
export class Toasts {
  readonly current = signal<Toast | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(toast: Toast): void {
    this.hide();
    this.current.value = toast;
    this.resume();
  }

  hide(): void {
    this.hold();
    const gone = this.current.value;
    this.current.value = null;
    gone?.onGone?.();
  }

  /** It stays while somebody is on it. */
  hold(): void {
    clearTimeout(this.#timer);
  }

  resume(): void {
    this.hold();
    if (this.current.value) this.#timer = setTimeout(() => this.hide(), TOAST_MS);
  }
}
