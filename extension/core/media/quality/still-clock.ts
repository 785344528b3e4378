/** A picture that hasn't changed for that long stands still. */
const QUIET_MS = 350;
/** The longest rest that is waited for. */
const MAX_QUIET_MS = 6_000;
/** A still that was good for less was not worth its bytes: something small moves again and again, such as a caret. */
const WORTH_MS = 2_000;
/** A change of more than this is a new picture, worth a still as soon as it rests. */
const NEW_PICTURE_SHARE = 0.02;

/** On its way a still takes the line from voice and sound: one that would take longer is left to the video. */
const MAX_SENDING_MS = 8_000;
/** From here on the estimate, which never goes far beyond what the video may use, says nothing about how fast a still is sent. */
const WIDE_BITS_PER_SECOND = 3_000_000;

/** Whether the line carries a still soon enough. Null: nobody knows the line. */
export function canCarry(bitsPerSecond: number | null, stillBytes: number): boolean {
  if (bitsPerSecond === null || bitsPerSecond >= WIDE_BITS_PER_SECOND) return true;
  return (stillBytes * 8_000) / bitsPerSecond <= MAX_SENDING_MS;
}

/** Says when a picture has been at rest long enough to send it as a still. */
export class StillClock {
  #quietMs = QUIET_MS;
  #stillAtMs: number | null = null;

  /** Something of the picture has changed. Returns how long it has to rest from now on. */
  changed(atMs: number, share: number): number {
    if (share > NEW_PICTURE_SHARE) this.#quietMs = QUIET_MS;
    else if (this.#stillAtMs !== null) {
      const wasWorth = atMs - this.#stillAtMs >= WORTH_MS;
      this.#quietMs = wasWorth ? QUIET_MS : Math.min(MAX_QUIET_MS, this.#quietMs * 2);
    }
    this.#stillAtMs = null;
    return this.#quietMs;
  }

  /** A still was made. */
  made(atMs: number): void {
    this.#stillAtMs = atMs;
  }
}
