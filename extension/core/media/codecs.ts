/** What a picture may be sent with, the preferred first. VP8: in software it has the shortest delay and the lowest cost of all that Chromium offers. */
export function videoCodecs(): RTCRtpCodec[] {
  const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
  return codecs.toSorted((a, b) => Number(isVp8(b)) - Number(isVp8(a)));
}

const isVp8 = (codec: RTCRtpCodec) => codec.mimeType.toLowerCase() === 'video/vp8';
