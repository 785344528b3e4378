/** Long enough that blocks arriving in bursts don't make the figure dance, short enough to notice a line that slowed down. */
const SPAN_MS = 4_000;

/** Bytes a second over the last few seconds. */
export class RateMeter {
  readonly #samples: { atMs: number; bytes: number }[];

  /** `bytes`: what is there when it begins. */
  constructor(nowMs: number, bytes: number) {
    this.#samples = [{ atMs: nowMs, bytes }];
  }

  /** `bytes` counts from the start of all. Call it a few times a second. */
  measure(nowMs: number, bytes: number): number {
    this.#samples.push({ atMs: nowMs, bytes });
    while ((this.#samples[1]?.atMs ?? nowMs) <= nowMs - SPAN_MS) this.#samples.shift();
    const oldest = this.#samples[0];
    if (!oldest || nowMs <= oldest.atMs) return 0;
    // A block that was wrong takes its bytes back.
    return Math.max(0, Math.round(((bytes - oldest.bytes) * 1000) / (nowMs - oldest.atMs)));
  }
}
