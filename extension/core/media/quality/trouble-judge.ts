import type { ShareTrouble } from '../../protocol/messages.ts';

/** A film fades to black and back in less. */
const BLACK_MS = 3_000;
/** A track falls silent for a moment when its source changes. */
const MUTED_MS = 2_000;

/** Tells a picture that is black, or held back by the browser, from one that is only dark or still for a moment. */
export class TroubleJudge {
  #blackSinceMs: number | null = null;
  #mutedSinceMs: number | null = null;

  looked(atMs: number, isBlack: boolean): void {
    this.#blackSinceMs = isBlack ? (this.#blackSinceMs ?? atMs) : null;
  }

  /** `isMuted`: the browser has no pictures of the source, such as of a window that is minimised. */
  muted(atMs: number, isMuted: boolean): void {
    this.#mutedSinceMs = isMuted ? (this.#mutedSinceMs ?? atMs) : null;
  }

  now(atMs: number): ShareTrouble | null {
    if (this.#mutedSinceMs !== null && atMs - this.#mutedSinceMs >= MUTED_MS) return 'frozen';
    if (this.#blackSinceMs !== null && atMs - this.#blackSinceMs >= BLACK_MS) return 'black';
    return null;
  }
}
