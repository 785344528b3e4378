/** Kilobits a second that nearly every line carries; at Chromium's own 300 a first picture of 720p is held back for a tenth of a second and more. */
const START_KBPS = 1_000;
/** In the same house, and on good lines nearby. */
const NEAR_START_KBPS = 2_500;
const NEAR_MS = 15;

const VIDEO_MAP = /^a=rtpmap:(\d+) (?:VP8|VP9|AV1|H264|H265)\/90000$/gm;
const FORMAT = /^a=fmtp:(\d+) /gm;
const MAP_OR_FORMAT = /^a=(rtpmap|fmtp):(\d+) .*$/gm;

/**
 * What the sending of a picture begins with, by the round trip to the peer in milliseconds (null: unknown). Congestion control goes on from there, in both
 * directions.
 * @returns kilobits a second.
 */
export function startKbps(rttMs: number | null): number {
  return rttMs !== null && rttMs <= NEAR_MS ? NEAR_START_KBPS : START_KBPS;
}

/**
 * Says in the other side's answer what to begin with, for all codecs of a picture alike: a change would begin anew. `x-google-start-bitrate` is Chromium's
 * own parameter of a format (RFC 8866 section 6.15); other browsers leave it aside.
 */
export function startingWith(kbps: number, sdp: string): string {
  const start = `x-google-start-bitrate=${kbps}`;
  const payloads = new Set([...sdp.matchAll(VIDEO_MAP)].map(([, payload]) => payload));
  const formats = new Set([...sdp.matchAll(FORMAT)].map(([, payload]) => payload));
  return sdp.replace(MAP_OR_FORMAT, (line, kind: string, payload: string) => {
    if (!payloads.has(payload)) return line;
    if (kind === 'fmtp') return `${line};${start}`;
    return formats.has(payload) ? line : `${line}\r\na=fmtp:${payload} ${start}`;
  });
}
