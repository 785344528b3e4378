import type { SendingMeasure } from './codec-judge.ts';

interface Counters {
  readonly atMs: number;
  readonly bytes: number;
  readonly frames: number;
  readonly encodeSeconds: number;
}

/** Reads how a sender's picture does (W3C webrtc-stats), each time over the time since the last. */
export class SendingReader {
  readonly #sender: RTCRtpSender;
  #last: Counters | null = null;

  constructor(sender: RTCRtpSender) {
    this.#sender = sender;
  }

  /** Null at first, and while nothing is known about the line. */
  async read(): Promise<(SendingMeasure & { readonly elapsedMs: number }) | null> {
    const stats: RTCStats[] = [...(await this.#sender.getStats()).values()];
    const pair = stats.find(isNominatedPair);
    const outbound = stats.find((entry): entry is RTCOutboundRtpStreamStats => entry.type === 'outbound-rtp');
    if (!outbound) return null;
    const now: Counters = {
      atMs: outbound.timestamp,
      bytes: outbound.bytesSent ?? 0,
      frames: outbound.framesEncoded ?? 0,
      encodeSeconds: outbound.totalEncodeTime ?? 0,
    };
    const last = this.#last;
    this.#last = now;
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
}

const isNominatedPair = (entry: RTCStats): entry is RTCIceCandidatePairStats =>
  entry.type === 'candidate-pair' && (entry as RTCIceCandidatePairStats).nominated === true;
