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
  readonly path: 'direct' | 'turn' | null;
  /** How this side reaches its TURN server; null without one, also where only the other side goes through one. */
  readonly turnOver: 'udp' | 'tcp' | 'tls' | null;
}

interface Counters {
  readonly atMs: number;
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
}

interface Codec extends RTCStats {
  readonly mimeType: string;
}

interface Candidate extends RTCStats {
  readonly candidateType: string;
  /** Of a relay candidate of this side. */
  readonly relayProtocol?: 'udp' | 'tcp' | 'tls';
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
    const inbound = ofType<RTCInboundRtpStreamStats>(report, 'inbound-rtp');
    const video = inbound.find((stream) => stream.kind === 'video');
    const codec = video?.codecId ? (report.get(video.codecId) as Codec | undefined) : undefined;
    const pair = selectedPair(report);
    return {
      width: video?.frameWidth ?? null,
      height: video?.frameHeight ?? null,
      fps: video?.framesPerSecond ?? null,
      codec: codec?.mimeType.split('/')[1] ?? null,
      ...this.#rates(inbound),
      rttMs: pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1_000,
      ...pathOf(report, pair),
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

function selectedPair(report: RTCStatsReport): RTCIceCandidatePairStats | undefined {
  const [transport] = ofType<RTCTransportStats>(report, 'transport');
  const id = transport?.selectedCandidatePairId;
  return id ? (report.get(id) as RTCIceCandidatePairStats | undefined) : undefined;
}

function pathOf(
  report: RTCStatsReport,
  pair: RTCIceCandidatePairStats | undefined,
): Pick<MediaStats, 'path' | 'turnOver'> {
  if (!pair) return { path: null, turnOver: null };
  const mine = report.get(pair.localCandidateId) as Candidate | undefined;
  const theirs = report.get(pair.remoteCandidateId) as Candidate | undefined;
  if (mine?.candidateType === 'relay') return { path: 'turn', turnOver: mine.relayProtocol ?? null };
  return { path: theirs?.candidateType === 'relay' ? 'turn' : 'direct', turnOver: null };
}

/** The DOM types a report as a map of anything; the kind of each entry follows from its `type`. */
function ofType<Stats extends RTCStats>(report: RTCStatsReport, type: RTCStatsType): Stats[] {
  return [...report.values()].filter((entry: RTCStats): entry is Stats => entry.type === type);
}
