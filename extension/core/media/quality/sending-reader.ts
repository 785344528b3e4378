import type { SendingMeasure } from './sending-measure.ts';

interface Counters {
  readonly atMs: number;
  readonly bytes: number;
  readonly frames: number;
  readonly encodeSeconds: number;
  /** Sum of the frames' quantisers: the coarser, the larger. */
  readonly quantisers: number;
}

/** The quantiser at which Chromium's encoder stops to repeat a picture that stands still, since nobody sees a difference any more. */
const CLEAN_QUANTISERS: Readonly<Record<string, number>> = { 'video/VP8': 15, 'video/VP9': 32, 'video/AV1': 40 };
/** Frames of one picture become finer, and only their mean is known. */
const CLEAN_FACTOR = 1.4;

/** Reads how a sender's picture does (W3C webrtc-stats), each time over the time since the last. */
export class SendingReader {
  readonly #sender: RTCRtpSender;
  #last: Counters | null = null;
  /** What was known when frames were seen last. */
  #seen = { frames: 0, quantisers: 0 };
  /** Mean of the newest frames; null before the first. */
  #quantiser: number | null = null;

  constructor(sender: RTCRtpSender) {
    this.#sender = sender;
  }

  /** Null at first, and while nothing is known about the line. */
  async read(): Promise<(SendingMeasure & { readonly elapsedMs: number }) | null> {
    const stats = await this.#stats();
    const pair = stats.find(isNominatedPair);
    const outbound = stats.find(isOutbound);
    if (!outbound) return null;
    const now = countersOf(outbound);
    const last = this.#last;
    this.#last = now;
    this.#seeQuality(now);
    const available = pair?.availableOutgoingBitrate;
    if (!last || available === undefined || now.atMs <= last.atMs) return null;
    const elapsedMs = now.atMs - last.atMs;
    const frames = now.frames - last.frames;
    return {
      elapsedMs,
      availableBitsPerSecond: available,
      sentBitsPerSecond: ((now.bytes - last.bytes) * 8_000) / elapsedMs,
      frames,
      encodeMs: frames > 0 ? ((now.encodeSeconds - last.encodeSeconds) * 1_000) / frames : 0,
    };
  }

  /** Whether what was encoded last looks as it does here, as far as anybody can see. Null where the encoder doesn't say. */
  async isClean(): Promise<boolean | null> {
    const stats = await this.#stats();
    const outbound = stats.find(isOutbound);
    if (outbound) this.#seeQuality(countersOf(outbound));
    const codec = stats.find(({ id }) => id === outbound?.codecId) as (RTCStats & { mimeType?: string }) | undefined;
    const clean = CLEAN_QUANTISERS[codec?.mimeType ?? ''];
    if (clean === undefined) return null;
    return this.#quantiser !== null && this.#quantiser <= clean * CLEAN_FACTOR;
  }

  async #stats(): Promise<RTCStats[]> {
    return [...(await this.#sender.getStats()).values()];
  }

  #seeQuality({ frames, quantisers }: Counters): void {
    // With another codec or hint Chromium begins with another encoder, of which nothing is known yet.
    if (frames < this.#seen.frames) {
      this.#seen = { frames: 0, quantisers: 0 };
      this.#quantiser = null;
    }
    const newFrames = frames - this.#seen.frames;
    if (newFrames === 0) return;
    this.#quantiser = (quantisers - this.#seen.quantisers) / newFrames;
    this.#seen = { frames, quantisers };
  }
}

function countersOf(outbound: RTCOutboundRtpStreamStats): Counters {
  return {
    atMs: outbound.timestamp,
    bytes: outbound.bytesSent ?? 0,
    frames: outbound.framesEncoded ?? 0,
    encodeSeconds: outbound.totalEncodeTime ?? 0,
    quantisers: outbound.qpSum ?? 0,
  };
}

const isOutbound = (entry: RTCStats): entry is RTCOutboundRtpStreamStats => entry.type === 'outbound-rtp';

const isNominatedPair = (entry: RTCStats): entry is RTCIceCandidatePairStats =>
  entry.type === 'candidate-pair' && (entry as RTCIceCandidatePairStats).nominated === true;
