/** Kilobits a second that nearly every line carries; at Chromium's own 300 a first picture of 720p is held back for a tenth of a second and more. */
const START_KBPS = 1_000;
/** In the same house, and on good lines nearby. */
const NEAR_START_KBPS = 2_500;
const NEAR_MS = 15;

const VIDEO_MAP = /^a=rtpmap:(\d+) (?:VP8|VP9|AV1|H264|H265)\/90000$/;

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
  const lines = sdp.split('\r\n');
  const payloads = lines.map((line) => VIDEO_MAP.exec(line)?.[1]).filter((payload) => payload !== undefined);
  const start = `x-google-start-bitrate=${kbps}`;
  const isFormat = (line: string, payload: string) => line.startsWith(`a=fmtp:${payload} `);
  return lines
    .flatMap((line) => {
      const mapped = VIDEO_MAP.exec(line)?.[1];
      if (mapped && !lines.some((other) => isFormat(other, mapped))) return [line, `a=fmtp:${mapped} ${start}`];
      return payloads.some((payload) => isFormat(line, payload)) ? `${line};${start}` : line;
    })
    .join('\r\n');
}
