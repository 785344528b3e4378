/** What is asked about: a large picture that moves. */
const PICTURE = { width: 1_920, height: 1_080, bitrate: 4_000_000, framerate: 30 };
/** Those that a chip may encode, the one that does most with few bits first. */
const CHIPPED = ['video/av1', 'video/vp9', 'video/h264'];
/** Of all that Chromium encodes in software it has the shortest delay and the lowest cost. */
const SOFTWARE = 'video/vp8';

/**
 * Which kinds of video this computer encodes with a chip made for it, as MIME types in lower case: then its processor hardly has
 * anything to do. None where the browser doesn't say.
 */
export async function chipCodecs(): Promise<readonly string[]> {
  const answers = await Promise.all(
    CHIPPED.map(async (contentType) => {
      const video: VideoConfiguration = { contentType, ...PICTURE };
      const info = await navigator.mediaCapabilities.encodingInfo({ type: 'webrtc', video }).catch(() => null);
      return info?.supported && info.smooth && info.powerEfficient ? [contentType] : [];
    }),
  );
  return answers.flat();
}

/**
 * What a picture may be sent with, the preferred first: the two browsers agree on the first that both know. What a chip encodes comes
 * before software, and VP8 before all other software.
 * @param codecs all that the browser can send, repair formats among them.
 */
export function byPreference<Codec extends { readonly mimeType: string }>(
  codecs: readonly Codec[],
  chips: readonly string[],
): Codec[] {
  const order = [...chips, SOFTWARE];
  const rank = ({ mimeType }: Codec) => {
    const place = order.indexOf(mimeType.toLowerCase());
    return place < 0 ? order.length : place;
  };
  return codecs.toSorted((a, b) => rank(a) - rank(b));
}
