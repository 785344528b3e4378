/** What a viewer can know about its picture and connection; null where nothing has been measured yet. */
export interface MediaStats {
  /** Size of the picture in pixels, as it arrives. */
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  /** Such as `VP8`. */
  readonly codec: string | null;
  /** Picture and sound together. */
  readonly bitsPerSecond: number | null;
  /** Packets lost on the way, 0 to 1. */
  readonly lostShare: number | null;
  readonly rttMs: number | null;
  /** From the capture of a picture there to its showing here. Known after some ten seconds, when the sharer's clock is. */
  readonly latencyMs: number | null;
  readonly path: 'direct' | 'turn' | null;
}

interface Counters {
  readonly atMs: number;
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
}

interface InboundVideo extends RTCInboundRtpStreamStats {
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  /** When the picture that is shown now was captured, by the sharer's clock: Chromium counts from 1900, the standard from 1970. */
  readonly estimatedPlayoutTimestamp?: number;
}

interface RemoteOutbound extends RTCStats {
  readonly kind: string;
  /** When the report of the sharer that arrived at `timestamp` was sent, by the sharer's clock. */
  readonly remoteTimestamp?: number;
}

/** From 1900, where NTP begins, to 1970. */
const NTP_EPOCH_MS = 2_208_988_800_000;

interface Codec extends RTCStats {
  readonly mimeType: string;
}

interface Candidate extends RTCStats {
  readonly candidateType: string;
}

/** Reads a connection's statistics (W3C webrtc-stats) and turns its counters into rates. */
export class StatsReader {
  readonly #connection: RTCPeerConnection;
  #last: Counters | undefined;

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
  }

  /** Rates and losses are over the time since the last call, null at the first. */
  async read(): Promise<MediaStats> {
    const report = await this.#connection.getStats();
    const inbound = ofType<InboundVideo>(report, 'inbound-rtp');
    const video = inbound.find((stream) => stream.kind === 'video');
    const codec = video?.codecId ? (report.get(video.codecId) as Codec | undefined) : undefined;
    const pair = selectedPair(report);
    const rttMs = pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1_000;
    return {
      width: video?.frameWidth ?? null,
      height: video?.frameHeight ?? null,
      fps: video?.framesPerSecond ?? null,
      codec: codec?.mimeType.split('/')[1] ?? null,
      ...this.#rates(inbound),
      rttMs,
      latencyMs: latencyMs(report, video, rttMs),
      path: pair ? pathOf(report, pair) : null,
    };
  }

  #rates(inbound: readonly RTCInboundRtpStreamStats[]): Pick<MediaStats, 'bitsPerSecond' | 'lostShare'> {
    const sum = (count: (stream: RTCInboundRtpStreamStats) => number | undefined) =>
      inbound.reduce((total, stream) => total + (count(stream) ?? 0), 0);
    const now: Counters = {
      atMs: inbound[0]?.timestamp ?? 0,
      bytes: sum((stream) => stream.bytesReceived),
      packets: sum((stream) => stream.packetsReceived),
      lost: sum((stream) => stream.packetsLost),
    };
    const last = this.#last;
    this.#last = now;
    if (!last || now.atMs <= last.atMs) return { bitsPerSecond: null, lostShare: null };
    // A late packet takes a loss back, so the difference may be negative.
    const lost = Math.max(0, now.lost - last.lost);
    const expected = now.packets - last.packets + lost;
    return {
      bitsPerSecond: (Math.max(0, now.bytes - last.bytes) * 8_000) / (now.atMs - last.atMs),
      lostShare: expected > 0 ? lost / expected : null,
    };
  }
}

/** What is shown was captured at `estimatedPlayoutTimestamp`; what time it is there now follows from the sharer's last report. */
function latencyMs(report: RTCStatsReport, video: InboundVideo | undefined, rttMs: number | null): number | null {
  const shown = video?.estimatedPlayoutTimestamp;
  const clock = ofType<RemoteOutbound>(report, 'remote-outbound-rtp').find(({ kind }) => kind === 'video');
  if (!video || !shown || clock?.remoteTimestamp === undefined || rttMs === null) return null;
  const nowThere = video.timestamp - clock.timestamp + clock.remoteTimestamp + rttMs / 2;
  return Math.max(0, nowThere - (shown > NTP_EPOCH_MS ? shown - NTP_EPOCH_MS : shown));
}

function selectedPair(report: RTCStatsReport): RTCIceCandidatePairStats | undefined {
  const [transport] = ofType<RTCTransportStats>(report, 'transport');
  const id = transport?.selectedCandidatePairId;
  return id ? (report.get(id) as RTCIceCandidatePairStats | undefined) : undefined;
}

function pathOf(report: RTCStatsReport, pair: RTCIceCandidatePairStats): 'direct' | 'turn' {
  const ends = [pair.localCandidateId, pair.remoteCandidateId].map((id) => report.get(id) as Candidate | undefined);
  return ends.some((end) => end?.candidateType === 'relay') ? 'turn' : 'direct';
}

/** The DOM types a report as a map of anything; the kind of each entry follows from its `type`. */
function ofType<Stats extends RTCStats>(report: RTCStatsReport, type: RTCStatsType): Stats[] {
  return [...report.values()].filter((entry: RTCStats): entry is Stats => entry.type === type);
}
