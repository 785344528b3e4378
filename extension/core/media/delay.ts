/** How long it takes from the capture of a picture there to its showing here. */
export class PictureDelay {
  #video: HTMLVideoElement | null = null;
  #handle = 0;
  #shown: { captureMs: number | null; receiptMs: number | null }[] = [];
  #lastMs: number | null = null;

  /** Looks at every picture that this video shows, until `stop` or another video. */
  follow(video: HTMLVideoElement): void {
    if (video === this.#video) return;
    this.stop();
    this.#video = video;
    this.#next();
  }

  /** Idempotent. */
  stop(): void {
    this.#video?.cancelVideoFrameCallback(this.#handle);
    this.#video = null;
    this.#shown = [];
    this.#lastMs = null;
  }

  /**
   * Of the pictures since the last call on average, in ms; the last value where none came, null before the first. The browser knows the
   * sharer's clock after two to three seconds; until then the time that the sharer needs to encode is missing in it.
   */
  read(rttMs: number | null): number | null {
    const shown = this.#shown;
    this.#shown = [];
    const exact = shown.flatMap(({ captureMs }) => captureMs ?? []);
    const since = shown.flatMap(({ receiptMs }) => receiptMs ?? []);
    if (exact.length > 0) this.#lastMs = mean(exact);
    else if (since.length > 0 && rttMs !== null) this.#lastMs = mean(since) + rttMs / 2;
    return this.#lastMs;
  }

  #next(): void {
    const video = this.#video;
    if (!video) return;
    this.#handle = video.requestVideoFrameCallback((_, { expectedDisplayTime, captureTime, receiveTime }) => {
      const sinceMs = (at: number | undefined) => (at === undefined ? null : Math.max(0, expectedDisplayTime - at));
      this.#shown.push({ captureMs: sinceMs(captureTime), receiptMs: sinceMs(receiveTime) });
      this.#next();
    });
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
