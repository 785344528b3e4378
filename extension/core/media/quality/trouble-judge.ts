import type { ShareTrouble } from '../../protocol/messages.ts';

/** A film fades to black and back in less. */
const BLACK_MS = 3_000;
/** A track falls silent, and a window is without a picture, for a moment when its source changes. */
const MUTED_MS = 2_000;

/**
 * Of a window that is minimised WebRTC's capturers make one black pixel, which Chromium rounds up to even sides, and the track goes on. A tab
 * or screen is never that small.
 */
const NOTHING_SIDE = 2;

/** What was seen of one picture. */
export interface Look {
  readonly isBlack: boolean;
  readonly width: number;
  readonly height: number;
}

/** Tells a picture that is black, or held back by the browser, from one that is only dark or still for a moment. */
export class TroubleJudge {
  #blackSinceMs: number | null = null;
  #mutedSinceMs: number | null = null;
  #nothingSinceMs: number | null = null;

  looked(atMs: number, { isBlack, width, height }: Look): void {
    const isNothing = Math.max(width, height) <= NOTHING_SIDE;
    this.#nothingSinceMs = isNothing ? (this.#nothingSinceMs ?? atMs) : null;
    this.#blackSinceMs = isBlack && !isNothing ? (this.#blackSinceMs ?? atMs) : null;
  }

  /** `isMuted`: the browser has no pictures of the source. */
  muted(atMs: number, isMuted: boolean): void {
    this.#mutedSinceMs = isMuted ? (this.#mutedSinceMs ?? atMs) : null;
  }

  now(atMs: number): ShareTrouble | null {
    if (lasts(this.#mutedSinceMs, MUTED_MS) || lasts(this.#nothingSinceMs, MUTED_MS)) return 'frozen';
    return lasts(this.#blackSinceMs, BLACK_MS) ? 'black' : null;

    function lasts(sinceMs: number | null, longMs: number): boolean {
      return sinceMs !== null && atMs - sinceMs >= longMs;
    }
  }
}
